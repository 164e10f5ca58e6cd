"""Calls of the project's own functions: what their bodies say, in place of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemabot.catalog.objects import Function, FunctionParameter
from schemabot.facts import expression as ex
from schemabot.isolation import terms as t
from schemabot.isolation.bodies import Assign, If, Return, Statement, read_body
from schemabot.isolation.row_counts import is_value
from schemabot.isolation.scope import Frame, Names, meaning, path_of

if TYPE_CHECKING:
    from schemabot.isolation.translate import Translator

_DEEPEST = 36


class Calls:
    """Reads functions for a translator. `called` are those that run with the caller's rights."""

    def __init__(self, translator: Translator) -> None:
        self._t = translator
        self.called: set[int] = set()

    def condition(self, function: Function, node: ex.Call, frame: Frame) -> t.Formula:
        """A call that gives a boolean."""
        name = f"{function.name}()"
        if self._t.model.vouches_for(function):
            self._note(function, frame)
            if len(node.args) != 1:
                return t.Opaque(name)
            return t.Compare("=", self._t.term(node.args[0], frame), t.OwnKey(name, self._t.number()))
        inlined = self._inlined(function, node, frame)
        if inlined is None or function.returns_set:
            return t.Opaque(name)
        body, inner = inlined
        given: list[t.Formula] = []
        if function.strict:
            given = [t.NullTest(self._t.term(arg, frame), False) for arg in node.args]
        return t.both(*given, self._run(body, inner, function))

    def value(self, function: Function, node: ex.Call, frame: Frame) -> t.Term:
        """A call that gives any other value."""
        name = f"{function.name}()"
        if self._t.model.vouches_for(function):
            self._note(function, frame)
            if node.args:
                return self._t.unclear(name)
            return t.OwnKey(name, self._t.number() if function.returns_set else 0)
        inlined = self._inlined(function, node, frame)
        if inlined is None:
            return self._t.unclear(name)
        body, inner = inlined
        for place, statement in enumerate(body):
            if isinstance(statement, Assign):
                self._assign(statement, inner)
            elif isinstance(statement, Return) and place == len(body) - 1:
                if is_value(statement.query):
                    return self._t.term(statement.query.targets[0].value, inner)
                return self._t.queries.picked(statement.query, inner, single=False)
            else:
                break
        return self._t.unclear(name)

    def rows(self, node: ex.Call, frame: Frame) -> tuple[ex.Query, Frame, tuple[str, ...]] | None:
        """The one query whose rows a set-returning function gives, and the names of its columns."""
        function = frame.names.function(node)
        if function is None or not function.returns_set or self._t.model.vouches_for(function):
            return None
        inlined = self._inlined(function, node, frame)
        if inlined is None:
            return None
        body, inner = inlined
        found: list[ex.Query] = []
        for statement in body:
            if isinstance(statement, If):
                return None
            if isinstance(statement, Assign):
                if found:
                    return None
                self._assign(statement, inner)
            else:
                found.append(statement.query)
        if len(found) != 1:  # each RETURN QUERY adds its rows
            return None
        outs = tuple(p.name or "" for p in function.parameters if p.mode in ("out", "table", "inout"))
        return found[0], inner, outs

    # -- bodies --

    def _run(self, body: tuple[Statement, ...], frame: Frame, function: Function) -> t.Formula:
        """What a boolean function says when these statements are run."""
        for place, statement in enumerate(body):
            rest = body[place + 1 :]
            if isinstance(statement, Return):
                return self._returned(statement.query, frame)
            if isinstance(statement, Assign):
                self._assign(statement, frame)
                continue
            found: list[t.Formula] = []
            before: list[t.Formula] = []
            saved = dict(frame.parameters)
            for condition, then in statement.cases:
                frame.parameters = dict(saved)
                asked = self._returned(condition, frame)
                found.append(t.both(*before, t.Surely(asked), self._run((*then, *rest), frame, function)))
                before.append(t.Not(t.Surely(asked)))
            frame.parameters = dict(saved)
            found.append(t.both(*before, self._run((*statement.otherwise, *rest), frame, function)))
            return t.either(*found)
        return t.Opaque(f"{function.name}()")

    def _returned(self, query: ex.Query, frame: Frame) -> t.Formula:
        if is_value(query):
            return self._t.formula(query.targets[0].value, frame.inner())
        if query.targets and not query.arms:
            return self._t.queries.held(query, frame, single=False)
        return t.Opaque("a query")

    def _assign(self, statement: Assign, frame: Frame) -> None:
        query = statement.query
        if is_value(query):
            term = self._t.term(query.targets[0].value, frame)
        else:
            term = self._t.queries.picked(query, frame, single=False)
        frame.parameters[statement.name] = meaning(term)

    def _note(self, function: Function, frame: Frame) -> None:
        if frame.rights == "caller":
            self.called.add(function.oid)

    def _inlined(
        self, function: Function, node: ex.Call, frame: Frame
    ) -> tuple[tuple[Statement, ...], Frame] | None:
        """The body of a function, and where its names are looked up: parameters are the call's arguments."""
        self._note(function, frame)
        if self._t.is_exhausted or self._t.depth > _DEEPEST:
            return None
        if self._t.catalog.is_tainted(function.schema, function.name) or any(
            p.mode == "variadic" for p in function.parameters
        ):
            return None
        body = read_body(function)
        if body is None:
            return None
        names = Names(self._t.catalog, path_of(function))
        inner = Frame(names, self._rights(function, frame))
        inner.function = function.name
        inner.strict_names = function.language == "plpgsql"
        return (body, inner) if self._give(function, node, frame, inner) else None

    def _rights(self, function: Function, frame: Frame) -> t.Rights:
        if not function.security_definer:
            return frame.rights
        owner = self._t.catalog.roles.get(function.owner)
        unbound = owner is not None and bool({"superuser", "bypassrls"} & owner.attributes)
        return "bypass" if unbound else "other"

    def _give(self, function: Function, node: ex.Call, frame: Frame, inner: Frame) -> bool:
        """Bind the parameters; false where that cannot be said."""
        taken = [p for p in function.parameters if p.mode in ("in", "inout")]
        if len(node.args) > len(taken) or any(isinstance(arg, ex.Opaque) for arg in node.args):
            return False  # an Opaque argument is one by name
        for parameter in function.parameters:
            if parameter.mode in ("out", "table") and parameter.name:
                inner.parameters[parameter.name] = meaning(self._t.unclear(parameter.name))
        for place, parameter in enumerate(taken):
            term = self._argument(parameter, node.args[place : place + 1], frame, inner)
            if term is None:
                return False
            inner.parameters[f"${place + 1}"] = meaning(term)
            if parameter.name:
                inner.parameters[parameter.name] = meaning(term)
        return True

    def _argument(
        self, parameter: FunctionParameter, given: tuple[ex.Node, ...], frame: Frame, inner: Frame
    ) -> t.Term | None:
        if given:
            return self._t.term(given[0], frame)
        if parameter.default is None:
            return None
        return self._t.term(parameter.default.expression.root, Frame(inner.names, inner.rights))
