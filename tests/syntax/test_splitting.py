"""Where statements begin and end in whole texts."""

from __future__ import annotations

import pytest

from schemabot.syntax.parse import parse_statement
from schemabot.syntax.source import Source


def pieces(text: str) -> list[tuple[str, str]]:
    return [(s.kind, s.span.of(text)) for s in Source.of(text).statements]


def sql(text: str) -> list[str]:
    statements = Source.of(text).statements
    assert all(s.kind == "sql" for s in statements)
    return [s.text for s in statements]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\r\n\t\f\v",
        ";",
        ";;",
        " ; ; ",
        "\ufeff",
        "\0",
        "-- c",
        "-- c\n;",
        "/* a /* b */ c */",
        "\ufeff\n;\0",
    ],
)
def test_no_statements(text: str) -> None:
    assert Source.of(text).statements == ()


def test_spans_ends_and_comments() -> None:
    text = "-- head\nselect 1 -- one\n ; /* two */\n\nselect\n  2 /* in */ + 3"
    source = Source.of(text)
    first, second = source.statements
    assert first.text == "select 1"
    assert first.terminated
    assert text[first.end - 1] == ";"
    assert second.text == "select\n  2 /* in */ + 3"
    assert not second.terminated
    assert second.end == second.span.end == len(text)
    assert [c.text for c in source.comments] == ["-- head", "-- one", "/* two */", "/* in */"]


@pytest.mark.parametrize(
    "statement",
    [
        "select ';', 'it''s;', \"a;b\", \"x\"\"y;\"",
        "select E'a\\';b', e'\\\\', U&'\\003b;', B'0', n'x;'",
        "select name'a;\\'",
        "do $$ begin; end; $$",
        "do $a$ select $$ ; $$; $a$",
        "do $é$ ; $é$",
        "select a$$, b$c$d",
        "select $1 + $2, ';'",
        "select 1 /* ; */ + -- ;\n 2",
        "select 1 /* a /* ; */ ; */ + 2",
        "select '--', '/*', 1",
        "select 'multi\nline;\n'",
        'select "multi\nline;"',
        "select 1 - 2 / 3",
        "create function f() returns int language sql begin atomic select 1; select 2; end",
        "create or replace procedure f() BEGIN ATOMIC\n select case when a then b else 'c;' end; END",
        "create function f() returns int begin atomic select case a when 1 then case when b then 1 end end;"
        " select x.end; end",
        "create /* c */ function f() returns int begin -- ;\n atomic select 1; end",
        "create function f() returns text language sql as $$ begin atomic; $$",
        "create rule r as on insert to t do also (select 1; delete from u where (a); notify x)",
        "create or replace rule r as on update to t do instead (select ');'; select 2;)",
        "create schema s create table t (a int) create view v as select 1",
    ],
)
def test_semicolons_that_end_nothing(statement: str) -> None:
    source = Source.of(f"select 0;\n{statement};\nselect 9;")
    assert [s.text for s in source.statements] == ["select 0", statement, "select 9"]
    assert all(s.issue is None and s.terminated for s in source.statements)


def test_the_end_of_a_body_is_behind_its_end() -> None:
    text = "create function f() returns int begin atomic select 1; end immutable; select 2;"
    assert sql(text) == [text.split("; select 2")[0], "select 2"]


@pytest.mark.parametrize(
    "text", ["create rule r as on insert to t do also notify x; select 1;", "create function f; select 1;"]
)
def test_heads_without_a_body(text: str) -> None:
    assert len(sql(text)) == 2


def test_semicolons_in_parentheses_end_a_statement() -> None:
    assert sql("create table t (a text; create table u (a int);") == [
        "create table t (a text",
        "create table u (a int)",
    ]


