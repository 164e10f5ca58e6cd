"""`parse_statement`: the tree, code points, errors, and input that is out to hurt."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pglast.parser import parse_sql_json

from schemabot.syntax.json_tree import read_json
from schemabot.syntax.parse import DEEPEST, parse_statement
from schemabot.text import Span
from support.statements import CORPUS


def offsets(tree: Any) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, int) and ("location" in key or key.endswith(("_start", "_end"))):
                    found.append((key, value))
                else:
                    todo.append(value)
        elif isinstance(node, list):
            todo += node
    return found


def depth(tree: Any) -> int:
    levels, todo = 0, [tree]
    while todo:
        todo = [
            child
            for node in todo
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        levels += 1
    return levels


def test_gives_the_node_under_stmt() -> None:
    parsed = parse_statement("create table t (a int)")
    assert parsed.issue is None
    assert parsed.tree is not None
    assert parsed.tree["CreateStmt"]["relation"]["relname"] == "t"


@pytest.mark.parametrize("text", ["", "  \n", "-- only a comment\n", "/* c */", ";", ";;"])
def test_no_statement_is_neither_tree_nor_issue(text: str) -> None:
    parsed = parse_statement(text)
    assert (parsed.tree, parsed.issue, parsed.too_deep) == (None, None, False)


@pytest.mark.parametrize("text", CORPUS)
def test_the_slow_reader_gives_what_the_fast_decoder_gives(text: str) -> None:
    json = parse_sql_json(text)
    assert read_json(json) == msgspec.json.decode(json)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_the_slow_reader_reads_any_json(value: object) -> None:
    json = msgspec.json.encode(value).decode()
    assert read_json(json) == msgspec.json.decode(json)


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.parametrize("letters", ["é", "漢", "😀", "é漢😀"])
def test_offsets_count_code_points(text: str, letters: str) -> None:
    """A comment of wide letters in front moves every offset by its code points, as one in ASCII does."""
    plain = parse_statement("/*" + "x" * len(letters) + "*/" + text).tree
    wide = parse_statement("/*" + letters + "*/" + text).tree
    assert offsets(wide) == offsets(plain)
    assert any(value > 0 for _, value in offsets(plain)) == any(value > 0 for _, value in offsets(wide))
    assert wide == plain


def test_offsets_behind_wide_letters_inside_the_statement() -> None:
    text = "select 'é😀', \"ü\" from 漢字 where x in ('ö', b)"
    tree = parse_statement(text).tree
    assert tree is not None
    select = tree["SelectStmt"]
    assert text[select["fromClause"][0]["RangeVar"]["location"] :].startswith("漢字 where")
    within = select["whereClause"]["A_Expr"]
    assert text[within["rexpr_list_start"] : within["rexpr_list_end"] + 1] == "('ö', b)"
    assert [text[t["ResTarget"]["location"]] for t in select["targetList"]] == ["'", '"']


def test_a_string_that_looks_like_an_offset_stays() -> None:
    text = """select ',"location":99', '{"location":98', 'é'"""
    tree = parse_statement(text).tree
    assert tree is not None
    values = [t["ResTarget"]["val"]["A_Const"]["sval"]["sval"] for t in tree["SelectStmt"]["targetList"]]
    assert values == [',"location":99', '{"location":98', "é"]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("selct 1", "selct"),
        ("select a from from t", "from"),
        ("select 'é😀', \"漢\" , from t", "from"),
        ("select 😀 x y z", "y"),
        ("create table é😀 (a text,, b int)", ","),
        ("select 1 +", "+"),
        ("create table t (a text", "text"),
        ("create table 😀 (a text -- more\n", "text"),
        ("select 1a", "1a"),
        ("select U&'\\d83d'", "'"),
        ("select E'\\u0000'", "\\u0000"),
        ('select ""', '""'),
        ("select 'abc\nde", "'abc"),
        ("select $$abc\nde", "$$abc"),
        ("/* é\n", "/* é"),
        ("select 1 @", "@"),
        ("select :a", ":"),
        ("alter table a alter b type c bogus", "bogus"),
        ("\ufeffselect 1", "\ufeffselect"),
    ],
)
def test_an_error_spans_its_token(text: str, piece: str) -> None:
    issue = parse_statement(text).issue
    assert issue is not None
    assert issue.span.of(text) == piece


def test_a_message_does_not_quote_the_rest_of_the_file() -> None:
    issue = parse_statement("select 'abc\n" + "x" * 5000).issue
    assert issue is not None
    assert issue.message == 'unterminated quoted string at or near "\'abc..."'
    issue = parse_statement("select a b c").issue
    assert issue is not None
    assert issue.message == 'syntax error at or near "c"'


def test_bytes_that_are_no_utf8_in_an_escape_string() -> None:
    issue = parse_statement("select E'\\xff'").issue
    assert issue is not None
    assert issue.span.start < issue.span.end


def test_a_lone_surrogate_is_an_issue_at_its_place() -> None:
    issue = parse_statement("select 'a\ud800b'").issue
    assert issue is not None
    assert issue.span == Span(9, 10)


def test_nul_does_not_end_the_text() -> None:
    issue = parse_statement("select 1\0 from from").issue
    assert issue is not None
    assert issue.span == Span(15, 19)


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from(CORPUS + tuple("'\"$();:\\\0\ufeff\ud800é😀")), max_size=4).map("".join)
)
@example("\udfff")
@example("\x80")
def test_any_text_gives_a_tree_or_an_issue_inside_it(text: str) -> None:
    parsed = parse_statement(text)
    assert parsed.tree is None or parsed.issue is None
    if parsed.issue is not None:
        assert parsed.issue.message
        assert 0 <= parsed.issue.span.start < parsed.issue.span.end <= len(text)


@pytest.mark.parametrize("count", [300, 499, 1000, 5000])
@pytest.mark.parametrize("link", ["+1", "||'é'", "::int", ' collate "C"', " is null"])
def test_long_chains_give_a_tree(count: int, link: str) -> None:
    parsed = parse_statement("select 1" + link * count)
    assert parsed.tree is not None
    assert depth(parsed.tree) > count
    assert max(value for key, value in offsets(parsed.tree) if key == "location") < 8 + len(link) * count


def test_a_chain_read_by_the_slow_reader_has_the_shape_of_a_short_one() -> None:
    short = parse_statement("select 1+1+1").tree
    long = parse_statement("select 1" + "+1" * 3000).tree
    assert short is not None
    assert long is not None
    node = long["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    for _ in range(2998):
        assert node["A_Expr"]["rexpr"]["A_Const"]["ival"] == {"ival": 1}
        node = node["A_Expr"]["lexpr"]
    assert node == short["SelectStmt"]["targetList"][0]["ResTarget"]["val"]


def test_a_shallow_python_stack_still_gives_a_tree() -> None:
    text = "select 1" + "+1" * 400

    def dive(levels: int) -> Any:
        return parse_statement(text).tree if levels == 0 else dive(levels - 1)

    limit = sys.getrecursionlimit()
    assert dive(limit - 500 if limit > 700 else 100) == parse_statement(text).tree


HOSTILE = {
    "operators": "'select 1' + '+1' * 30_000",
    "concatenations": "'select 1' + '||1' * 100_000",
    "unions": "'select 1' + ' union all select 1' * 20_000",
    "many unions": "'select 1' + ' union all select 1' * 200_000",
    "parentheses": "'select ' + '(' * 100_000",
    "closed parentheses": "'select ' + '(' * 100_000 + '1' + ')' * 100_000",
    "commas inside": "'select 1' + '+f(1,2)' * 50_000",
    "chains in parentheses": "'select ' + '(1' + '+1' * 9000 + ')' + '+1' * 9000",
    "joins": "'select * from a' + ' join a on true' * 50_000",
    "nots": "'select ' + 'not ' * 100_000 + 'true'",
    "casts": "'select 1' + '::int' * 100_000",
    "cases": "'select ' + 'case when a then ' * 20_000 + '1' + ' end' * 20_000",
    "brackets": "'select ' + 'array[' * 50_000",
    "null tests": "'select a' + ' is null' * 100_000",
    "collations": "'select a' + ' collate c' * 100_000",
    "ands": "'select a' + ' and a' * 100_000",
    "semicolons": "'select 1' + ';' * 1_000_000",
    "open comments": "'/*' * 500_000",
    "quotes": "'select ' + chr(39) * 999_999",
    "backslashes": "'select E' + chr(39) + chr(92) * 999_999",
    "dollars": "'select ' + '$a' * 300_000",
    "braces": "'select ' + '{{' * 300_000",
    "colons": "'select [' + ' :a' * 100_000",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_does_not_kill_the_process(text: str) -> None:
    """In a process of its own, once on the main thread and once on a small stack."""
    program = (
        "import threading\n"
        "from schemabot.syntax.parse import parse_statement\n"
        "from schemabot.syntax.source import Source\n"
        f"text = {text}\n"
        "def run():\n"
        "    parsed = parse_statement(text)\n"
        "    [parse_statement(s.text) for s in Source.of(text).statements]\n"
        "    assert parsed.tree is not None or parsed.issue is not None or parsed.too_deep\n"
        "    print('survived')\n"
        "run()\n"
        "threading.stack_size(512 * 1024)\n"
        "thread = threading.Thread(target=run)\n"
        "thread.start(); thread.join()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "survived\nsurvived\n"), done.stderr[-2000:]


def test_more_links_than_the_bound_are_too_deep() -> None:
    assert parse_statement("select 1" + "+1" * (DEEPEST + 1)).too_deep
    assert not parse_statement("select " + ", ".join(["1+1"] * (DEEPEST + 1))).too_deep


def test_a_large_insert_is_read_and_the_collector_runs_again() -> None:
    row = "(1, 'some text +-*/ here', null, now(), 'é')"
    text = "insert into t values " + ",".join([row] * (1_500_000 // len(row)))
    parsed = parse_statement(text)
    assert parsed.tree is not None
    assert len(parsed.tree["InsertStmt"]["selectStmt"]["SelectStmt"]["valuesLists"]) == text.count("(1,")
    assert gc.isenabled()
