"""From a policy's expression to a formula: names looked up, sub-selects taken apart, functions inlined."""

from __future__ import annotations

import re
from functools import cached_property

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Function, Table
from schemabot.facts import expression as ex
from schemabot.facts.canonical import canonical
from schemabot.isolation import terms as t
from schemabot.isolation.calls import Calls
from schemabot.isolation.claims import KEEPING_TYPES, claim_path, claim_term, setting_term
from schemabot.isolation.queries import Queries
from schemabot.isolation.row_counts import is_value
from schemabot.isolation.scope import Frame, Item, Names, table_columns
from schemabot.isolation.tenancy_model import TenancyModel

_DEEPEST = 60
_MOST_NUMBERS = 4000
"""Larger expressions, functions inlined, are not looked at."""

_COMPARED = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_SETS = re.compile(r"\bset_config\b|\bset\s+(?:local\s+|session\s+)?\w+\.\w+\s*(?:=|to\b)", re.I)


class Translator:
    """Translates the expressions of one judgement; numbers of sources are unique within it."""

    def __init__(self, catalog: Catalog, model: TenancyModel, platform: str) -> None:
        self.catalog = catalog
        self.model = model
        self.platform = platform
        self.queries = Queries(self)
        self.calls = Calls(self)
        self.depth = 0
        self._numbers = 0
        self._last_number = _MOST_NUMBERS

    def number(self) -> int:
        """A number that nothing has yet."""
        self._numbers += 1
        return self._numbers

    @property
    def is_exhausted(self) -> bool:
        """Whether the expression is larger than what is looked at."""
        return self._numbers > self._last_number

    def one_of(self, term: t.Term) -> t.Term:
        """An element of what names several: it need not be the one that stands elsewhere."""
        return msgspec.structs.replace(term, number=self.number()) if isinstance(term, t.OwnKey) else term

    def policy(self, bound: Bound, table: Table, name: str) -> t.Formula:
        """The formula of a policy's expression, each of its outermost OR branches tagged."""
        self._last_number = self._numbers + _MOST_NUMBERS
        frame = Frame(Names(self.catalog, uses=bound.uses), "caller")
        frame.items.append(Item(table.name, table_columns(table, t.ROW), table.schema))
        arms = or_branches(bound.expression.root)
        return t.either(
            *[t.Tagged(name, number, self.formula(arm, frame)) for number, arm in enumerate(arms)]
        )

    # -- conditions --

    def formula(self, node: ex.Node, frame: Frame) -> t.Formula:
        """The condition `node`."""
        self.depth += 1
        try:
            if self.depth > _DEEPEST:
                return t.Opaque("deep nesting")
            return self._formula(node, frame)
        finally:
            self.depth -= 1

    def _formula(self, node: ex.Node, frame: Frame) -> t.Formula:
        if isinstance(node, ex.Logical):
            args = tuple(self.formula(arg, frame) for arg in node.args)
            return (
                t.Not(args[0])
                if node.operator == "not"
                else t.And(args)
                if node.operator == "and"
                else t.Or(args)
            )
        if isinstance(node, ex.Constant):
            return self._constant(node)
        if isinstance(node, ex.Operator):
            return self._operator(node, frame)
        if isinstance(node, ex.InList):
            found = t.either(*[self._compare("=", node.arg, item, frame) for item in node.items])
            return t.Not(found) if node.negated else found
        if isinstance(node, ex.Test):
            return self._test(node, frame)
        if isinstance(node, ex.SubQuery):
            return self.queries.condition(node, frame)
        if isinstance(node, ex.Call):
            return self._call(node, frame)
        if isinstance(node, ex.Cast) and node.type.name == "bool":
            return self.formula(node.arg, frame)
        if isinstance(node, ex.Case) and node.arg is None:
            return self._case(node, frame)
        if isinstance(node, ex.Column):
            return self.truth(self.term(node, frame))
        return t.Opaque(shown(node))

    def _constant(self, node: ex.Constant) -> t.Formula:
        if node.kind == "null":
            return t.Truth(None)
        if node.kind in ("boolean", "string"):
            word = node.value.strip().lower()
            if word in ("true", "t", "yes", "on", "1"):
                return t.TRUE
            if word in ("false", "f", "no", "off", "0"):
                return t.FALSE
        return t.Opaque(node.value)

    def truth(self, term: t.Term) -> t.Formula:
        """A boolean term as a condition."""
        if isinstance(term, t.Unclear):
            return t.Opaque(term.text)
        return t.Truth(None) if isinstance(term, t.Null) else t.Compare("=", term, t.Fixed("boolean", "true"))

    def _operator(self, node: ex.Operator, frame: Frame) -> t.Formula:
        if node.left is None:
            return t.Opaque(shown(node))
        if node.quantifier:
            return self.queries.quantified(node, frame)
        if node.name in ("?", "@>"):  # `claim -> 'orgs' ? org_id::text`
            left, right = self.term(node.left, frame), self.term(node.right, frame)
            if node.name == "?" and isinstance(left, (t.OwnKey, t.Chosen)):
                return t.Compare("=", right, self.one_of(left))
            return t.Opaque(f"operator {node.name}")
        if node.name == "is not distinct from":
            left, right = self.term(node.left, frame), self.term(node.right, frame)
            return t.either(
                t.Surely(t.Compare("=", left, right)), t.both(t.NullTest(left, True), t.NullTest(right, True))
            )
        if node.name not in _COMPARED:
            return t.Opaque(f"operator {node.name}")
        return self._compare(_COMPARED[node.name], node.left, node.right, frame)

    def _compare(self, operator: str, left: ex.Node, right: ex.Node, frame: Frame) -> t.Formula:
        if isinstance(left, ex.Items) and isinstance(right, ex.Items) and operator == "=":
            if len(left.items) == len(right.items) and "array" not in (left.kind, right.kind):
                pairs = zip(left.items, right.items, strict=True)
                return t.both(*[self._compare("=", a, b, frame) for a, b in pairs])
            return t.Opaque("comparison of rows")
        for one, other in ((left, right), (right, left)):
            if isinstance(other, ex.Constant) and other.kind == "boolean" and operator == "=":
                made = self.formula(one, frame)
                return made if other.value == "true" else t.Not(made)
            counted = self.queries.counted(
                one, other, operator if one is left else _mirrored(operator), frame
            )
            if counted is not None:
                return counted
        if isinstance(left, ex.Call) and isinstance(right, ex.Call) and canonical(left) == canonical(right):
            return t.Opaque("a call compared with itself")  # PostgreSQL refuses to plan such a query
        return t.Compare(operator, self.term(left, frame), self.term(right, frame))

    def _test(self, node: ex.Test, frame: Frame) -> t.Formula:
        if node.operator in ("null", "not null"):
            return t.NullTest(self.term(node.arg, frame), node.operator == "null")
        if node.operator == "true":
            return t.Surely(self.formula(node.arg, frame))
        if node.operator == "not true":
            return t.Not(t.Surely(self.formula(node.arg, frame)))
        if node.operator == "false":
            return t.Surely(t.Not(self.formula(node.arg, frame)))
        return t.Opaque(f"is {node.operator}")

    def _case(self, node: ex.Case, frame: Frame) -> t.Formula:
        found: list[t.Formula] = []
        before: list[t.Formula] = []
        for condition, result in node.whens:
            asked = self.formula(condition, frame)
            found.append(t.both(*before, t.Surely(asked), self.formula(result, frame)))
            before.append(t.Not(t.Surely(asked)))
        if node.default is not None:
            found.append(t.both(*before, self.formula(node.default, frame)))
        return t.Surely(t.either(*found))

    def _call(self, node: ex.Call, frame: Frame) -> t.Formula:
        if node.special and node.name == ("coalesce",) and len(node.args) == 2:
            default = node.args[1]
            if isinstance(default, ex.Constant) and default.kind == "boolean":
                made = self.formula(node.args[0], frame)
                return t.Surely(made) if default.value == "false" else t.Not(t.Surely(t.Not(made)))
        function = frame.names.function(node)
        if function is None or self._known(function) is not None:
            return self.truth(self.term(node, frame))
        return self.calls.condition(function, node, frame)

    # -- values --

    def term(self, node: ex.Node, frame: Frame) -> t.Term:
        """The value `node`."""
        self.depth += 1
        try:
            if self.depth > _DEEPEST:
                return self.unclear("deep nesting")
            return self._term(node, frame)
        finally:
            self.depth -= 1

    def _term(self, node: ex.Node, frame: Frame) -> t.Term:
        if isinstance(node, ex.Constant):
            return t.Null() if node.kind == "null" else t.Fixed(node.kind, node.value)
        if isinstance(node, ex.Parameter):
            given = frame.find((f"${node.number}",))
            return self.unclear("parameter") if given is None else given()
        if isinstance(node, ex.Column):
            found = None if node.star else frame.find(node.parts)
            return self.unclear(".".join(node.parts)) if found is None else found()
        path = claim_path(node, frame)
        if path is not None:
            return claim_term(path) or self.unclear("claim " + ".".join(path))
        if isinstance(node, ex.Cast):
            if node.type.modifiers or node.type.dimensions or node.type.name not in KEEPING_TYPES:
                inner = self.term(node.arg, frame)
                return inner if isinstance(inner, (t.Fixed, t.Null, t.Chosen)) else self.unclear(shown(node))
            return self.term(node.arg, frame)
        if isinstance(node, ex.Call):
            return self._call_term(node, frame)
        if isinstance(node, ex.SubQuery) and node.kind in ("scalar", "array"):
            if is_value(node.query):
                return self.term(node.query.targets[0].value, frame.inner())
            single = node.kind == "scalar" and not node.query.limited
            return self.queries.picked(node.query, frame, single=single)
        return self.unclear(shown(node))

    def unclear(self, text: str) -> t.Unclear:
        """A term that is not understood."""
        return t.Unclear(text, self.number())

    def _call_term(self, node: ex.Call, frame: Frame) -> t.Term:
        name = node.name[-1]
        if node.special:
            return self._special(name, node, frame)
        function = frame.names.function(node)
        if function is None:
            if name == "current_setting" and node.args and isinstance(node.args[0], ex.Constant):
                return self._setting(node.args[0].value)
            if name == "now" and not node.args:
                return t.Clock()
            if name in ("unnest", "string_to_array", "jsonb_array_elements_text", "json_array_elements_text"):
                given = self.term(node.args[0], frame) if node.args else t.Null()
                return (
                    self.one_of(given)
                    if isinstance(given, (t.OwnKey, t.Chosen))
                    else self.unclear(f"{name}()")
                )
            return self.unclear(f"{name}()")
        return self._known(function) or self.calls.value(function, node, frame)

    def _setting(self, name: str) -> t.Term:
        """A setting; behind an API, only functions of the project set one: then it says what their callers want."""
        term = setting_term(name, self.platform)
        if term is None:
            return self.unclear(name)
        if isinstance(term, t.Chosen) or self.platform != "supabase":
            return term
        return self.unclear(f"setting {name}, which functions set") if self._sets_settings else term

    @cached_property
    def _sets_settings(self) -> bool:
        return any(
            function.body is not None and _SETS.search(function.body) is not None
            for function in self.catalog.functions.values()
            if not function.origin.platform
        )

    def _special(self, name: str, node: ex.Call, frame: Frame) -> t.Term:
        if name == "coalesce":
            found = {self.term(arg, frame) for arg in node.args}
            found.discard(t.Null())
            if len(found) == 1:
                return found.pop()
            own = [term for term in found if isinstance(term, t.OwnKey)]
            return own[0] if own and len(own) == len(found) else self.unclear("coalesce")
        if name == "nullif":
            term = self.term(node.args[0], frame)
            return term if isinstance(term, (t.OwnKey, t.Chosen, t.Null)) else self.unclear(name)
        if name in ("current_timestamp", "current_date", "localtimestamp"):
            return t.Clock()
        if name in ("current_user", "current_role", "user") and frame.rights == "caller":
            return t.RoleName()
        return self.unclear(name)

    @staticmethod
    def _known(function: Function) -> t.Term | None:
        """The functions of the schema auth that tell who calls, wherever they come from."""
        if function.schema == "auth" and not function.parameters:
            if function.name == "uid":
                return t.Uid()
            if function.name == "role":
                return t.RoleName()
        return None


def or_branches(root: ex.Node) -> list[ex.Node]:
    """The outermost alternatives of an expression, in the order written."""
    found: list[ex.Node] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, ex.Logical) and node.operator == "or":
            todo.extend(reversed(node.args))
        else:
            found.append(node)
    return found


def shown(node: ex.Node) -> str:
    """A short name of a construct, for people."""
    if isinstance(node, ex.Call):
        return f"{node.name[-1]}()"
    if isinstance(node, ex.Operator):
        return f"operator {node.name}"
    if isinstance(node, ex.Cast):
        return f"cast to {node.type.name}"
    if isinstance(node, ex.Opaque):
        return node.kind
    return type(node).__name__.lower()


def _mirrored(operator: str) -> str:
    return {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
