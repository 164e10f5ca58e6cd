"""Runners that read one flat folder of SQL files whose names start with a version.

Sources: dbmate README "Creating Migrations" and `pkg/dbmate/db.go` (`FindMigrations`); goose `migrate.go`
(`NumericComponent`) and `internal/sqlparser`; golang-migrate `source/parse.go`; sqlx `sqlx-core/src/migrate/source.rs`;
tern README and `migrate/migrate.go`; node-pg-migrate `sqlMigration.ts`; Atlas "Migration Directory Integrity".
"""

from __future__ import annotations

import re
from pathlib import Path

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.syntax.parts import Markers
from schemabot.workspace.layouts.model import Entry, Family, Folder, Listing, shown

GOOSE = Markers(up=r"--\s*\+goose\s+up\b", down=r"--\s*\+goose\s+down\b")
DBMATE = Markers(up=r"--\s*migrate:up(?:\s|\Z)", down=r"--\s*migrate:down(?:\s|\Z)")
NODE_PG_MIGRATE = Markers(up=r"--[\s-]*up\s+migration", down=r"--[\s-]*down\s+migration")
TERN = Markers(up=r"(?!)", down=r"---- create above / drop below ----")

_LEADING = re.compile(r"[0-9]+")
_NUMBERED = re.compile(r"([0-9]+)_(.*)\.sql\Z", re.S | re.I)
_UP_DOWN = re.compile(r"([0-9]+)_(.*)\.(up|down)\.sql\Z", re.S | re.I)
_DOWN = re.compile(r"\.(?:down|undo|rollback)\.sql\Z", re.I)
_SIDE = re.compile(r"(?:schema|structure|seeds?)(?:[-_.].*)?\.sql\Z", re.I | re.S)
_NUMBER = re.compile(r"([0-9]+)")
_CHECKPOINT = re.compile(r"\A(?:--(?!\s*atlas:checkpoint)[^\n]*\n|\s)*--\s*atlas:checkpoint\b")


def stem(name: str) -> str:
    """A migration's full name: that of its file without folders and endings."""
    base = name.rpartition("/")[2]
    return re.sub(r"(?:\.(?:up|down|undo|rollback|do))?\.sql\Z", "", base, flags=re.I)


def leading(name: str) -> str | None:
    """The digits that a name starts with."""
    found = _LEADING.match(name)
    return found.group() if found else None


def entry(name: str, version: str | None = None) -> Entry:
    """A file by its name; its version is what the name starts with unless it is given."""
    return Entry(name, version or leading(name.rpartition("/")[2]), stem(name))


def natural(name: str) -> list[tuple[int, int | str]]:
    """A sort key that compares runs of digits as numbers."""
    pieces = [piece for piece in _NUMBER.split(name) if piece]
    return [(0, int(piece)) if _NUMBER.fullmatch(piece) else (1, piece) for piece in pieces]


def is_side_file(name: str) -> bool:
    """Whether a file of that name is a dump of the schema or a seed."""
    return _SIDE.match(name) is not None


def _by_number(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (int(leading(name) or 0), name))


def _skipped(names: list[str], runner: str, pattern: str) -> tuple[str, ...]:
    names = [name for name in names if not is_side_file(name)]
    return (f"{runner} does not run {shown(names)}: a name must look like {pattern}",) if names else ()


def _read_goose(folder: Folder) -> Listing:
    names = [name for name in folder.sql if _NUMBERED.match(name) and int(leading(name) or 0) > 0]
    notes = _skipped([name for name in folder.sql if name not in names], "goose", "00001_name.sql")
    in_go = [
        n for n in folder.files if n.endswith(".go") and _LEADING.match(n) and not n.endswith("_test.go")
    ]
    if in_go:
        notes += (f"what the migrations in Go do is unknown: {shown(in_go)}",)
    return Listing(tuple(entry(name) for name in _by_number(names)), notes=notes)


