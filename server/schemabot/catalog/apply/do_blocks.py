"""DO blocks and calls of the project's own functions: their bodies are run on the catalog (`catalog.plpgsql`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from schemabot.catalog.apply.session import change_search_path, parse_search_path
from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.apply.type_refs import BUILTIN_TYPES
from schemabot.catalog.blocks import effects_of
from schemabot.catalog.objects import Function, FunctionParameter
from schemabot.catalog.plpgsql.interpreter import Interpreter, TooLong
from schemabot.catalog.plpgsql.values import UNKNOWN, SqlError
from schemabot.catalog.state import NotAnalysed, ProblemKind
from schemabot.facts.kinds import plpgsql as pl
from schemabot.facts.model import RunBlock
from schemabot.facts.plpgsql import read_body
from schemabot.syntax.source import Source
from schemabot.text import Span

_DEEPEST: Final = 8


def run_block(step: Step, fact: RunBlock) -> None:
    """DO: run the body. Rejects when it surely ends in an error."""
    if fact.language not in ("plpgsql", "sql"):
        step.not_analysed.append(NotAnalysed(f"a DO block in {fact.language}", fact.span))
        return
    effects = effects_of(fact.body)
    if not effects.changes and not effects.mentioned:
        return
    body = read_body(fact.body)
    if body is None:
        if effects.changes:
            _give_up(step, "a DO block that could not be read", fact.body, fact.span)
        return
    # A body in '...' may have doubled quotes in it: then its places are not places in the statement.
    exact = fact.body_span.end - fact.body_span.start == len(fact.body)
    start = fact.body_span.start if exact else None
    _run(step, body, fact.body, Interpreter(step, fact.span, start, {}))


def run_function(
    step: Step, function: Function, values: Sequence[Any], named: Mapping[str, Any], span: Span
) -> bool:
    """Call a function of the project's own; false when what it does is not known.

    `values` are the arguments by place, `named` those by name; those left out take the parameters'
    defaults. Only its effects on the schema count.
    """
    if step.depth >= _DEEPEST or function.body is None or function.language not in ("plpgsql", "sql"):
        return False
    taking = [p for p in function.parameters if p.mode in ("in", "inout", "variadic")]
    if len(values) > len(taking):
        return False
    outer, path, variables = step.depth, step.session, step.variables
    step.depth += 1
    try:
        interpreter = Interpreter(step, span, None, {})
        interpreter.variables |= _arguments(interpreter, taking, values, named)
        setting = dict(function.settings).get("search_path")
        if setting is not None:
            change_search_path(step, parse_search_path(setting), local=False)
        if function.language == "sql":
            statements = Source.of(function.body).statements
            block = pl.Block(
                span=Span(0, 0), body=tuple(pl.Sql(span=Span(0, 0), text=s.text) for s in statements)
            )
            _run(step, pl.Body((), block), function.body, interpreter)
            return True
        body = read_body(function.body, _header(function))
        if body is None:
            return False
        _run(step, body, function.body, interpreter)
        return True
    finally:
        step.depth, step.variables = outer, variables
        if step.session.search_path != path.search_path:
            change_search_path(step, path.search_path, local=False)


def _run(step: Step, body: pl.Body, text: str, interpreter: Interpreter) -> None:
    """Run a body. An error goes on to the body around it; out of the outermost one it refuses the statement."""
    catalog, session, is_outermost = step.catalog, step.session, not step.running
    step.running = True
    try:
        interpreter.run(body)
    except TooLong:
        step.catalog, step.session = catalog, session
        step.inner.clear()
        _give_up(step, "a body that runs for too long to be followed", text, interpreter.around)
    except SqlError as error:
        if not is_outermost:
            raise
        if any(problem.rejected for problem in step.problems):
            raise Rejected from None
        step.reject(ProblemKind.INVALID, interpreter.around, "", error.message)
    finally:
        step.running = not is_outermost


def _give_up(step: Step, reason: str, text: str, span: Span) -> None:
    step.not_analysed.append(NotAnalysed(reason, span))
    for parts in effects_of(text).names:
        step.taint(parts, span)


def _arguments(
    interpreter: Interpreter,
    parameters: Sequence[FunctionParameter],
    values: Sequence[Any],
    named: Mapping[str, Any],
) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for number, parameter in enumerate(parameters):
        value: Any = UNKNOWN
        if number < len(values):
            value = values[number]
        elif parameter.name is not None and parameter.name in named:
            value = named[parameter.name]
        elif parameter.default is not None:
            value = interpreter.value(parameter.default.text)
        if parameter.name is not None:
            found[parameter.name] = value
    return found


def _header(function: Function) -> str:
    """Parameters and result as the parser of bodies needs them: types that it cannot know become text."""
    modes = {"in": "", "out": "out ", "inout": "inout ", "variadic": ""}
    listed = [
        f'{modes[p.mode]}"{p.name or f"unnamed_{n}"}" {_plain(p)}'
        for n, p in enumerate(function.parameters)
        if p.mode in modes
    ]
    if function.kind == "procedure":
        return f"procedure f({', '.join(listed)})"
    has_out = any(p.mode in ("out", "inout") for p in function.parameters)
    returned = "void" if function.returns is None or function.returns.name == "void" else "text"
    if function.returns_set or any(p.mode == "table" for p in function.parameters):
        returned = "setof text"
    return f"function f({', '.join(listed)})" + ("" if has_out else f" returns {returned}")


def _plain(parameter: FunctionParameter) -> str:
    ref = parameter.type
    if ref.oid or not ref.known or ref.name not in BUILTIN_TYPES or ref.name.startswith("any"):
        return "text"
    return f"pg_catalog.{ref.name}" + ("[]" if ref.array else "") if ref.name != "char" else "text"
