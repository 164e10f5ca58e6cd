"""PL/pgSQL bodies, read by PostgreSQL's own parser into the tree of `facts.kinds.plpgsql`.

The parser tells lines only; a statement's place is found by looking for its text from the beginning of its line on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from schemabot.facts.kinds.plpgsql import (
    Assign,
    Block,
    Body,
    Execute,
    Exit,
    ForEach,
    ForQuery,
    ForRange,
    Handler,
    If,
    Loop,
    Other,
    Perform,
    Raise,
    Return,
    Sql,
    Statement,
    Variable,
)
from schemabot.text import Span

Json = dict[str, Any]

_ERROR: Final = 21
"""elog.h: ERROR, the level of RAISE EXCEPTION."""
_ASSIGNMENT: Final = re.compile(r":?=")
_NOT_SPACE: Final = re.compile(r"\S")
_TAG: Final = "schemabot_body"


@lru_cache(maxsize=2048)
def read_body(body: str, header: str | None = None) -> Body | None:
    """The tree of a body; None when it is not PL/pgSQL that can be read.

    `header` is that of the function (`function f(a text) returns void`), None for a DO block. It may name built-in
    types only.
    """
    from pglast.parser import ParseError, parse_plpgsql_json  # with the first block: many projects have none

    if f"${_TAG}$" in body:
        return None
    if header is None:
        text = f"DO ${_TAG}${body}${_TAG}$"
    else:
        text = f"CREATE {header} LANGUAGE plpgsql AS ${_TAG}${body}${_TAG}$"
    try:
        found = json.loads(parse_plpgsql_json(text))
        if len(found) != 1:
            return None
        return _Reader(body).read(found[0]["PLpgSQL_function"])
    except (ParseError, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None


class _Reader:
    def __init__(self, body: str) -> None:
        self.body = body
        self.lines = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", body))]
        self.names: list[str] = []

    def read(self, function: Json) -> Body:
        variables: list[Variable] = []
        for datum in function["datums"]:
            ((kind, fields),) = datum.items()
            name = fields.get("refname", "")
            if kind == "PLpgSQL_recfield":
                name = f"{self.names[fields['recparentno']]}.{fields['fieldname']}"
            elif kind == "PLpgSQL_var":
                type_ = fields.get("datatype", {}).get("PLpgSQL_type", {}).get("typname", "")
                variables.append(Variable(name, type_, _query(fields.get("default_val"))))
            elif kind == "PLpgSQL_rec":
                variables.append(Variable(name, "record"))
            self.names.append(name)
        block = self.statement(function["action"])
        if not isinstance(block, Block):
            raise TypeError(block)
        return Body(tuple(variables), block)

    def statements(self, items: Sequence[Json] | None) -> tuple[Statement, ...]:
        return tuple([self.statement(item) for item in items or ()])

    def statement(self, item: Json) -> Statement:
        ((kind, fields),) = item.items()
        reader = getattr(self, "_" + kind.removeprefix("PLpgSQL_stmt_"), None)
        if reader is None:
            return Other(span=self.line(fields))
        made: Statement = reader(fields)
        return made

    # -- places --

    def line(self, fields: Json) -> Span:
        """The first word of the line that a statement stands on."""
        number = min(max(fields.get("lineno", 1) - 1, 0), len(self.lines) - 1)
        found = _NOT_SPACE.search(self.body, self.lines[number])
        start = found.start() if found else 0
        return Span(start, min(start + 1, len(self.body)))

    def place(self, fields: Json, text: str) -> Span:
        """Where the statement's own text stands; a clause that was cut out of it (INTO) is still there in the body."""
        start = self.line(fields).start
        number = min(max(fields.get("lineno", 1) - 1, 0), len(self.lines) - 1)
        at = self.body.find(text, self.lines[number])
        if at >= 0:
            return Span(at, at + len(text))
        pieces = [piece for piece in re.split(r"\s{4,}", text) if piece]
        at = self.body.find(pieces[0], self.lines[number]) if pieces else -1
        return Span(at, at + len(text)) if at >= 0 else Span(start, min(start + 1, len(self.body)))

    # -- statements --

    def _block(self, fields: Json) -> Statement:
        exceptions = fields.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list", [])
        handlers = []
        for item in exceptions:
            handler = item["PLpgSQL_exception"]
            names = [c["PLpgSQL_condition"]["condname"].lower() for c in handler["conditions"]]
            handlers.append(Handler(tuple(names), self.statements(handler.get("action"))))
        return Block(
            span=self.line(fields),
            body=self.statements(fields.get("body")),
            handlers=tuple(handlers),
            label=fields.get("label"),
        )

    def _assign(self, fields: Json) -> Statement:
        text = fields["expr"]["PLpgSQL_expr"]["query"]
        at = _ASSIGNMENT.search(text)
        target = self.names[fields["varno"]]
        if at is None or "[" in text[: at.start()]:
            return Other(span=self.line(fields), assigns=(target,))
        return Assign(span=self.place(fields, text), target=target, value=text[at.end() :])

    def _execsql(self, fields: Json) -> Statement:
        text = fields["sqlstmt"]["PLpgSQL_expr"]["query"]
        into = self.targets(fields.get("target"))
        return Sql(span=self.place(fields, text), text=text, into=into, strict=fields.get("strict", False))

    def _dynexecute(self, fields: Json) -> Statement:
        query = _query(fields["query"]) or ""
        into = self.targets(fields.get("target"))
        return Execute(
            span=self.place(fields, query), query=query, into=into, strict=fields.get("strict", False)
        )

    def _perform(self, fields: Json) -> Statement:
        query = _query(fields["expr"]) or ""
        # The parser has put SELECT in the place of PERFORM; what is left of the word is found behind it.
        inner = query.partition("SELECT")[2].strip() or query
        return Perform(span=self.place(fields, inner), query=query)

    def _call(self, fields: Json) -> Statement:
        text = _query(fields["expr"]) or ""
        return Sql(span=self.place(fields, text), text=text, into=self.targets(fields.get("target")))

    def _if(self, fields: Json) -> Statement:
        branches = [(_query(fields["cond"]) or "", self.statements(fields.get("then_body")))]
        for item in fields.get("elsif_list", ()):
            inner = item["PLpgSQL_if_elsif"]
            branches.append((_query(inner["cond"]) or "", self.statements(inner.get("stmts"))))
        if fields.get("else_body"):
            branches.append(("true", self.statements(fields["else_body"])))
        return If(span=self.place(fields, branches[0][0]), branches=tuple(branches))

    def _case(self, fields: Json) -> Statement:
        branches = []
        subject = _query(fields.get("t_expr"))
        for item in fields.get("case_when_list", ()):
            inner = item["PLpgSQL_case_when"]
            condition = _query(inner["expr"]) or ""
            if subject is not None:  # the parser wrote: "__Case__Variable_11__" IN (1)
                condition = re.sub(r'"__Case__Variable_\d+__"', lambda _: f"({subject})", condition)
            branches.append((condition, self.statements(inner.get("stmts"))))
        otherwise = self.statements(fields.get("else_stmts"))
        if not fields.get("have_else"):
            otherwise = (Raise(span=self.line(fields), condition="case_not_found"),)
        branches.append(("true", otherwise))
        return If(span=self.line(fields), branches=tuple(branches))

    def _assert(self, fields: Json) -> Statement:
        condition = f"({_query(fields['cond'])}) is true"
        failure = Raise(span=self.line(fields), condition="assert_failure")
        return If(span=self.line(fields), branches=((condition, ()), ("true", (failure,))))

    def _loop(self, fields: Json) -> Statement:
        return Loop(
            span=self.line(fields), body=self.statements(fields.get("body")), label=fields.get("label")
        )

    def _while(self, fields: Json) -> Statement:
        return Loop(
            span=self.line(fields),
            body=self.statements(fields.get("body")),
            condition=_query(fields["cond"]),
            label=fields.get("label"),
        )

    def _fori(self, fields: Json) -> Statement:
        return ForRange(
            span=self.line(fields),
            variable=fields["var"]["PLpgSQL_var"]["refname"],
            lower=_query(fields["lower"]) or "",
            upper=_query(fields["upper"]) or "",
            step=_query(fields.get("step")) or "1",
            reverse=fields.get("reverse", False),
            body=self.statements(fields.get("body")),
            label=fields.get("label"),
        )

    def _fors(self, fields: Json, dynamic: bool = False) -> Statement:
        query = _query(fields["query"]) or ""
        return ForQuery(
            span=self.place(fields, query),
            variables=self.targets(fields["var"]),
            query=query,
            body=self.statements(fields.get("body")),
            dynamic=dynamic,
            label=fields.get("label"),
        )

    def _dynfors(self, fields: Json) -> Statement:
        return self._fors(fields, dynamic=True)

    def _forc(self, fields: Json) -> Statement:
        """FOR over a cursor, whose rows are not known here."""
        return ForQuery(
            span=self.line(fields),
            variables=self.targets(fields["var"]),
            query="",
            body=self.statements(fields.get("body")),
            label=fields.get("label"),
        )

    def _foreach_a(self, fields: Json) -> Statement:
        return ForEach(
            span=self.line(fields),
            variable=self.names[fields["varno"]],
            array=_query(fields["expr"]) or "",
            body=self.statements(fields.get("body")),
            label=fields.get("label"),
        )

    def _exit(self, fields: Json) -> Statement:
        return Exit(
            span=self.line(fields),
            leaves=fields.get("is_exit", False),
            condition=_query(fields.get("cond")),
            label=fields.get("label"),
        )

    def _return(self, fields: Json) -> Statement:
        return Return(span=self.line(fields), value=_query(fields.get("expr")))

    def _raise(self, fields: Json) -> Statement:
        if fields.get("elog_level", _ERROR) < _ERROR:
            return Other(span=self.line(fields))
        named = fields.get("condname", "").lower() or _error_code(fields.get("options", ()))
        has_more = named or fields.get("message") or fields.get("options")
        return Raise(span=self.line(fields), condition=(named or "raise_exception") if has_more else "")

    def _getdiag(self, fields: Json) -> Statement:
        items = [item["PLpgSQL_diag_item"] for item in fields.get("diag_items", ())]
        return Other(span=self.line(fields), assigns=tuple(self.names[item["target"]] for item in items))

    def _fetch(self, fields: Json) -> Statement:
        return Other(span=self.line(fields), assigns=self.targets(fields.get("target")))

    def targets(self, node: Json | None) -> tuple[str, ...]:
        """The variables behind INTO or FOR: one record, or one for each column."""
        if node is None:
            return ()
        ((kind, fields),) = node.items()
        if kind == "PLpgSQL_row":
            return tuple(self.names[field["varno"]] for field in fields.get("fields", ()))
        return (str(fields["refname"]),)


def _error_code(options: Sequence[Json]) -> str:
    """What USING ERRCODE says, if it is a literal; `unknown` when it is not."""
    for item in options:
        option = item["PLpgSQL_raise_option"]
        if option.get("opt_type", 0) in (0, "PLPGSQL_RAISEOPTION_ERRCODE"):
            literal = re.fullmatch(r"\s*'(\w+)'\s*", _query(option["expr"]) or "")
            return literal[1].lower() if literal else "unknown"
    return ""


def _query(node: Json | None) -> str | None:
    return None if node is None else str(node["PLpgSQL_expr"]["query"])
