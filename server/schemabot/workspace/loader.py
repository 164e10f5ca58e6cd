"""From a path to a project that can be analysed: layout, settings, statuses, texts, rules and platform.

Open buffers count instead of files on disk. What cannot be read is reported and left out; the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from glob import escape
from pathlib import Path
from typing import Any, NamedTuple

import attrs

from schemabot.analysis import MigrationFile, Project, RuleSet, select_rules
from schemabot.catalog.platform import platform_state
from schemabot.catalog.state import State
from schemabot.rulekit.directives import DirectiveUse
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import Override, PlatformName, RuleSetting, Settings
from schemabot.syntax.source import Source
from schemabot.workspace.facts_cache import FactsCache, FileFacts, digest_of, extract_ahead
from schemabot.workspace.files import BadBytes, Stamp, Unreadable, decode, read_bytes, stamp_of
from schemabot.workspace.layout import Layout, absolute, find_layout, migration_files, nearest_settings
from schemabot.workspace.settings import SettingsProblem, load_settings
from schemabot.workspace.status import Statuses, statuses
from schemabot.workspace.supabase import DEFAULT_EXPOSED, detected_settings

# What only a Supabase project says; a schema called auth of one's own is no sign of it.
_SUPABASE_WORDS = re.compile(
    r"\bauth\s*\.\s*(?:uid|jwt|role|email)\s*\(|\bauth\s*\.\s*users\b|\bstorage\s*\.\s*(?:objects|buckets)\b",
    re.I,
)
_OWN_AUTH = re.compile(r"\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?\"?(?:auth|storage)\b", re.I)


class LoadError(ValueError):
    """There is no project that could be loaded; the text is for the user."""


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
    one that was not there.
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
    stamps: Mapping[str, Stamp | None] = attrs.field(factory=dict, repr=False)
    digests: Mapping[str, bytes] = attrs.field(factory=dict, repr=False)
    cache: FactsCache | None = attrs.field(default=None, repr=False)

    @property
    def base(self) -> State:
        """The state before the first migration; worked out when it is first asked for."""
        return platform_state("supabase" if self.project.platform == "supabase" else "postgres")

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
    rules = all_rules()
    loaded = load_settings(
        None if layout.settings_file is None else str(layout.settings_file),
        rules,
        overrides=overrides,
        detected=detected_settings(layout.supabase_config),
        client=client_settings,
    )
    try:
        files = migration_files(layout, overlay)
    except OSError as error:
        raise LoadError(f"{layout.migrations}: cannot be read: {error.strerror or error}") from None
    outside = None if path.is_dir() or str(path) in files or layout.kind == "file" else str(path)
    reading = _Reading(overlay, previous, FactsCache(str(layout.migrations)))
    reading.read(files if outside is None else [*files, outside])
    status = statuses(
        layout.migrations if layout.migrations.is_dir() else layout.migrations.parent,
        {name: reading.content[name] for name in files if name in reading.content},
        loaded.settings,
        since=selection.since,
        changed_from=selection.changed_from,
    )
    settings = loaded.settings if outside is None else _for_outside(loaded.settings, outside, rules)
    project = Project(
        root=str(layout.root),
        migrations=tuple(
            MigrationFile(
                path=name,
                source=reading.sources[name],
                status=status.by_path.get(name, "pending"),
                facts=reading.facts.get(name),
            )
            for name in reading.sources
        ),
        settings=settings,
        platform=_platform(settings, layout, reading.sources.values()),
        today=today or datetime.now(UTC).date(),
    )
    project = attrs.evolve(project, exposed=_exposed(project))
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
        stamps=_stamps(layout, reading),
        digests=reading.digests,
        cache=reading.cache,
    )


def changed_files(loaded: LoadedProject) -> ChangedFiles:
    """What differs on disk from when the project was loaded: migrations, and both kinds of settings files."""
    layout = loaded.layout
    try:
        now = set(migration_files(layout))
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


def _for_outside(settings: Settings, path: str, rules: Mapping[str, Rule]) -> Settings:
    """The settings with the rules about migration files turned off for a file that is none."""
    about_files = {
        rule.id: RuleSetting("off")
        for rule in rules.values()
        if rule.category == "migration" and DirectiveUse not in rule.subjects
    }
    return attrs.evolve(settings, override=(*settings.override, Override((escape(path),), about_files)))


def _platform(settings: Settings, layout: Layout, sources: Iterable[Source]) -> PlatformName:
    if settings.platform is not None:
        return settings.platform
    if layout.kind == "supabase" or layout.supabase_config is not None:
        return "supabase"
    if (layout.root / "supabase" / "config.toml").is_file() or "supabase" in layout.migrations.parts:
        return "supabase"
    mentions = False
    for source in sources:
        if _OWN_AUTH.search(source.text):
            return "postgres"
        mentions = mentions or _SUPABASE_WORDS.search(source.text) is not None
    return "supabase" if mentions else "postgres"


def _exposed(project: Project) -> frozenset[str] | None:
    """The schemas that the API serves: as set, Supabase's default, or on plain PostgreSQL all of them."""
    if project.settings.exposed_schemas is not None:
        return frozenset(project.settings.exposed_schemas)
    return frozenset(DEFAULT_EXPOSED) if project.platform == "supabase" else None


def _scope(status: Statuses, outside: str | None) -> frozenset[str] | None:
    return frozenset((outside,)) if outside is not None else status.scope


def _stamps(layout: Layout, reading: _Reading) -> dict[str, Stamp | None]:
    stamps = dict(reading.stamps)
    for path in (layout.settings_file, layout.supabase_config):
        if path is not None:
            stamps[str(path)] = stamp_of(str(path))
    return stamps
