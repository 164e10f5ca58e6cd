"""The examples in the rules' documentation as projects: marked-up SQL in, analyses out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

import attrs

from schemabot.analysis import Analysis, MigrationFile, Project, analyse, select_rules
from schemabot.catalog.platform import PlatformName, platform_state
from schemabot.catalog.snapshot import Snapshot
from schemabot.rulekit.context import FileStatus
from schemabot.rulekit.documentation import Example
from schemabot.rulekit.finding import Finding
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.runner import Runner
from schemabot.rulekit.settings import RuleSetting, Settings
from schemabot.syntax.source import Source
from schemabot.text import Span
from schemabot.workspace.layouts import FAMILIES
from schemabot.workspace.settings import load_settings

FOLDER = "migrations"
DEFAULT_FILE = f"{FOLDER}/20260101000000_example.sql"
REASON = "agreed with everybody"

FEW = (
    "rls-disabled", "policy-missing", "fk-index-missing", "drop-table", "syntax-error",
    "approval-without-reason", "suppression-unknown", "suppression-unused", "settings-invalid",
)  # fmt: skip

_FILE = re.compile(r"--\s*file:\s*(\S+)\s*\Z")
_CARETS = re.compile(r"\s*--<?[ ^]*\^[ ^]*\Z")
_MARK = re.compile(r"--<\^+|\^+")
_FLYWAY = re.compile(r"/V([0-9]+)__[^/]*\Z")
_APPROVAL = re.compile(r"(-- schemabot: allow [\w-]+ -- )(?=\n)")


@attrs.frozen
class MarkedFile:
    """One migration of an example without its caret lines; `marks` are absolute spans."""

    path: str
    text: str
    marks: tuple[Span, ...] = ()


def marked_files(sql: str) -> tuple[MarkedFile, ...]:
    """Take an example apart: files, and what the carets under the code lines mark."""
    files: list[MarkedFile] = []
    path = DEFAULT_FILE
    lines: list[str] = []
    marks: list[Span] = []

    def finish() -> None:
        if lines:
            files.append(MarkedFile(path, "".join(lines), tuple(marks)))

    for line in sql.splitlines(keepends=True):
        if header := _FILE.match(line.rstrip("\n")):
            finish()
            path, lines, marks = f"{FOLDER}/{header[1]}", [], []
        elif _CARETS.match(line.rstrip("\n")):
            start = sum(len(kept) for kept in lines[:-1])
            marks += [Span(start + m.start(), start + m.end()) for m in _MARK.finditer(line)]
        else:
            lines.append(line)
    finish()
    return tuple(files)


def texts_of(sql: str) -> dict[str, str]:
    """The files of an example by path."""
    return {file.path: file.text for file in marked_files(sql)}


def settings_of(toml: str, *needed: Rule) -> Settings:
    """Settings from the text of a schemabot.toml, without mistakes; `needed` rules are on."""
    loaded = load_settings("schemabot.toml", all_rules(), text=toml)
    assert loaded.problems == ()
    settings = loaded.settings
    levels = dict(settings.rules)
    for rule in needed:
        if settings.preset not in rule.presets and rule.id not in levels:
            levels[rule.id] = RuleSetting(level=rule.severity.value)
    return attrs.evolve(settings, rules=levels)


def project_of(
    texts: Mapping[str, str],
    settings: Settings | None = None,
    *,
    platform: PlatformName = "supabase",
    status: FileStatus = "pending",
    today: date | None = None,
    layout: str | None = None,
    settled: Collection[str] = (),
    applied: Collection[str] = (),
    differing: Collection[str] = (),
    remote: Snapshot | None = None,
) -> Project:
    """A project of these files in order of their names.

    `settled` are the names of files that stand on the default branch, `applied` of those that have run, `differing` of those
    that ran with another text; with a `layout`, its runner is known.
    """
    family = None if layout is None else FAMILIES[layout]
    settings = settings or Settings()
    exposed = settings.exposed_schemas
    if exposed is None and platform == "supabase":
        exposed = ("public", "graphql_public")
    return Project(
        root=FOLDER,
        migrations=tuple(
            MigrationFile(
                path,
                Source.of(text),
                "applied"
                if (name := path.rpartition("/")[2]) in applied
                else "settled"
                if name in settled
                else status,
                None if family is None else family.markers,
                found[1] if (found := _FLYWAY.search(path)) else None,
                differs=name in differing,
            )
            for path, text in sorted(texts.items())
        ),
        settings=settings,
        platform=platform,
        exposed=None if exposed is None else frozenset(exposed),
        today=today,
        runner=Runner() if family is None else family.runner,
        remote=remote,
    )


def check(project: Project, rules: Mapping[str, Rule] | None = None) -> Analysis:
    """Analyse a project. Fails when a rule raised, unless `rules` are given: tests bring broken ones."""
    selected = select_rules(all_rules() if rules is None else rules, project.settings)
    analysis = analyse(project, selected, platform_state(platform_of(project)))
    if rules is None:
        assert analysis.failures.by_rule == {}
    return analysis


def platform_of(project: Project) -> PlatformName:
    """The platform that a project says it is for."""
    return "supabase" if project.platform == "supabase" else "postgres"


def check_texts(texts: Mapping[str, str] | str, toml: str = "", **options: object) -> Analysis:
    """Analyse files, or one text with `-- file:` lines; options as for `project_of`."""
    files = texts_of(texts) if isinstance(texts, str) else texts
    return check(project_of(files, settings_of(toml), **options))  # type: ignore[arg-type]  # checked there


def few_rules() -> dict[str, Rule]:
    """A handful of rules: for tests of what is said with findings, whatever other rules there are."""
    known = all_rules()
    return {name: known[name] for name in FEW}


def few_toml(before: str = "", **levels: str) -> str:
    """A schemabot.toml with `few_rules` alone, other levels for some of them, and something `before`."""
    chosen = {name: rule.severity.value for name, rule in few_rules().items()}
    chosen |= {name.replace("_", "-"): level for name, level in levels.items()}
    lines = "".join(f'{name} = "{level}"\n' for name, level in chosen.items())
    return f'preset = "none"\n{before}[rules]\n{lines}'


def check_few(texts: Mapping[str, str] | str, toml: str = "", **options: object) -> Analysis:
    """As `check_texts`, with `few_rules` alone."""
    files = texts_of(texts) if isinstance(texts, str) else texts
    analysis = check(project_of(files, settings_of(toml), **options), few_rules())  # type: ignore[arg-type]  # checked there
    assert analysis.failures.by_rule == {}
    return analysis


def example_project(
    rule: Rule, example: Example, texts: Mapping[str, str], status: FileStatus = "pending"
) -> Project:
    """The project of an example with these files: at first its own, then those that a fix has made."""
    day = example.attribute("today")
    platform: PlatformName = "postgres" if example.attribute("platform") == "postgres" else "supabase"
    return project_of(
        texts,
        settings_of(example.settings, rule),
        platform=platform,
        status=status,
        today=date.fromisoformat(day) if day else None,
        layout=example.attribute("layout") or None,
        settled=example.attribute("settled").split(","),
        applied=example.attribute("applied").split(","),
        differing=example.attribute("differing").split(","),
    )


def findings(analysis: Analysis, rule_id: str | None = None) -> list[Finding]:
    """All findings of the project, or those of one rule, in order of files and places."""
    return [
        finding
        for file in analysis.project.migrations
        for finding in analysis.report(file.path).findings
        if rule_id in (None, finding.rule)
    ]


def places(analysis: Analysis, found: list[Finding]) -> list[tuple[str, Span | None]]:
    """Where findings are: path and absolute span."""
    return [(finding.at.file, analysis.place(finding.at)) for finding in found]


def shown(analysis: Analysis, rule_id: str | None = None) -> list[str]:
    """Findings as people name them: `rule-id: the text that is underlined`."""
    result = []
    for finding in findings(analysis, rule_id):
        span = analysis.place(finding.at)
        text = analysis.view.by_path[finding.at.file].text
        result.append(f"{finding.rule}: {span.of(text) if span is not None else '?'}")
    return result


def with_reason(texts: Mapping[str, str]) -> dict[str, str]:
    """The files after somebody typed the reason of the approval that a fix has written."""
    return {path: _APPROVAL.sub(rf"\g<1>{REASON}", text) for path, text in texts.items()}


def broken_statements(analysis: Analysis) -> Iterator[str]:
    """The texts of the statements that do not parse."""
    for replay in analysis.replays:
        for index in replay.broken:
            yield replay.file.source.statements[index].text
