"""From a path to a project that can be analysed: layout, settings, statuses, texts, rules and platform.

Open buffers count instead of files on disk. What cannot be read is reported and left out; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from glob import escape
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import msgspec

from schemabot.analysis import MigrationFile, Project, RuleSet, select_rules
from schemabot.catalog.platform import platform_state
from schemabot.catalog.snapshot import Snapshot
from schemabot.catalog.state import State
from schemabot.rulekit.directives import DirectiveUse
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import Override, RuleSetting, Settings
from schemabot.syntax.source import Source
from schemabot.workspace import remote_cache
from schemabot.workspace.facts_cache import FactsCache, FileFacts, digest_of, extract_ahead
from schemabot.workspace.files import BadBytes, Stamp, Unreadable, decode, read_bytes, stamp_of
from schemabot.workspace.layouts import (
    Entry,
    Layout,
    Listing,
    absolute,
    find_layout,
    listing_of,
    markers_of,
    naming_of,
    nearest_settings,
    path_of,
    runner_of,
)
from schemabot.workspace.platform_of import exposed_schemas, grants_by_default, platform_of
from schemabot.workspace.recorded import recorded
from schemabot.workspace.settings import SettingsProblem, load_settings
from schemabot.workspace.status import Statuses, statuses
from schemabot.workspace.supabase import detected_settings


class LoadError(ValueError):
    """There is no project that could be loaded; the text is for the user."""


class NotPostgresError(LoadError):
    """The project is for another database system: there is nothing to say about it."""


@attrs.frozen
class BadFile:
    """A file that is not text as PostgreSQL takes it; `bad` says where."""

    path: str
    bad: BadBytes


@attrs.frozen
class Selection:
    """What the command line narrows: rules, and the migrations to speak about."""

    rules: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    since: str | None = None
    changed_from: str | None = None


class ChangedFiles(NamedTuple):
    """Paths that differ from when the project was loaded; false when there are none."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@attrs.frozen(eq=False)
