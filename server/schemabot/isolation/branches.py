"""A formula as alternatives: in each, some rows of sub-selects and a list of plain conditions that all hold.

Negation goes down to the plain conditions by the laws of three-valued logic (De Morgan holds in it): what is
demanded must be true, so of `not x` only that x is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeVar

import msgspec

from schemabot.isolation import terms as t

MOST = 600
"""More alternatives are not looked at."""


class TooManyError(Exception):
    """The formula has more alternatives than are looked at."""


class Absent(msgspec.Struct, frozen=True):
    """No row of a sub-select fulfils its condition."""

    arms: tuple[t.Arm, ...]


class NotTrue(msgspec.Struct, frozen=True):
    """A comparison is false or null; `denied` is the comparison that holds where it is false."""

    denied: t.Compare


Literal: TypeAlias = t.Compare | t.NullTest | t.Sole | t.Opaque | Absent | NotTrue


class Branch(msgspec.Struct, frozen=True):
    """One alternative. `tags` name the policies, with their OR branches, that it stands for."""

    sources: tuple[t.Source, ...] = ()
    literals: tuple[Literal, ...] = ()
    tags: tuple[tuple[str, int], ...] = ()

    def with_(self, other: Branch) -> Branch:
        """Both alternatives at once."""
        return Branch(
            _joined(self.sources, other.sources),
            _joined(self.literals, other.literals),
            _joined(self.tags, other.tags),
        )


_Reader: TypeAlias = Callable[[t.Formula], list[Branch]]
_T = TypeVar("_T")
_NOTHING = Branch()
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def branches(formula: t.Formula) -> list[Branch]:
    """The alternatives of `formula`; none when it is never true. Raises `TooManyError`."""
    return _demanded(formula)


def _joined(left: tuple[_T, ...], right: tuple[_T, ...]) -> tuple[_T, ...]:
    return left + tuple(item for item in right if item not in left) if right else left


def _demanded(formula: t.Formula) -> list[Branch]:
    """The alternatives in which `formula` is true."""
    if isinstance(formula, t.And):
        return _product(formula.args, _demanded)
    if isinstance(formula, t.Or):
        return _sum(formula.args, _demanded)
    if isinstance(formula, t.Not):
        return _denied(formula.arg)
    if isinstance(formula, t.Surely):
        return _demanded(formula.arg)
    if isinstance(formula, t.Tagged):
        tag = ((formula.policy, formula.branch),)
        return [Branch(b.sources, b.literals, _joined(tag, b.tags)) for b in _demanded(formula.arg)]
    if isinstance(formula, t.Truth):
        return [_NOTHING] if formula.value else []
    if isinstance(formula, t.Compare):
        return _compared(formula)
    if isinstance(formula, t.NullTest):
        return _null_test(formula)
    if isinstance(formula, (t.Exists, t.Held)):
        arms = formula.arms if isinstance(formula, t.Exists) else formula.true
        return [found for arm in arms for found in _rows(arm)]
    return [Branch(literals=(formula,))]


def _denied(formula: t.Formula) -> list[Branch]:
    """The alternatives in which `formula` is false."""
    if isinstance(formula, t.And):
        return _sum(formula.args, _denied)
    if isinstance(formula, t.Or):
        return _product(formula.args, _denied)
    if isinstance(formula, t.Not):
        return _demanded(formula.arg)
    if isinstance(formula, t.Surely):
        return _not_true(formula.arg)
    if isinstance(formula, t.Tagged):
        return _denied(formula.arg)
    if isinstance(formula, t.Truth):
        return [_NOTHING] if formula.value is False else []
    if isinstance(formula, t.Compare):
        opposite = _OPPOSITE.get(formula.operator)
        if opposite is None:
            return [Branch(literals=(t.Opaque(f"not {formula.operator}"),))]
        return _compared(t.Compare(opposite, formula.left, formula.right))
    if isinstance(formula, t.NullTest):
        return _null_test(t.NullTest(formula.term, not formula.null))
    if isinstance(formula, t.Exists):
        return [Branch(literals=(Absent(formula.arms),))]
    if isinstance(formula, t.Held):
        return [found for arm in formula.false for found in _rows(arm)]
    if isinstance(formula, t.Sole):
        return [_NOTHING]  # says nothing about what is true
    return [Branch(literals=(t.Opaque("not " + formula.text),))]


def _not_true(formula: t.Formula) -> list[Branch]:
    """The alternatives in which `formula` is false or null."""
    if isinstance(formula, t.And):
        return _sum(formula.args, _not_true)
    if isinstance(formula, t.Or):
        return _product(formula.args, _not_true)
    if isinstance(formula, (t.Exists, t.NullTest, t.Surely, t.Sole)):
        return _denied(formula)
    if isinstance(formula, t.Held):
        return [Branch(literals=(Absent(formula.true),))]
    if isinstance(formula, t.Truth):
        return [] if formula.value else [_NOTHING]
    if isinstance(formula, t.Tagged):
        return _not_true(formula.arg)
    if isinstance(formula, t.Compare) and formula.operator in _OPPOSITE and not _picks(formula):
        opposite = t.Compare(_OPPOSITE[formula.operator], formula.left, formula.right)
        return [Branch(literals=(NotTrue(opposite),))]
    if isinstance(formula, t.Not) and isinstance(formula.arg, (t.Exists, t.NullTest, t.Surely, t.Truth)):
        return (
            _demanded(formula.arg)
            if not isinstance(formula.arg, t.Truth)
            else ([] if formula.arg.value is False else [_NOTHING])
        )
    if isinstance(formula, t.Not) and isinstance(formula.arg, (t.And, t.Or, t.Not)):
        return _not_true(_pushed(formula.arg))
    if (
        isinstance(formula, t.Not)
        and isinstance(formula.arg, t.Compare)
        and formula.arg.operator in _OPPOSITE
    ):
        inner = formula.arg
        return _not_true(t.Compare(_OPPOSITE[inner.operator], inner.left, inner.right))
    return [Branch(literals=(t.Opaque("is not true"),))]


def _pushed(formula: t.And | t.Or | t.Not) -> t.Formula:
    """NOT of `formula`, moved inwards by one step."""
    if isinstance(formula, t.Not):
        return formula.arg
    args = tuple(t.Not(arg) for arg in formula.args)
    return t.Or(args) if isinstance(formula, t.And) else t.And(args)


def _picks(formula: t.Compare) -> bool:
    return isinstance(formula.left, t.Picked) or isinstance(formula.right, t.Picked)


def _sum(formulas: tuple[t.Formula, ...], read: _Reader) -> list[Branch]:
    found = [branch for formula in formulas for branch in read(formula)]
    if len(found) > MOST:
        raise TooManyError
    return found


def _product(formulas: tuple[t.Formula, ...], read: _Reader) -> list[Branch]:
    found = [_NOTHING]
    for formula in formulas:
        more = read(formula)
        if len(found) * len(more) > MOST:
            raise TooManyError
        found = [left.with_(right) for left in found for right in more]
    return found


def _rows(arm: t.Arm) -> Iterator[Branch]:
    """The alternatives in which an arm has a row."""
    own = Branch(arm.sources)
    for inner in _demanded(arm.condition):
        yield own.with_(inner)


def _compared(formula: t.Compare) -> list[Branch]:
    """A comparison; with a value out of a sub-select it demands a row of it."""
    for place, term in enumerate((formula.left, formula.right)):
        if isinstance(term, t.Picked):
            found = []
            for arm in term.arms:
                assert arm.values is not None
                value = arm.values[term.column]
                sides = (value, formula.right) if place == 0 else (formula.left, value)
                inner = _compared(t.Compare(formula.operator, *sides))
                found += [row.with_(each) for row in _rows(arm) for each in inner]
            return found
    if isinstance(formula.left, t.Null) or isinstance(formula.right, t.Null):
        return []
    for term in (formula.left, formula.right):
        if isinstance(term, t.Unclear):
            return [Branch(literals=(formula, t.Opaque(term.text)))]
    return [Branch(literals=(formula,))]


def _null_test(formula: t.NullTest) -> list[Branch]:
    term = formula.term
    if isinstance(term, t.Picked):
        if formula.null:
            return [Branch(literals=(t.Opaque("(select ...) is null"),))]
        return [
            row.with_(each)
            for arm in term.arms
            for row in _rows(arm)
            for each in _null_test(t.NullTest((arm.values or (t.Null(),))[term.column], False))
        ]
    if isinstance(term, (t.Null, t.Fixed)):
        return [_NOTHING] if formula.null == isinstance(term, t.Null) else []
    if isinstance(term, t.Unclear):
        return [Branch(literals=(t.Opaque(f"{term.text} is null"),))]
    return [Branch(literals=(formula,))]


def tables_read(formula: t.Formula) -> Iterator[t.Source]:
    """Every table that the sub-selects of `formula` read."""
    todo: list[object] = [formula]
    while todo:
        item = todo.pop()
        if isinstance(item, (t.And, t.Or)):
            todo.extend(item.args)
        elif isinstance(item, (t.Not, t.Surely, t.Tagged)):
            todo.append(item.arg)
        elif isinstance(item, t.Compare):
            todo += (item.left, item.right)
        elif isinstance(item, t.NullTest):
            todo.append(item.term)
        elif isinstance(item, (t.Exists, t.Picked)):
            todo.extend(item.arms)
        elif isinstance(item, t.Held):
            todo += (*item.true, *item.false)
        elif isinstance(item, t.Arm):
            yield from item.sources
            todo.append(item.condition)
            todo.extend(item.values or ())
