"""Migrations for other database systems, as far as that is clear: by lock file, configuration, path, or their words."""

from __future__ import annotations

import re
from pathlib import Path

from schemabot.workspace.layouts.drizzle import JOURNAL, journal
from schemabot.workspace.layouts.model import Folder, text_of
from schemabot.workspace.layouts.sqitch import read_config

_OWN = frozenset(
    {"postgres", "postgresql", "pg", "pgsql", "psql", "supabase", "neon", "timescale", "timescaledb"}
)
_FOREIGN = {
    "clickhouse": "ClickHouse", "mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite", "sqlite3": "SQLite",
    "mssql": "SQL Server", "sqlserver": "SQL Server", "bigquery": "BigQuery", "duckdb": "DuckDB",
    "cassandra": "Cassandra", "planetscale": "MySQL", "singlestore": "SingleStore", "redshift": "Redshift",
}  # fmt: skip
_PROVIDERS = {
    "mysql": "MySQL", "sqlite": "SQLite", "sqlserver": "SQL Server", "mongodb": "MongoDB", "turso": "SQLite",
    "singlestore": "SingleStore", "gel": "Gel", "mssql": "SQL Server", "firebird": "Firebird", "oracle": "Oracle",
    "snowflake": "Snowflake", "vertica": "Vertica", "exasol": "Exasol", "clickhouse": "ClickHouse",
    "mariadb": "MariaDB", "d1": "SQLite",
}  # fmt: skip
_PROVIDER = re.compile(r"^\s*provider\s*=\s*\"([a-z]+)\"", re.M)
_DATASOURCE = re.compile(r"\bdatasource\b[^{]*\{[^}]*?\bprovider\s*=\s*\"([a-z]+)\"", re.S)
_JDBC = re.compile(r"^\s*(?:flyway\.)?url\s*=\s*\"?jdbc:([a-z0-9]+):", re.M)
_WORDS = (
    ("ClickHouse", re.compile(r"\bENGINE\s*=?\s*\w*MergeTree\b|\bON\s+CLUSTER\s+(?:default|'|\{)", re.I)),
    ("MySQL", re.compile(r"\bENGINE\s*=\s*InnoDB\b|\bAUTO_INCREMENT\b|\bDEFAULT\s+CHARSET\s*=", re.I)),
    ("SQLite", re.compile(r"\bAUTOINCREMENT\b|^\s*PRAGMA\s+\w+", re.I | re.M)),
    ("MySQL or SQLite", re.compile(r"\b(?:CREATE|ALTER)\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?`", re.I)),
    ("SQL Server", re.compile(r"^\s*GO\s*$|\[dbo\]\.|\bNVARCHAR\s*\(\s*MAX\s*\)", re.I | re.M)),
)
_OUR_WORDS = re.compile(
    r"\b(?:jsonb|timestamptz|plpgsql|(?:big)?serial|gen_random_uuid|bytea|tsvector)\b|\$\$|\w::\w", re.I
)
_TABLE = re.compile(r"\b(?:CREATE|ALTER)\s+TABLE\b", re.I)
_QUOTED = re.compile(r"--[^\n]*|/\*.*?\*/|\$([A-Za-z_]*)\$.*?\$\1\$|'(?:[^']|'')*'", re.S)
_SAMPLES = 8
_SAMPLE = 20_000


def foreign_dialect(kind: str, migrations: Path, top: Path, names: list[str]) -> str | None:
    """The database system that a project is for when it is clearly not PostgreSQL, else None.

    `top` is the folder above which names of folders say nothing; `names` are the files of the history.
    """
    provider = _provider(kind, migrations)
    if provider is not None:
        return _PROVIDERS.get(provider)
    samples = _samples(migrations, names)
    by_path = _by_path(migrations, top)
    if by_path is not None and not any(_OUR_WORDS.search(text) for text in samples):
        return by_path
    return _by_words(samples)


def _provider(kind: str, migrations: Path) -> str | None:
    """What lock files and configurations say; "postgresql" and whatever is no other system count as ours."""
    if kind == "prisma":
        lock = _PROVIDER.search(text_of(migrations / "migration_lock.toml") or "")
        if lock is None:
            lock = _DATASOURCE.search(text_of(migrations.parent / "schema.prisma") or "")
        return lock[1] if lock else None
    if kind == "drizzle":
        dialect = journal(text_of(migrations / JOURNAL)).get("dialect")
        return str(dialect) if dialect else None
    if kind == "sqitch":
        return read_config(migrations).engine
    if kind == "flyway":
        for folder in (migrations, *migrations.parents[:5]):
            for name in ("flyway.conf", "flyway.toml", "conf/flyway.conf"):
                if url := _JDBC.search(text_of(folder / name) or ""):
                    return url[1]
    return None


def _by_path(migrations: Path, top: Path) -> str | None:
    try:
        parts = migrations.relative_to(top).parts
    except ValueError:
        parts = migrations.parts[-2:]
    for part in reversed(parts):
        words = re.split(r"[^a-z0-9]+", part.lower())
        if _OWN.intersection(words):
            return None
        for word in words:
            if word in _FOREIGN:
                return _FOREIGN[word]
    return None


def _samples(migrations: Path, names: list[str]) -> list[str]:
    """The beginnings of a few files from all over the history."""
    folder = Folder(migrations)
    step = max(len(names) // _SAMPLES, 1)
    return [(folder.text(name) or "")[:_SAMPLE] for name in names[::step][:_SAMPLES]]


def _by_words(samples: list[str]) -> str | None:
    """What most of the files that make tables say in words that PostgreSQL does not have."""
    making = [_QUOTED.sub(" ", text) for text in samples if _TABLE.search(text)]
    found = [next((name for name, words in _WORDS if words.search(text)), None) for text in making]
    votes = [name for name in found if name is not None]
    if len(votes) * 2 <= len(making) or not votes:
        return None
    return max(sorted(set(votes)), key=votes.count)
