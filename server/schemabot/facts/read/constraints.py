"""Constraint nodes of columns and tables."""

from __future__ import annotations

from schemabot.facts.model import ConstraintDef, ConstraintKind, IndexElement, ReferentialAction
from schemabot.facts.names import Ident
from schemabot.facts.read.build import Builder
from schemabot.facts.read.indexes import index_elements
from schemabot.facts.read.tree import Json, items, storage_options, strings
from schemabot.text import Span

KINDS: dict[str, ConstraintKind] = {
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclude",
    "CONSTR_NOTNULL": "not null",
}
_ACTIONS: dict[str, ReferentialAction] = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}


def table_constraint(node: Json, end: int, b: Builder) -> ConstraintDef:
    """A table constraint that ends at `end`."""
    return constraint(node, Span(node.get("location", 0), end), b, (), frozenset(), table_level=True)


def constraint(
    node: Json,
    span: Span,
    b: Builder,
    columns: tuple[str, ...],
    attributes: frozenset[str],
    *,
    table_level: bool = False,
) -> ConstraintDef:
    """A constraint. `attributes` are the CONSTR_ATTR_* nodes that follow a column's constraint."""
    kind = KINDS[node["contype"]]
    name = _name(node, span.start, b)
    # Only CHECK and FOREIGN KEY can be NOT ENFORCED; the flag means nothing for the others.
    enforceable = kind in ("check", "foreign key")
    not_enforced = enforceable and ("is_enforced" not in node or "CONSTR_ATTR_NOT_ENFORCED" in attributes)
    deferred = "initdeferred" in node or "CONSTR_ATTR_DEFERRED" in attributes
    deferrable = deferred or "deferrable" in node or "CONSTR_ATTR_DEFERRABLE" in attributes
    if kind == "foreign key":
        return ConstraintDef(
            kind=kind,
            span=span,
            name=name,
            columns=strings(node.get("fk_attrs")) or columns,
            references=b.sql.relation(node["pktable"]),
            references_columns=strings(node.get("pk_attrs")),
            on_delete=_ACTIONS.get(node.get("fk_del_action", ""), "no action"),
            on_update=_ACTIONS.get(node.get("fk_upd_action", ""), "no action"),
            on_delete_columns=strings(node.get("fk_del_set_cols")),
            match="full" if node.get("fk_matchtype") == "f" else "simple",
            deferrable=deferrable,
            initially_deferred=deferred,
            not_valid="skip_validation" in node and not not_enforced,
            not_enforced=not_enforced,
            without_overlaps="fk_with_period" in node,
            table_level=table_level,
        )
    if kind == "check":
        return ConstraintDef(
            kind=kind,
            span=span,
            name=name,
            columns=columns,
            expression=b.expression(node["raw_expr"], b.sql.inside(span.start)),
            deferrable=deferrable,
            initially_deferred=deferred,
            not_valid="skip_validation" in node and not not_enforced,
            not_enforced=not_enforced,
            no_inherit="is_no_inherit" in node,
            table_level=table_level,
        )
    elements: tuple[IndexElement, ...] = ()
    where = None
    if kind == "exclude":
        at = span.start if name is None else name.span.end
        elements, closed = _exclusions(node, at, b)
        if "where_clause" in node:
            where = b.expression(node["where_clause"], b.sql.inside(b.sql.after(closed, "where")))
    return ConstraintDef(
        kind=kind,
        span=span,
        name=name,
        columns=strings(node.get("keys")) or columns,
        include=strings(node.get("including")),
        using_index=node.get("indexname"),
        method=node.get("access_method"),
        elements=elements,
        where=where,
        deferrable=deferrable,
        initially_deferred=deferred,
        not_valid="skip_validation" in node,
        no_inherit="is_no_inherit" in node,
        nulls_not_distinct="nulls_not_distinct" in node,
        without_overlaps="without_overlaps" in node,
        options=storage_options(node.get("options")),
        table_level=table_level,
    )


def _name(node: Json, at: int, b: Builder) -> Ident | None:
    if "conname" not in node:
        return None
    return b.sql.ident_at(b.sql.token(at).end, node["conname"])


def _exclusions(node: Json, at: int, b: Builder) -> tuple[tuple[IndexElement, ...], int]:
    """The elements of EXCLUDE, and the place behind their list."""
    opening = next(span.start for span in b.sql.tokens(at) if b.sql.text[span.start] == "(")
    pairs = [items(pair) for pair in node["exclusions"]]
    operators = [".".join(n for n in strings(items(pair[1])) if n != "pg_catalog") for pair in pairs]
    elements = index_elements([pair[0] for pair in pairs], opening, b, operators)
    return elements, b.sql.closing(opening)
