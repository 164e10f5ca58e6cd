"""yoyo, graphile-migrate, and dumps of the schema that stand for the whole history.

Sources: yoyo documentation, "SQL scripts" (`-- depends:`, `.rollback.sql`) and `yoyo/topologicalsort.py`;
graphile-migrate README (committed/, current.sql); Rails guide "Types of Schema Dumps"; Ecto `mix ecto.dump`; Laravel
"Squashing Migrations".
"""

from __future__ import annotations

import re

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.workspace.layouts.model import Entry, Family, Folder, Listing, shown
from schemabot.workspace.layouts.numbered import entry, natural

DUMPS = ("db/structure.sql", "priv/repo/structure.sql", "database/schema/pgsql-schema.sql")
"""Where Rails, Ecto and Laravel write the schema that their migrations in other languages make."""

DEPENDS = re.compile(r"^--\s*depends:[ \t]*(.*)$", re.M | re.I)


def _read_yoyo(folder: Folder) -> Listing:
    """By name, each after those that it depends on."""
    names = [name for name in folder.sql if not name.endswith(".rollback.sql")]
    downs = [name for name in folder.sql if name.endswith(".rollback.sql")]
    depends: dict[str, list[str]] = {}
    for name in names:
        found = DEPENDS.search((folder.text(name) or "")[:4000])
        depends[name] = [f"{word}.sql" for word in found[1].split()] if found else []
    done: dict[str, None] = {}
    for name in names:
        path = [name]
        while path:
            open_ = [d for d in depends[path[-1]] if d in depends and d not in done and d not in path]
            if open_:
                path.append(open_[0])
            else:
                done[path.pop()] = None
    in_python = [name for name in folder.files if name.endswith(".py") and not name.startswith("_")]
    notes = (f"what the migrations in Python do is unknown: {shown(in_python)}",) if in_python else ()
    return Listing(tuple(map(entry, done)), tuple(map(entry, downs)), notes)


def _read_graphile(folder: Folder) -> Listing:
    """The committed ones by number, then what is being written now."""
    names = folder.deep_sql()
    committed = sorted((name for name in names if re.match(r"committed/[0-9]+[^/]*\Z", name)), key=natural)
    current = [name for name in names if name == "current.sql" or re.fullmatch(r"current/[^/]+", name)]
    history = [entry(name) for name in committed] + [Entry(name, None, "current") for name in current]
    return Listing(tuple(history))


def _read_file(folder: Folder) -> Listing:
    """A single file; here `folder` is that file."""
    return Listing((Entry(folder.path.name, None, folder.path.name[:-4]),))


# yoyo documentation, "Transactions"; graphile-migrate README, `--! no-transaction`.
_YOYO = Runner(
    title="yoyo",
    transaction="explicit",
    inner_commit="yoyo notes that the migration has run apart from it",
    no_transaction=r"--\s*transactional:\s*false",
    psql=False,
)
_GRAPHILE = Runner(
    title="graphile-migrate",
    transaction="explicit",
    inner_commit="graphile-migrate notes that the migration has run apart from it",
    no_transaction=r"--!\s*no-transaction",
    psql=False,
    first_line=r"--!",
)

OTHERS = (
    Family("yoyo", "yoyo", _read_yoyo, runner=_YOYO),
    Family("graphile-migrate", "graphile-migrate", _read_graphile, None, lambda folder: None, _GRAPHILE),
    Family("dump", "a dump of the schema", _read_file, None, lambda folder: None),
    Family("file", "a single file", _read_file, None, lambda file: Naming(str(file.parent))),
)