def _read_dbmate(folder: Folder) -> Listing:
    names = [name for name in folder.sql if leading(name) and name.endswith(".sql")]
    notes = _skipped([name for name in folder.sql if name not in names], "dbmate", "20240131235959_name.sql")
    return Listing(tuple(map(entry, names)), notes=notes)


def _read_up_down(folder: Folder) -> Listing:
    """golang-migrate, and sqlx in both of its forms: by number, a file without `up` or `down` runs too."""
    ups: list[str] = []
    downs: list[str] = []
    for name in folder.sql:
        if not _NUMBERED.match(name):
            continue
        (downs if name.lower().endswith(".down.sql") else ups).append(name)
    others = [name for name in folder.sql if not _NUMBERED.match(name)]
    return Listing(
        tuple(entry(name) for name in _by_number(ups)),
        tuple(entry(name) for name in _by_number(downs)),
        _skipped(others, "the runner", "000001_name.up.sql"),
    )


def _read_golang_migrate(folder: Folder) -> Listing:
    listing = _read_up_down(folder)
    plain = [item.name for item in listing.history if not _UP_DOWN.match(item.name)]
    history = tuple(item for item in listing.history if _UP_DOWN.match(item.name))
    notes = listing.notes + _skipped(plain, "golang-migrate", "000001_name.up.sql")
    return Listing(history, listing.downs, notes)


def _read_tern(folder: Folder) -> Listing:
    names = [name for name in folder.sql if _NUMBERED.match(name)]
    return Listing(tuple(entry(name) for name in _by_number(names)))


def _read_by_name(folder: Folder) -> Listing:
    """node-pg-migrate: by the leading number, then by name."""
    return Listing(tuple(entry(name) for name in _by_number(folder.sql)))


def _read_atlas(folder: Folder) -> Listing:
    """By name; the newest checkpoint stands for everything before it."""
    names = [name for name in folder.sql if not _DOWN.search(name)]
    downs = tuple(entry(name) for name in folder.sql if _DOWN.search(name))
    start = 0
    for index, name in enumerate(names):
        if "checkpoint" in name and _CHECKPOINT.match(folder.text(name) or ""):
            start = index
    notes = (f"{names[start]} is a checkpoint: what is before it is not replayed",) if start else ()
    return Listing(tuple(map(entry, names[start:])), downs, notes, ("atlas.sum",))


def _read_plain(folder: Folder) -> Listing:
    names = [name for name in folder.sql if not _DOWN.search(name)]
    notes: tuple[str, ...] = ()
    if any(leading(name) for name in names):
        side = [name for name in names if is_side_file(name)]
        names = [name for name in names if name not in side]
        notes = (f"no migrations, but dumps or seeds by their names: {shown(side)}",) if side else ()
    downs = tuple(entry(name) for name in folder.sql if _DOWN.search(name))
    return Listing(tuple(entry(name) for name in sorted(names, key=natural)), downs, notes)


def _goose_naming(folder: Path) -> Naming:
    return Naming(str(folder), text="-- +goose Up\n{sql}\n\n-- +goose Down\n")


def _dbmate_naming(folder: Path) -> Naming:
    return Naming(str(folder), text="-- migrate:up\n{sql}\n\n-- migrate:down\n")


def _up_naming(folder: Path) -> Naming:
    return Naming(str(folder), "{version}_{slug}.up.sql")


def _tern_naming(folder: Path) -> Naming:
    return Naming(str(folder), text="{sql}\n\n---- create above / drop below ----\n")


def _node_naming(folder: Path) -> Naming:
    return Naming(str(folder), text="-- Up Migration\n{sql}\n\n-- Down Migration\n")


def _atlas_naming(folder: Path) -> Naming:
    return Naming(str(folder), text="-- Run `atlas migrate hash` to take this file into atlas.sum.\n{sql}\n")


def _sqlx_naming(folder: Path) -> Naming:
    """sqlx refuses to mix reversible and simple migrations in one folder."""
    names = Folder(folder).sql
    return _up_naming(folder) if any(_UP_DOWN.match(name) for name in names) else Naming(str(folder))


