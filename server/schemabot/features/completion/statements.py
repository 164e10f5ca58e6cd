"""Which statement it is, and what may stand at its end as far as it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schemabot.features.completion import functions, objects, privileges, relations, tables
from schemabot.features.completion.expressions import expression
from schemabot.features.completion.frames import QUERY_STARTS
from schemabot.features.completion.reader import Here, Reader
from schemabot.features.completion.wanted import ANY, ROWS, Scope, Wanted, of

Statement = Callable[[Reader], None]


def wanted_in(reader: Reader, scope: Scope) -> Wanted:
    """What may stand where the words of `reader` end."""
    if reader.ended:
        return Wanted(beginning=True)
    if reader.take("explain"):
        while reader.take_any("analyze", "verbose"):
            pass
        reader.group(lambda _: None)
    if reader.next in QUERY_STARTS or reader.next == "(":
        return expression(reader.remaining(), reader.rest, scope, reader.names)
    try:
        for phrase, read in _STATEMENTS.items():
            if reader.take(*phrase):
                read(reader)
                break
    except Here as reached:
        return reached.wanted
    return ANY


def _create(r: Reader) -> None:
    r.take("or", "replace")
    while r.take_any(
        "temp", "temporary", "unlogged", "global", "local", "unique", "recursive", "constraint", "trusted"
    ):
        pass
    for phrase, read in _CREATED.items():
        if r.take(*phrase):
            read(r)
            return


def _alter(r: Reader) -> None:
    for phrase, read in _ALTERED.items():
        if r.take(*phrase):
            read(r)
            return


_CREATED: Mapping[tuple[str, ...], Statement] = {
    ("table",): tables.create_table,
    ("foreign", "table"): tables.create_table,
    ("index",): relations.create_index,
    ("policy",): relations.create_policy,
    ("trigger",): relations.create_trigger,
    ("view",): relations.create_view,
    ("materialized", "view"): relations.create_view,
    ("rule",): relations.create_rule,
    ("function",): functions.create_function,
    ("procedure",): functions.create_function,
    ("type",): objects.create_type,
    ("domain",): objects.create_domain,
    ("extension",): objects.create_extension,
    ("sequence",): objects.create_sequence,
    ("schema",): objects.create_schema,
    ("publication",): objects.create_publication,
    ("event", "trigger"): relations.create_event_trigger,
    ("statistics",): objects.create_statistics,
}
_ALTERED: Mapping[tuple[str, ...], Statement] = {
    ("table",): tables.alter_table,
    ("foreign", "table"): tables.alter_table,
    ("view",): tables.alter_table,
    ("materialized", "view"): tables.alter_table,
    ("index",): objects.altered("index"),
    ("sequence",): objects.altered("sequence"),
    ("policy",): relations.alter_policy,
    ("trigger",): relations.alter_trigger,
    ("function",): functions.alter_function,
    ("procedure",): functions.alter_function,
    ("routine",): functions.alter_function,
    ("type",): objects.alter_type,
    ("domain",): objects.altered("type"),
    ("extension",): objects.altered("extension"),
    ("schema",): objects.altered("schema"),
    ("publication",): objects.alter_publication,
    ("default", "privileges"): privileges.default_privileges,
    ("role",): objects.altered("role"),
    ("user",): objects.altered("role"),
}


def _relations(*kinds: str) -> Statement:
    wanted = Wanted(kinds=frozenset(kinds))  # type: ignore[arg-type]  # the callers below name kinds

    def read(r: Reader) -> None:
        while r.take_any("table", "only", "full", "verbose", "analyze", "concurrently", "index"):
            pass
        if r.next == "(":
            r.group(lambda _: None)
        names = r.names_list(lambda _: wanted)
        relation = r.names.rows(names[-1])
        if relation is not None and r.next == "(":
            r.group(lambda inner: relations.column_list(inner, relation))

    return read


def _call(r: Reader) -> None:
    r.name(Wanted(kinds=frozenset(("procedure",)), head="call"))
    words = r.remaining()
    raise Here(expression(words, r.rest, Scope(), r.names))


def _set(r: Reader) -> None:
    r.take_any("local", "session")
    if r.take("role"):
        r.name(of("role"))
        return
    setting = r.name(of("setting"))
    if not r.take_any("to", "="):
        return
    if setting == ("search_path",):
        r.names_list(lambda named: Wanted(kinds=frozenset(("schema",)), named=named))
    elif setting == ("role",):
        r.name(of("role"))


_STATEMENTS: Mapping[tuple[str, ...], Statement] = {
    ("create",): _create,
    ("alter",): _alter,
    ("drop",): objects.drop,
    ("grant",): privileges.grant,
    ("revoke",): privileges.grant,
    ("comment", "on"): objects.comment,
    ("security", "label", "on"): objects.comment,
    ("truncate",): _relations("table"),
    ("lock",): _relations("table"),
    ("analyze",): _relations("table", "materialized view"),
    ("vacuum",): _relations("table", "materialized view"),
    ("cluster",): _relations("table"),
    ("copy",): _relations("table", "view"),
    ("refresh", "materialized", "view"): _relations("materialized view"),
    ("reindex", "index"): _relations("index"),
    ("reindex", "table"): _relations("table"),
    ("reindex", "schema"): lambda r: r.here(of("schema")),
    ("reassign", "owned", "by"): lambda r: r.here(of("role")),
    ("call",): _call,
    ("set",): _set,
    ("reset",): lambda r: r.here(of("setting")),
    ("show",): lambda r: r.here(of("setting")),
    ("table",): _relations(*ROWS),
}
