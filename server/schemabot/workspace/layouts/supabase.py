"""The Supabase CLI: supabase/migrations, and the declarative schemas in supabase/schemas.

Sources: the CLI's `pkg/migration/list.go` (`ListLocalMigrations`, the patterns and what is skipped) and
`internal/db/diff` (`loadDeclaredSchemas`); its reference, "Config", `db.migrations.schema_paths`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from schemabot.rulekit.runner import Runner
from schemabot.workspace.layouts.model import Entry, Family, Folder, Listing, shown, text_of
from schemabot.workspace.layouts.numbered import entry, stem

_PATTERN = re.compile(r"([0-9]+)_(.*)\.sql\Z", re.S)
_OLD_INIT = re.compile(r"([0-9]{14})_init\.sql\Z")
_FIRST_NEW_INIT = 20211209000000
# Hosted builders write these names and apply the files themselves; the project's database has what is in them.
_HOSTED = re.compile(r"[0-9]{14}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.sql\Z")


def _read_migrations(folder: Folder) -> Listing:
    taken: list[Entry] = []
    skipped: list[str] = []
    hosted: list[str] = []
    notes: list[str] = []
    for index, name in enumerate(folder.sql):
        old = _OLD_INIT.match(name)
        if index == 0 and old and int(old[1]) < _FIRST_NEW_INIT:
            notes.append(
                f"the Supabase CLI skips {name}, as it takes it for one that an old CLI made: rename it to apply it"
            )
        elif _PATTERN.match(name):
            taken.append(entry(name))
        elif _HOSTED.match(name):
            taken.append(entry(name))
            hosted.append(name)
        else:
            skipped.append(name)
    if hosted:
        notes.append(
            f"the Supabase CLI skips {shown(hosted)} (no _ behind the time stamp); they are replayed here, because "
            "the service that wrote them applies them"
        )
    if skipped:
        notes.append(f'the Supabase CLI skips {shown(skipped)}: a name must match "<timestamp>_name.sql"')
    return Listing(tuple(taken), notes=tuple(notes))


def _read_schemas(folder: Folder) -> Listing:
    """The declared schemas in the order of `schema_paths`, or all of them as a walk over the folder finds them."""
    patterns = schema_paths(folder.path.parent / "config.toml")
    names = folder.deep_sql()
    if not patterns:
        return Listing(tuple(Entry(name, None, stem(name)) for name in names))
    prefix = f"{folder.path.name}/"
    beside = [prefix + name for name in names]
    found: dict[str, None] = {}
    notes = []
    for pattern in patterns:
        matcher = re.compile(_glob(pattern.removeprefix("./")))
        matching = sorted(path for path in beside if matcher.match(path))
        if not matching:
            notes.append(f"schema_paths in config.toml: no file matches {pattern!r}")
        found.update(dict.fromkeys(path.removeprefix(prefix) for path in matching))
    left = [name for name in names if name not in found]
    if left:
        notes.append(f"schema_paths in config.toml does not name {shown(left)}")
    return Listing(tuple(Entry(name, None, stem(name)) for name in found), notes=tuple(notes))


def schema_paths(config: Path) -> list[str]:
    """`[db.migrations] schema_paths` of a config.toml: patterns relative to its folder."""
    try:
        raw = tomllib.loads((text_of(config) or "").replace("\r\n", "\n"))
        value = raw["db"]["migrations"]["schema_paths"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return []
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _glob(pattern: str) -> str:
    """A pattern of Go's `path.Match`, whose `*` and `?` do not match `/`, as a regular expression."""
    words = {"*": "[^/]*", "?": "[^/]"}
    pieces: list[str] = re.findall(r"\[\^?[^\]/]+\]|.", pattern, re.S)
    return "".join(p if len(p) > 1 else words.get(p, re.escape(p)) for p in pieces) + r"\Z"


def is_supabase(migrations: Path) -> bool:
    """Whether a folder is, by its place, the migrations folder of a Supabase project."""
    return migrations.name == "migrations" and migrations.parent.name == "supabase"


def schemas_folder(supabase: Path) -> Path | None:
    """The folder of declared schemas in a `supabase` folder, if there is SQL in it."""
    folder = supabase / "schemas"
    try:
        return folder if folder.is_dir() and Folder(folder).deep_sql() else None
    except OSError:
        return None


# Without --include-all, db push stops at such a file (`internal/db/push`). The statements of a file go out as one
# pipeline with one Sync (`pkg/migration/file.go`, `ExecBatch`), the entry of the history behind them.
_RUNNER = Runner(
    title="the Supabase CLI",
    hand_named=True,
    stamps=True,
    by_version=True,
    unique=True,
    late="supabase db push refuses it unless it is told --include-all",
    transaction="implicit",
    inner_commit="the note that this migration has run is saved apart from it",
    psql=False,
)

SUPABASE = (
    Family("supabase", "Supabase", _read_migrations, runner=_RUNNER),
    Family("supabase-schemas", "Supabase's declarative schemas", _read_schemas, None, lambda folder: None),
)
