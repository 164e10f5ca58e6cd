"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES, as far as they are written."""

from __future__ import annotations

from schemabot.features.completion.functions import arguments
from schemabot.features.completion.reader import Here, Reader
from schemabot.features.completion.wanted import ROWS, TYPES, Kind, Wanted, of

_OBJECTS: dict[str, frozenset[Kind]] = {
    "function": frozenset(("function", "trigger function")),
    "procedure": frozenset(("procedure",)),
    "routine": frozenset(("function", "procedure")),
    "schema": frozenset(("schema",)),
    "sequence": frozenset(("sequence",)),
    "type": TYPES,
    "domain": TYPES,
    "table": ROWS,
}
_READ: frozenset[Kind] = frozenset((*ROWS, "sequence"))
_PRIVILEGES = frozenset(
    ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain", "usage", "create", "execute",
     "all", "privileges", "connect", "temporary", "temp", "set", "grant", "option", "for", ",")
)  # fmt: skip


def grant(r: Reader) -> None:
    """GRANT privileges ON objects TO roles; GRANT role TO role."""
    r.take("grant", "option", "for")
    if not r.ended and r.next not in _PRIVILEGES:
        r.names_list(lambda _: of("role"))
        _roles(r)
    if r.ended:
        raise Here(of("role"))
    while not r.ended and r.next not in ("on",):
        if r.next in ("to", "from"):
            _roles(r)
        r.at += 1
    r.here()
    r.at += 1
    if r.take("all"):
        while not r.ended and not r.take("in", "schema"):
            r.at += 1
        r.names_list(lambda _: of("schema"))
        _roles(r)
    kinds = _OBJECTS.get(r.next)
    if kinds is not None and not r.ended:
        r.at += 1
    while True:
        r.name(Wanted(kinds=kinds or _READ, keywords=kinds is None))
        r.group(arguments)
        if not r.take(","):
            break
    _roles(r)


def _roles(r: Reader) -> None:
    r.here()
    if r.take_any("to", "from"):
        r.names_list(lambda named: Wanted(kinds=frozenset(("role",)), named=named))
    r.here()


def default_privileges(r: Reader) -> None:
    """ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT ... TO roles."""
    while not r.ended:
        if r.take("for", "role") or r.take("for", "user"):
            r.names_list(lambda _: of("role"))
        elif r.take("in", "schema"):
            r.names_list(lambda _: of("schema"))
        elif r.next in ("to", "from"):
            _roles(r)
        else:
            r.at += 1
    r.here()
