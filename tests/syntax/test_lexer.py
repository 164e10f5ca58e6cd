"""`tokens`: PostgreSQL's lexical rules, and no text that it does not cover."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pglast.parser import ParseError, scan

from schemabot.syntax.lexer import WHITESPACE, tokens
from support.statements import CORPUS


def lexed(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.span.of(text)) for t in tokens(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("word", "word"),
        ("_a$1", "word"),
        ("漢字😀é", "word"),
        ("a\u00a0b", "word"),
        ('"a b""c"', "quoted-identifier"),
        ('U&"d\\0061t"', "quoted-identifier"),
        ('"a\nb"', "quoted-identifier"),
        ("'it''s \\'", "string"),
        ("E'a\\'b''c\\\\'", "string"),
        ("e'\n'", "string"),
        ("U&'\\00e9'", "string"),
        ("B'01'", "string"),
        ("x'1F'", "string"),
        ("N'a'", "string"),
        ("'open", "string"),
        ("E'open\\'", "string"),
        ("E'open\\", "string"),
        ('"open', "quoted-identifier"),
        ("$$a'b$$", "dollar-string"),
        ("$tag$ $$ $t$ $tag$", "dollar-string"),
        ("$é1$x$é1$", "dollar-string"),
        ("$$open", "dollar-string"),
        ("42", "number"),
        ("1_000", "number"),
        ("3.", "number"),
        (".5", "number"),
        ("1.5e-10", "number"),
        ("0xFF_ff", "number"),
        ("0o17", "number"),
        ("0b1_0", "number"),
        ("$1", "parameter"),
        ("$23", "parameter"),
        ("::", "operator"),
        (":=", "operator"),
        ("..", "operator"),
        ("=>", "operator"),
        ("<@", "operator"),
        ("@-", "operator"),
        ("->>", "operator"),
        ("-- to the end ;'", "comment"),
        ("/* a /* b */ c */", "comment"),
        ("/* open /* */", "comment"),
        (",", "punctuation"),
        ("[", "punctuation"),
        (":", "punctuation"),
        ("\\", "punctuation"),
        ("{", "punctuation"),
        ("\x01", "punctuation"),
    ],
)
def test_one_token(text: str, kind: str) -> None:
    assert lexed(text) == [(kind, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=-1", ["a", "=", "-", "1"]),
        ("a@-1", ["a", "@-", "1"]),
        ("1..10", ["1", "..", "10"]),
        ("a.b.c", ["a", ".", "b", ".", "c"]),
        ("a--c\n+b", ["a", "--c", "+", "b"]),
        ("a+/*c*/b", ["a", "+", "/*c*/", "b"]),
        ("a*--c", ["a", "*", "--c"]),
        ("a$$b", ["a$$b"]),
        ("1$$b$$", ["1", "$$b$$"]),
        ("$1$$x$$", ["$1", "$$x$$"]),
        ("$1x", ["$1", "x"]),
        ("x::text", ["x", "::", "text"]),
        ("a[1:2]", ["a", "[", "1", ":", "2", "]"]),
        ("case'x'", ["case", "'x'"]),
        ("'a''b'\n'c'", ["'a''b'", "'c'"]),
        ("a\r--b\rc", ["a", "--b", "c"]),
    ],
)
def test_token_ends(text: str, expected: list[str]) -> None:
    assert [piece for _, piece in lexed(text)] == expected


def test_a_range() -> None:
    text = "select 'abc', \"d\" /* e */"
    assert [t.span.of(text) for t in tokens(text, 7, 15)] == ["'abc'", ",", '"']
    assert [t.span.of(text) for t in tokens(text, 18, 20)] == ["/*"]


NASTY = (
    "'",
    '"',
    "$$",
    "$a$",
    "E'",
    "\\",
    "--",
    "/*",
    "*/",
    "\n",
    " ",
    "a",
    "é😀",
    "1",
    ".",
    ":",
    "-",
    "@",
    "U&",
    "\0",
    "\ud800",
)


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from(NASTY), max_size=30).map("".join))
def test_tokens_and_space_cover_any_text(text: str) -> None:
    done = 0
    for token in tokens(text):
        assert text[done : token.span.start].strip(WHITESPACE) == ""
        assert token.span.start < token.span.end
        done = token.span.end
    assert text[done:].strip(WHITESPACE) == ""


SCANNED = (
    *("'a''b'", "E'\\''", '"x""y"', "$$q$$", "$é$;$é$", "a$b", "é", "漢", "1.5", "1..2", ".5", "0x1f", "1e5"),
    *(
        "+",
        "-",
        "@-",
        "=-",
        "<>",
        "::",
        ":=",
        "->>",
        "--c\n",
        "/*/**/*/",
        "(",
        ";",
        ",",
        "[",
        " ",
        "\n",
        "$1",
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(CORPUS)
    | st.lists(
        st.sampled_from(SCANNED),
        max_size=12,
    ).map("".join)
)
def test_the_same_tokens_as_postgresqls_scanner(text: str) -> None:
    try:
        scanned = scan(text)
    except ParseError:
        return
    assert [(t.span.start, t.span.end) for t in tokens(text)] == [(t.start, t.end + 1) for t in scanned]
