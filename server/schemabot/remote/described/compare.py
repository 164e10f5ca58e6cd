"""Two descriptions of a schema compared, object by object."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from schemabot.facts import extract
from schemabot.facts.canonical import canonical
from schemabot.facts.model import AddConstraint
from schemabot.remote.described.describe import IDENTITY, Json

_EXPRESSIONS: Final = ("default", "generated", "using", "check")


def canonical_text(text: str) -> str:
    """Text that is the same for an expression as written and as PostgreSQL prints it."""
    extracted = extract(f"alter table t add check ({text})")
    for fact in extracted.facts:
        if isinstance(fact, AddConstraint) and fact.constraint.expression is not None:
            return canonical(fact.constraint.expression.root)
    return text


def difference(
    postgresql: Json, ours: Json, canonicalise: Callable[[str], object] = canonical_text
) -> list[str]:
    """What differs, object by object, in words. Expressions (defaults, policies) are compared canonically."""
    found: list[str] = []
    for kind, identity in IDENTITY.items():
        if kind != "schemas":
            _compare_lists(found, kind, postgresql[kind], ours[kind], identity, canonicalise)
    return found


def _compare_lists(
    found: list[str],
    where: str,
    theirs: list[Any],
    ours: list[Any],
    identity: tuple[str, ...],
    canonicalise: Callable[[str], object],
) -> None:
    their_items = {label(item, identity): item for item in theirs}
    our_items = {label(item, identity): item for item in ours}
    found += [f"{where} {name}: only PostgreSQL has it" for name in their_items if name not in our_items]
    found += [f"{where} {name}: only ours" for name in our_items if name not in their_items]
    both = [name for name in their_items if name in our_items]
    for name in both:
        _compare(found, f"{where} {name}", their_items[name], our_items[name], canonicalise)
    order = [name for name in our_items if name in their_items]
    if order != both:
        found.append(f"{where} order: ours {', '.join(order)}, PostgreSQL's {', '.join(both)}")


def _compare(
    found: list[str], where: str, theirs: Json, ours: Json, canonicalise: Callable[[str], object]
) -> None:
    for key in {**theirs, **ours}:
        their: Any = theirs.get(key)
        our: Any = ours.get(key)
        if _are_parts(their) and _are_parts(our):
            _compare_lists(found, f"{where} {key}", their, our, ("name",), canonicalise)
            continue
        if key in _EXPRESSIONS and their is not None and our is not None:
            same = canonicalise(their) == canonicalise(our)
        else:
            same = their == our
        if not same:
            found.append(f"{where} {key}: ours {_shown(our)}, PostgreSQL's {_shown(their)}")


def _are_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def label(item: Json, identity: tuple[str, ...]) -> str:
    """An object's name in messages, made of what tells it apart from others."""
    words = [
        str(item[key]) for key in identity if key not in ("schema", "arguments") and item[key] is not None
    ]
    if item.get("schema") and "schema" in identity:
        words[0] = f"{item['schema']}.{words[0]}"
    arguments = f"({', '.join(item['arguments'])})" if "arguments" in identity else ""
    return " ".join(words) + arguments


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)
