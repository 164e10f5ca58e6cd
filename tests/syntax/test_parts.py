import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.analysis import MigrationFile
from schemabot.analysis.history import replay_file
from schemabot.catalog.platform import platform_state
from schemabot.syntax.parts import ALL_DOWN, down_statements
from schemabot.syntax.source import Source
from schemabot.workspace.layouts import FAMILIES

MARKERS = {name: family.markers for name, family in FAMILIES.items() if family.markers is not None}
PIECES = st.lists(
    st.sampled_from(
        [
            "-- +goose Up", "-- +goose Down", "-- migrate:up", "-- migrate:down", "-- Up Migration",
            "-- Down Migration", "---- create above / drop below ----", "--changeset a:1 dbms:h2", "--changeset a:2",
            "create table a (id int);", "create table a (id int)", "drop table a;", "$$", "'", "/*", "*/", ";", "\\.",
            "begin;", "copy a from stdin;", "create function f() returns int as $$ -- migrate:down\n$$ language sql;",
        ]
    )
)  # fmt: skip


@given(PIECES | st.text().map(lambda text: [text]), st.sampled_from(sorted(MARKERS)))
def test_every_statement_is_up_or_down_and_down_ones_change_nothing(pieces: list[str], layout: str) -> None:
    source = Source.of("\n".join(pieces))
    markers = MARKERS[layout]
    down = down_statements(source, markers)
    assert down <= set(range(len(source.statements)))
    before = platform_state("postgres")
    replay = replay_file(MigrationFile("1_a.sql", source, markers=markers), before)
    assert len(replay.steps) == len(source.statements)
    for index in down:
        step = replay.steps[index]
        assert step.outcome.state is step.before
    undone = replay_file(MigrationFile("1_a.down.sql", source, markers=ALL_DOWN), before)
    assert undone.after is before
    assert not undone.not_analysed


@pytest.mark.parametrize(
    ("layout", "text", "down"),
    [
        ("goose", "-- +goose Up\nselect 1;\n--  +GOOSE down\nselect 2; select 3;", {1, 2}),
        ("dbmate", "-- migrate:up\nselect 1;\n-- migrate:downwards\nselect 2;", set()),
        ("dbmate", "-- migrate:up transaction:false\nselect 1;\n-- migrate:down\nselect 2;", {1}),
        ("node-pg-migrate", "-- Down Migration\nselect 1;\n-- Up Migration\nselect 2;", {0}),
        ("tern", "select 1;\n---- create above / drop below ----\nselect 2;", {1}),
        ("liquibase", '--changeset a:1 dbms:"mysql,h2"\nselect 1;\n--changeset a:2 dbms:!h2\nselect 2;', {0}),
        (
            "liquibase",
            "--changeset a:1 dbms:postgresql,h2\nselect 1;\n--changeset a:2 dbms:!postgresql\nselect 2;",
            {1},
        ),
        ("dbmate", "select $$\n-- migrate:down\n$$; select 2;", set()),
    ],
)
def test_parts(layout: str, text: str, down: set[int]) -> None:
    assert down_statements(Source.of(text), MARKERS[layout]) == down


def test_the_last_statement_of_a_part_needs_no_semicolon() -> None:
    text = "-- migrate:up\ncreate table a (id int)\n-- migrate:down\ndrop table a"
    file = MigrationFile("1_a.sql", Source.of(text), markers=MARKERS["dbmate"])
    replay = replay_file(file, platform_state("postgres"))
    assert replay.after.catalog.table("public", "a") is not None
    assert not replay.broken