# Transactions: dbmate README, "Migration Options"; goose README, "NO TRANSACTION"; golang-migrate's postgres driver
# sends a file as one simple query; sqlx `no-transaction`; tern README, "disable-tx"; node-pg-migrate sends BEGIN and
# COMMIT; Atlas documentation, "Transaction Configuration". Files that come late: dbmate `--strict`, goose
# `-allow-missing`, golang-migrate FAQ, node-pg-migrate `checkOrder`, Atlas "Non-linear" errors.
_DBMATE = Runner(
    title="dbmate",
    hand_named=True,
    stamps=True,
    by_version=True,
    unique=True,
    transaction="explicit",
    inner_commit='dbmate\'s own COMMIT then fails with "unexpected transaction status idle"',
    no_transaction=r"--\s*migrate:up\b.*\btransaction:\s*false",
    psql=False,
)
_GOOSE = Runner(
    title="goose",
    hand_named=True,
    by_version=True,
    unique=True,
    late="goose refuses to go on unless it is told -allow-missing",
    transaction="explicit",
    inner_commit="goose notes that the migration has run apart from it, or fails, depending on its driver",
    no_transaction=r"--\s*\+goose\s+no\s+transaction\b",
    psql=False,
)
_GOLANG_MIGRATE = Runner(
    title="golang-migrate",
    hand_named=True,
    by_version=True,
    unique=True,
    late="golang-migrate never runs it there: it only goes on from the newest one that has run",
    transaction="implicit",
    psql=False,
)
_SQLX = Runner(
    title="sqlx",
    hand_named=True,
    by_version=True,
    unique=True,
    transaction="explicit",
    inner_commit="sqlx notes that the migration has run apart from it",
    no_transaction=r"--\s*no-transaction\b",
    psql=False,
    first_line=r"--\s*no-transaction\b",
)
_TERN = Runner(
    title="tern",
    hand_named=True,
    by_version=True,
    unique=True,
    transaction="explicit",
    inner_commit="tern notes that the migration has run apart from it",
    no_transaction=r"---- tern: disable-tx ----",
    psql=False,
)
_NODE_PG_MIGRATE = Runner(
    title="node-pg-migrate",
    hand_named=True,
    by_version=True,
    unique=False,
    late="node-pg-migrate refuses to go on, as its check of the order fails",
    transaction="explicit",
    inner_commit="node-pg-migrate notes that the migration has run apart from it",
    psql=False,
)
_ATLAS = Runner(
    title="Atlas",
    by_version=True,
    unique=True,
    late="Atlas refuses to go on unless it is told --exec-order",
    transaction="explicit",
    inner_commit="Atlas notes that the migration has run apart from it",
    no_transaction=r"--\s*atlas:txmode\s+none\b",
    psql=False,
    first_line=r"--\s*atlas:",
)
_PLAIN = Runner(hand_named=True, by_version=True)

NUMBERED = (
    Family("dbmate", "dbmate", _read_dbmate, DBMATE, _dbmate_naming, _DBMATE),
    Family("goose", "goose", _read_goose, GOOSE, _goose_naming, _GOOSE),
    Family("golang-migrate", "golang-migrate", _read_golang_migrate, None, _up_naming, _GOLANG_MIGRATE),
    Family("sqlx", "sqlx", _read_up_down, None, _sqlx_naming, _SQLX),
    Family("tern", "tern", _read_tern, TERN, _tern_naming, _TERN),
    Family(
        "node-pg-migrate", "node-pg-migrate", _read_by_name, NODE_PG_MIGRATE, _node_naming, _NODE_PG_MIGRATE
    ),
    Family("atlas", "Atlas", _read_atlas, None, _atlas_naming, _ATLAS),
    Family("plain", "a folder of SQL files", _read_plain, runner=_PLAIN),
)