def test_the_separator_of_drizzle_is_a_comment() -> None:
    source = Source.of("create table a (b int);--> statement-breakpoint\ncreate table c (d int);")
    assert [s.text for s in source.statements] == ["create table a (b int)", "create table c (d int)"]
    assert [c.text for c in source.comments] == ["--> statement-breakpoint"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_comments_end_at_any_line_end(end: str) -> None:
    assert sql(f"select 1 -- a ;{end}+ 2;") == [f"select 1 -- a ;{end}+ 2"]


def test_psql_commands() -> None:
    text = (
        "\\restrict TOKEN\n\\connect 'my;db'  \r\nselect 1;\n  \\echo hi\n"
        "select 2 \\gexec\n\\i file.sql\n\\copy t from 'x'"
    )
    assert pieces(text) == [
        ("psql", "\\restrict TOKEN"),
        ("psql", "\\connect 'my;db'"),
        ("sql", "select 1"),
        ("psql", "\\echo hi"),
        ("sql", "select 2"),
        ("psql", "\\gexec"),
        ("psql", "\\i file.sql"),
        ("psql", "\\copy t from 'x'"),
    ]


def test_a_comment_before_a_command_that_ends_a_statement() -> None:
    source = Source.of("select 1 -- one\n\\gexec\n")
    assert [s.text for s in source.statements] == ["select 1", "\\gexec"]
    assert [c.text for c in source.comments] == ["-- one"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_copy_data(end: str) -> None:
    lines = ["COPY public.t (a, b) FROM stdin;", "1\tit's; \\. not", "\\N\t--", "\\.", "", "select 1;", ""]
    text = end.join(lines)
    assert pieces(text) == [
        ("sql", "COPY public.t (a, b) FROM stdin"),
        ("copy-data", end.join(lines[1:4])),
        ("sql", "select 1"),
    ]


def test_copy_data_to_the_end_of_the_text_and_empty() -> None:
    assert pieces("copy t from stdin with (format csv); -- data\n1,2\n3,4\n")[1:] == [
        ("copy-data", "1,2\n3,4")
    ]
    assert pieces("copy t from stdin;\n\\.\nselect 1;")[1:] == [("copy-data", "\\."), ("sql", "select 1")]
    assert pieces("copy t from stdin;") == [("sql", "copy t from stdin")]
    assert pieces("copy t from stdin;\n") == [("sql", "copy t from stdin")]


def test_copy_from_elsewhere_has_no_data() -> None:
    assert sql("copy t from 'file';\nselect 1;\ncopy t to stdout;\nselect 2;")[1::2] == [
        "select 1",
        "select 2",
    ]


# What is half typed: (text, the index of the broken statement, what its issue spans, all statements' texts)
BROKEN = {
    "quote, `;` at the line's end": (
        "insert into t values ('abc);\nselect 1;\nselect 'b';\n",
        0,
        "'",
        ["insert into t values ('abc)", "select 1", "select 'b'"],
    ),
    "quote, then a statement": (
        "comment on table t is 'abc\n\ncreate table u (a int);\n",
        0,
        "'",
        ["comment on table t is 'abc", "create table u (a int)"],
    ),
    "one quote too many": (
        "insert into t values ('it's');\ncreate table u (a text);",
        0,
        "'",
        ["insert into t values ('it's')", "create table u (a text)"],
    ),
    "a quote that would turn all later ones over": (
        "select 1;\nalter table t alter a set default 'abc;\n"
        "create policy p on t using (a = 'x');\nselect 'y';",
        1,
        "'",
        [
            "select 1",
            "alter table t alter a set default 'abc",
            "create policy p on t using (a = 'x')",
            "select 'y'",
        ],
    ),
    "escape string": ("select E'\\';\nselect 1;", 0, "'", ["select E'\\'", "select 1"]),
    "quoted identifier": (
        'create table "t (a int);\nselect 1;',
        0,
        '"',
        ['create table "t (a int)', "select 1"],
    ),
    "dollar quote": (
        "create function f() returns int as $$\nbegin\n  select 1;\nend;\nlanguage plpgsql;\n\n"
        "create table t (a int);\n",
        0,
        "$$",
        [
            "create function f() returns int as $$\nbegin\n  select 1;\nend;\nlanguage plpgsql;",
            "create table t (a int)",
        ],
    ),
    "dollar quote that pairs with the next function's": (
        "create function f() returns int as $$\nbegin\n  return 1;\nend;\n\n"
        "create function g() returns int language plpgsql as $$\nbegin\n  return 2;\nend;\n$$;\nselect 1;\n",
        0,
        "$$",
        [
            "create function f() returns int as $$\nbegin\n  return 1;\nend;",
            "create function g() returns int language plpgsql as $$\nbegin\n  return 2;\nend;\n$$",
            "select 1",
        ],
    ),
    "tagged dollar quote": (
        "do $x$ begin\nend $$;\nalter table t add a int;",
        0,
        "$x$",
        ["do $x$ begin\nend $$;", "alter table t add a int"],
    ),
    "comment": ("/* open\ncreate table t (a int);", 0, "/*", ["/* open", "create table t (a int)"]),
    "comment inside": (
        "select 1 /* open\n+ 2;\ngrant select on t to anon;",
        0,
        "/*",
        ["select 1 /* open\n+ 2;", "grant select on t to anon"],
    ),
    "nested comment": ("/* a /* b */\ndrop table t;", 0, "/*", ["/* a /* b */", "drop table t"]),
    "atomic body": (
        "create function f() returns int begin atomic select 1;\n\ncreate table t (a int);",
        0,
        "begin",
        ["create function f() returns int begin atomic select 1;", "create table t (a int)"],
    ),
    "rule": (
        "create rule r as on insert to t do also (delete from u;\nselect 1;",
        0,
        "(",
        ["create rule r as on insert to t do also (delete from u", "select 1"],
    ),
    "to the end": ("select 1;\nselect 'abc", 1, "'", ["select 1", "select 'abc"]),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_an_unterminated_piece_breaks_one_statement(case: tuple[str, int, str, list[str]]) -> None:
    text, broken, opener, expected = case
    statements = Source.of(text).statements
    assert [s.text for s in statements] == expected
    assert [n for n, s in enumerate(statements) if s.issue is not None] == [broken]
    issue = statements[broken].issue
    assert issue is not None
    assert issue.span.of(statements[broken].text) == opener
    assert "missing" in issue.message
    for number, statement in enumerate(statements):
        if number != broken:
            assert parse_statement(statement.text).tree is not None


def test_two_broken_statements() -> None:
    text = "select 'a;\nselect 1;\nselect $$b\n\ncreate table t (a int);\nselect 2"
    statements = Source.of(text).statements
    assert [s.issue is not None for s in statements] == [True, False, True, False, False]


def test_quotes_with_statements_in_them_are_fine_while_all_are_closed() -> None:
    body = "create function f() returns text language sql as '\ncreate table a (b int);\n';"
    block = "do $$\nbegin\ncreate table a (b int);\nend $$;"
    source = Source.of(f"{body}\n{block}\nselect 1;")
    assert [s.issue for s in source.statements] == [None, None, None]
    # An unterminated quote further on is that one's fault.
    source = Source.of(f"{body}\n{block}\nselect 'x;\nselect 1;")
    assert [s.issue is not None for s in source.statements] == [False, False, True, False]


# Missing semicolons: (text, the statements' texts, which have an issue)
MISSING = {
    "a half typed table": (
        "create table t (a text\n\ncreate policy p on t using (true);",
        ["create table t (a text", "create policy p on t using (true)"],
        [0],
    ),
    "both half typed": (
        "create table t (a text\n\ncreate policy p on",
        ["create table t (a text", "create policy p on"],
        [0],
    ),
    "whole": (
        "create table t (a text)\ncreate table u (b text);",
        ["create table t (a text)", "create table u (b text)"],
        [0],
    ),
    "a comment between": (
        "alter table t add a int -- one\n-- two\n\ncomment on table t is 'x';",
        ["alter table t add a int", "comment on table t is 'x'"],
        [0],
    ),
    "the keyword is taken for an alias": (
        "select 1 from a\n\ninsert into b values (1);",
        ["select 1 from a", "insert into b values (1)"],
        [0],
    ),
    "an error before": (
        "creat table t (a int)\n\ncreate table u (b int);",
        ["creat table t (a int)", "create table u (b int)"],
        [0],
    ),
    "three": (
        "grant select on t to a\nrevoke all on t from b\ndrop table t;\nselect 1;",
        ["grant select on t to a", "revoke all on t from b", "drop table t", "select 1"],
        [0, 1],
    ),
    "a select behind a blank line": ("drop table t\n\nselect 1;", ["drop table t", "select 1"], [0]),
}


@pytest.mark.parametrize("case", MISSING.values(), ids=MISSING)
def test_a_missing_semicolon_ends_at_the_next_statement(case: tuple[str, list[str], list[int]]) -> None:
    text, expected, broken = case
    statements = Source.of(text).statements
    assert [s.text for s in statements] == expected
    assert [n for n, s in enumerate(statements) if s.issue is not None] == broken
    assert [s.terminated for s in statements][:-1] == [n not in broken for n in range(len(statements) - 1)]


def test_a_missing_semicolon_is_reported_at_the_end_of_the_first() -> None:
    statement = Source.of("create table t (a text\n\nCreate policy p on t using (true);").statements[0]
    assert statement.issue is not None
    assert statement.issue.message == 'syntax error at or near "Create": a `;` may be missing before it'
    assert statement.issue.span.of(statement.text) == "text"


def test_an_error_in_the_first_of_two_keeps_its_place() -> None:
    statement = Source.of("creat table t (a int)\n\ncreate table u (b int);").statements[0]
    assert statement.issue is not None
    assert statement.issue.span.of(statement.text) == "creat"
    assert "missing" not in statement.issue.message


@pytest.mark.parametrize(
    "text",
    [
        "create view v as\nselect a b c from t",
        "create view v as\n\nselect a b c from t",
        "insert into t\nselect a b c from t",
        "update t\nset a = = 1",
        "with x as (select 1)\ninsert into t select from from x",
        "select 1\nunion all\nselect a b c",
        "alter table t\ndrop column a,\nalter column b type c d e",
        "alter table t\ndrop constraint a b",
        "alter default privileges in schema s\ngrant select on tables to a b",
        "create function f() returns int begin atomic\ninsert into t values (1);\nselect from from;\nend",
        "select '\ncreate table t (a int)' x y z",
        "select 1 /*\ncreate table t (a int) */ x y z",
    ],
)
def test_an_ordinary_error_does_not_split(text: str) -> None:
    statements = Source.of(text + ";").statements
    assert [s.text for s in statements] == [text]
    assert statements[0].issue is None
    assert parse_statement(text).issue is not None


@pytest.mark.parametrize(
    "text",
    [
        "create view v as\nselect 1",
        "alter default privileges in schema s\ngrant select on tables to a",
        "create schema s\ncreate table t (a int)\ncreate view v as select 1",
        "with x as (select 1)\n\ninsert into t select * from x",
    ],
)
def test_what_parses_is_left_whole(text: str) -> None:
    assert sql(text + ";") == [text]


@pytest.mark.parametrize(
    "unit", ["select 1;\n", "create table t (a text\n\n", "select 'a;\n", "\\x\n", "-- c\n", "😀 'é' ;\r"]
)
def test_five_megabytes(unit: str) -> None:
    text = unit * (5_000_000 // len(unit))
    source = Source.of(text)
    assert len(source.statements) + len(source.comments) > 1
    assert source.statements == () or source.statements[-1].end <= len(text)


def test_binary_garbage() -> None:
    text = bytes(range(256)).decode("latin-1") * 50
    for statement in Source.of(text).statements:
        parsed = parse_statement(statement.text)
        assert parsed.tree is None or parsed.issue is None


def test_a_lone_surrogate_is_kept_and_reported() -> None:
    (statement,) = Source.of("select 'a\udc80';").statements
    assert parse_statement(statement.text).issue is not None
