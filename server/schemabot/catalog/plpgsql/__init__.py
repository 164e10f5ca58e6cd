"""Running PL/pgSQL as far as it decides the schema: what is known is worked out, what is not is said.

`interpreter.Interpreter` walks a body; `evaluate` works expressions out; `queries` and `relations` answer queries of the
system catalogs from the replayed one. `values` says what a value is.
"""
