"""Runners with a folder for each migration: Prisma, Diesel, Hasura, and newer versions of Drizzle.

Sources: Prisma `schema-engine/connectors/schema-connector/src/migrations_directory.rs` (`list_migrations`: folders by
name); Diesel `diesel_migrations` (`version_from_string`, order of the versions as text); Hasura CLI `migrate/source`;
Drizzle ORM `migrator.ts`.
"""

from __future__ import annotations

from pathlib import Path

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.workspace.layouts.model import Entry, Family, Folder, Listing, shown
from schemabot.workspace.layouts.numbered import leading


def _inner(folder: Folder, file: str) -> list[str]:
    return sorted(name for name in folder.folders if folder.has(f"{name}/{file}"))


def _entries(names: list[str], file: str) -> tuple[Entry, ...]:
    return tuple(Entry(f"{name}/{file}", leading(name), name) for name in names)


def _read_prisma(folder: Folder) -> Listing:
    with_sql = _inner(folder, "migration.sql")
    empty = [name for name in folder.folders if leading(name) and name not in with_sql]
    notes = (f"no migration.sql in {shown(empty)}",) if empty else ()
    downs = _entries(_inner(folder, "down.sql"), "down.sql")
    return Listing(_entries(with_sql, "migration.sql"), downs, notes, ("migration_lock.toml",))


def _read_drizzle(folder: Folder) -> Listing:
    return Listing(_entries(_inner(folder, "migration.sql"), "migration.sql"))


def diesel_version(name: str) -> str:
    """What stands before the first underscore, without dashes."""
    return name.partition("_")[0].replace("-", "")


def _read_diesel(folder: Folder) -> Listing:
    def entries(file: str) -> tuple[Entry, ...]:
        names = sorted(_inner(folder, file), key=lambda name: (diesel_version(name), name))
        return tuple(Entry(f"{name}/{file}", diesel_version(name), name) for name in names)

    return Listing(entries("up.sql"), entries("down.sql"))


def _read_numbered(folder: Folder) -> Listing:
    def entries(file: str) -> tuple[Entry, ...]:
        names = sorted(_inner(folder, file), key=lambda name: (int(leading(name) or 0), name))
        return _entries(names, file)

    return Listing(entries("up.sql"), entries("down.sql"))


def _diesel_naming(folder: Path) -> Naming:
    newest = max((name for name in Folder(folder).folders if leading(name)), default="2024-")
    dashed = "-" in newest.partition("_")[0]
    return Naming(str(folder), "{version}_{slug}/up.sql", numbering="dashed-time" if dashed else "digits")


# Prisma's migration engine sends a script as one simple query; Diesel runs one in `conn.transaction` unless its
# metadata.toml says otherwise; Drizzle runs all that are new in one transaction.
_PRISMA = Runner(title="Prisma Migrate", by_version=True, unique=False, transaction="implicit", psql=False)
_DIESEL = Runner(
    title="Diesel",
    by_version=True,
    unique=True,
    transaction="explicit",
    inner_commit="Diesel notes that the migration has run in a transaction of its own",
    psql=False,
)
_HASURA = Runner(title="the Hasura CLI", by_version=True, unique=True, psql=False)
_FOLDERS = Runner(by_version=True)
_DRIZZLE = Runner(
    title="Drizzle",
    transaction="explicit",
    inner_commit="Drizzle runs all new migrations in one transaction, and this ends it for those behind, too",
    psql=False,
)

FOLDERS = (
    Family(
        "prisma", "Prisma", _read_prisma, None, lambda f: Naming(str(f), "{version}_{slug}/migration.sql"),
        _PRISMA,
    ),
    Family("diesel", "Diesel", _read_diesel, None, _diesel_naming, _DIESEL),
    Family(
        "hasura", "Hasura", _read_numbered, None, lambda f: Naming(str(f), "{version}_{slug}/up.sql"), _HASURA
    ),
    Family(
        "up-down-folders", "folders of up.sql and down.sql", _read_numbered, None,
        lambda f: Naming(str(f), "{version}_{slug}/up.sql"), _FOLDERS,
    ),
    Family(
        "drizzle-folders", "Drizzle", _read_drizzle, None,
        lambda f: Naming(str(f), "{version}_{slug}/migration.sql"), _DRIZZLE,
    ),
)  # fmt: skip