class LoadedProject:
    """A project ready for `analysis.analyse(project, rules, base)`.

    `path` is what was asked for; `outside` is that path when it is an SQL file that is not one of the
    history: it stands behind the history as a file of its own, and only its findings are meant. `scope` are
    the files that the selection asks about, None for all. `stamps` are those of every watched file, None for
    one that was not there. `notes` are what the layout has to say: files that its runner would not run.
    """

    path: str
    key: str
    layout: Layout
    project: Project
    rules: RuleSet
    settings_path: str | None = None
    settings_problems: tuple[SettingsProblem, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    bad_files: tuple[BadFile, ...] = ()
    with_bom: frozenset[str] = frozenset()
    scope: frozenset[str] | None = None
    outside: str | None = None
    hint: str | None = None
    notes: tuple[str, ...] = ()
    default_grants: bool = True
    stamps: Mapping[str, Stamp | None] = attrs.field(factory=dict, repr=False)
    digests: Mapping[str, bytes] = attrs.field(factory=dict, repr=False)
    cache: FactsCache | None = attrs.field(default=None, repr=False)

    @property
    def base(self) -> State:
        """The state before the first migration; worked out when it is first asked for."""
        if self.project.platform != "supabase":
            return platform_state("postgres")
        return platform_state("supabase", default_grants=self.default_grants)

    def extract_ahead(self) -> None:
        """Let the second core extract the facts of many new files; for a process with one thread."""
        extract_ahead(file.facts for file in self.project.migrations if isinstance(file.facts, FileFacts))

    def save_cache(self) -> None:
        """Write what the analysis has extracted to the facts cache; to be called after it."""
        if self.cache is not None:
            self.cache.save()


def load_project(
    path: Path,
    *,
    overrides: Mapping[str, Any] | None = None,
    overlay: Mapping[str, Source] | None = None,
    client_settings: Mapping[str, Any] | None = None,
    previous: LoadedProject | None = None,
    selection: Selection = Selection(),
    layout: Layout | None = None,
    today: date | None = None,
) -> LoadedProject:
    """Load the project that `path` belongs to; `layout` says which, when that is known already.

    `overlay` holds the open buffers by path. `previous` lends its sources and rules where nothing changed.
    Raises `LoadError` without a project, `GitError` for an unknown commit, `OptionsError`, `OSError`.
    """
    path = absolute(path)
    overlay = overlay or {}
    layout = layout or find_layout(path)
    if layout is None:
        raise LoadError(f"{path}: no migrations found here")
    if layout.foreign is not None:
        raise NotPostgresError(f"{layout.migrations}: {foreign_note(layout)}")
    rules = all_rules()
    loaded = load_settings(
        None if layout.settings_file is None else str(layout.settings_file),
        rules,
        overrides=overrides,
        detected=detected_settings(layout.supabase_config),
        client=client_settings,
    )
    try:
        listing = listing_of(layout, overlay)
    except OSError as error:
        raise LoadError(f"{layout.migrations}: cannot be read: {error.strerror or error}") from None
    entries = _entries(layout, listing)
    belongs = path.is_dir() or str(path) in entries or layout.kind == "file"
    outside = None if belongs else str(path)
    reading = _Reading(overlay, previous, FactsCache(str(layout.migrations)))
    reading.read(entries if outside is None else [*entries, outside])
    remote = _remote(layout, loaded.settings, previous)
    names = {name: entry for name, (entry, _) in entries.items()}
    status = statuses(
        layout.migrations if layout.migrations.is_dir() else layout.migrations.parent,
        {name: reading.content[name] for name in entries if name in reading.content},
        loaded.settings,
        since=selection.since,
        changed_from=selection.changed_from,
        versions=names,
        recorded=recorded(layout.kind, names, reading.content, remote),
    )
    if layout.kind == "supabase-schemas":  # no history: what is declared is edited in place
        status = msgspec.structs.replace(status, by_path={}, hint=None)
    settings = loaded.settings
    unlike_migrations = [outside] if outside is not None else []
    if layout.kind in ("supabase-schemas", "dump"):
        unlike_migrations = list(entries)
    if unlike_migrations:
        settings = _without_file_rules(settings, unlike_migrations, rules)
    project = Project(
        root=str(layout.root),
        migrations=tuple(
            _migration(layout, name, entries.get(name), status, reading) for name in reading.sources
        ),
        settings=settings,
        platform=platform_of(settings, layout, reading.sources.values()),
        today=today or datetime.now(UTC).date(),
        naming=naming_of(layout),
        runner=runner_of(layout),
        remote=remote,
    )
    project = attrs.evolve(project, exposed=exposed_schemas(project))
    return LoadedProject(
        path=str(path),
        key=str(layout.migrations) if outside is None else f"{layout.migrations}|{outside}",
        layout=layout,
        project=project,
        rules=_rule_set(rules, settings, selection, previous),
        settings_path=loaded.path,
        settings_problems=loaded.problems,
        unreadable=tuple(reading.unreadable),
        bad_files=tuple(reading.bad),
        with_bom=frozenset(reading.with_bom),
        scope=_scope(status, outside),
        outside=outside,
        hint=status.hint,
        notes=listing.notes,
        default_grants=grants_by_default(settings, listing),
        stamps=_stamps(layout, listing, reading),
        digests=reading.digests,
        cache=reading.cache,
    )


def changed_files(loaded: LoadedProject) -> ChangedFiles:
    """What differs on disk from when the project was loaded: migrations, and both kinds of settings files."""
    layout = loaded.layout
    try:
        now = set(_entries(layout, listing_of(layout)))
    except OSError:
        now = set()
    settings = nearest_settings(layout.migrations)
    if settings is not None:
        now.add(str(settings))
    known = loaded.stamps
    changed: list[str] = []
    removed: list[str] = []
    for path, old in known.items():
        new = stamp_of(path)
        if new == old:
            continue
        (removed if new is None else changed).append(path)
    return ChangedFiles(tuple(sorted(now - known.keys())), tuple(removed), tuple(changed))


def _remote(layout: Layout, settings: Settings, previous: LoadedProject | None) -> Snapshot | None:
    """What `schemabot pull` has read of the project's database, if that is wanted."""
    path = remote_cache.path_of(str(layout.migrations))
    if path is None or not settings.remote:
        return None
    if previous is not None and previous.project.remote is not None:
        stamp = previous.stamps.get(str(path))
        if stamp is not None and stamp == stamp_of(str(path)):
            return previous.project.remote
    return remote_cache.load(str(layout.migrations))


class _Reading:
    """Reads files into sources, reusing what is known of the same texts."""

    def __init__(
        self, overlay: Mapping[str, Source], previous: LoadedProject | None, cache: FactsCache
    ) -> None:
        self._overlay = overlay
        self._old: dict[str, tuple[bytes, MigrationFile]] = {}
        if previous is not None:
            self._old = {
                file.path: (previous.digests[file.path], file)
                for file in previous.project.migrations
                if file.path in previous.digests
            }
        self.cache = cache
        self._cache_loaded = False
        self.sources: dict[str, Source] = {}
        self.facts: dict[str, Any] = {}
        self.content: dict[str, bytes] = {}
        self.digests: dict[str, bytes] = {}
        self.stamps: dict[str, Stamp | None] = {}
        self.unreadable: list[Unreadable] = []
        self.bad: list[BadFile] = []
        self.with_bom: set[str] = set()

    def read(self, paths: Iterable[str]) -> None:
        """Read these files in order."""
        for path in paths:
            self._read(path)

    def _read(self, path: str) -> None:
        buffer = self._overlay.get(path)
        try:
            data, stamp = read_bytes(path)
        except Unreadable as error:
            self.stamps[path] = stamp_of(path)
            if buffer is None:
                self.unreadable.append(error)
            else:
                self.sources[path] = buffer
                self.content[path] = buffer.text.encode("utf-8", "replace")
            return
        file = decode(path, data, stamp)
        self.stamps[path] = stamp
        self.content[path] = data
        if file.has_bom:
            self.with_bom.add(path)
        if buffer is not None:
            self.sources[path] = buffer
            if buffer.text != file.text:
                self.content[path] = buffer.text.encode("utf-8", "replace")
            return
        if file.bad is not None:
            self.bad.append(BadFile(path, file.bad))
        digest = self.digests[path] = digest_of(file.text)
        known = self._old.get(path)
        if known is not None and known[0] == digest:
            self.sources[path] = known[1].source
            self.facts[path] = known[1].facts
            return
        if not self._cache_loaded:
            self._cache_loaded = True
            self.cache.load()
        self.sources[path], self.facts[path] = self.cache.source(digest, file.text)


def _rule_set(
    rules: Mapping[str, Rule], settings: Settings, selection: Selection, previous: LoadedProject | None
) -> RuleSet:
    if previous is not None and previous.project.settings == settings and selection == Selection():
        return previous.rules
    return select_rules(rules, settings, only=selection.rules, categories=selection.categories)


def _without_file_rules(settings: Settings, paths: Iterable[str], rules: Mapping[str, Rule]) -> Settings:
    """The settings with the rules about migration files turned off for files that are none."""
    about_files = {
        rule.id: RuleSetting("off")
        for rule in rules.values()
        if rule.category == "migration" and DirectiveUse not in rule.subjects
    }
    override = Override(tuple(escape(path) for path in paths), about_files)
    return attrs.evolve(settings, override=(*settings.override, override))


def foreign_note(layout: Layout) -> str:
    """What to say about a project that is for another database system."""
    return (
        f"these migrations are for {layout.foreign}, not for PostgreSQL, and were skipped. If that is wrong, name "
        'the folder in schemabot.toml: migrations = "..."'
    )


def _entries(layout: Layout, listing: Listing) -> dict[str, tuple[Entry, bool]]:
    """The files by path, those that undo first, then the history; with whether each undoes."""
    downs = {path_of(layout, entry): (entry, True) for entry in listing.downs}
    return downs | {path_of(layout, entry): (entry, False) for entry in listing.history}


def _migration(
    layout: Layout, path: str, found: tuple[Entry, bool] | None, status: Statuses, reading: _Reading
) -> MigrationFile:
    entry, down = found or (None, False)
    return MigrationFile(
        path=path,
        source=reading.sources[path],
        status=status.by_path.get(path, "pending"),
        markers=markers_of(layout, down=down) if entry is not None else None,
        own_version=None if entry is None else entry.version,
        full_name=None if entry is None else entry.full_name,
        edited=path in status.edited,
        differs=path in status.differing,
        facts=reading.facts.get(path),
    )


def _scope(status: Statuses, outside: str | None) -> frozenset[str] | None:
    return frozenset((outside,)) if outside is not None else status.scope


def _stamps(layout: Layout, listing: Listing, reading: _Reading) -> dict[str, Stamp | None]:
    stamps = dict(reading.stamps)
    beside = (layout.migrations / name for name in listing.ordered_by)
    pulled = remote_cache.path_of(str(layout.migrations))
    for path in (layout.settings_file, layout.supabase_config, pulled, *beside):
        if path is not None:
            stamps[str(path)] = stamp_of(str(path))
    return stamps
