"""Running rules: on the facts of a file, on the file, and on objects of the catalog. One guard for all."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol

import attrs
import msgspec

from schemabot.analysis.history import FileReplay, StatementReplay
from schemabot.analysis.ruleset import ActiveRule, RuleSet
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.state import At, InnerPart, Part, Problem, State
from schemabot.facts.model import AnyFact
from schemabot.rulekit.context import ChangeContext, FileContext, ProjectView, StateContext
from schemabot.rulekit.directives import DirectiveUse
from schemabot.rulekit.finding import Finding, Replace
from schemabot.rulekit.way_back import WayBack
from schemabot.syntax.model import SyntaxIssue

_RUNS_OTHER_TEXT = re.compile(r"(?:do|select|call|explain)\b", re.I)

logger = logging.getLogger(__name__)


class Subject(Protocol):
    """An object of the catalog that state rules may judge: a relation, a function, a type."""

    @property
    def oid(self) -> int:
        """Its number, unique among all objects."""
        ...


@attrs.define
class Failures:
    """Rules that raised, by id, with what they raised; each is logged once."""

    by_rule: dict[str, str] = attrs.Factory(dict)

    def run(self, rule: ActiveRule, call: Callable[[], Iterable[Finding]]) -> list[Finding]:
        """The findings of one call of a rule; none when it raises."""
        try:
            return list(call())
        except Exception as error:  # the one guard: a broken rule must not break the others
            if rule.id not in self.by_rule:
                self.by_rule[rule.id] = f"{type(error).__name__}: {error}"
                logger.exception("internal error in rule %s", rule.id)
            return []


def change_findings(
    replay: FileReplay, rules: RuleSet, project: ProjectView, failures: Failures
) -> Iterator[Finding]:
    """What the change rules find in a file. Those that do not speak about settled files are left out there."""
    migration = project.by_path[replay.file.path]
    facts: tuple[tuple[int, AnyFact], ...] | None = None
    for index, step in enumerate(replay.steps):
        for number, (fact, before, done) in enumerate(_done(step)):
            chosen: list[tuple[ActiveRule, AnyFact | Problem]] = [
                (rule, fact) for rule in rules.change.get(type(fact), ())
            ]
            if done.problems:
                chosen += [(r, problem) for problem in done.problems for r in rules.change.get(Problem, ())]
            if migration.status != "pending":
                chosen = [(rule, subject) for rule, subject in chosen if rule.rule.in_settled_files]
            if not chosen:
                continue
            if facts is None:
                facts = tuple(_facts(replay))
            extracted = step.extracted
            issue = None
            if extracted.error is not None and extracted.error_span is not None:
                issue = SyntaxIssue(extracted.error, extracted.error_span)
            exact = isinstance(done, Part) or done.exact
            for rule, subject in chosen:
                context = ChangeContext(
                    rule=rule.id,
                    severity=rule.severity,
                    project=project,
                    before=before,
                    after=done.state if isinstance(done, Part) else done.after,
                    at=At(replay.file.path, index),
                    problems=done.problems,
                    migration=migration,
                    file_start=replay.before,
                    facts=facts,
                    number=number,
                    syntax_issue=issue,
                    options=rule.options,
                )
                found = failures.run(rule, partial(rule.rule.check, subject, context))
                yield from found if exact else (_without_edits(finding, "") for finding in found)


def _done(step: StatementReplay) -> Iterator[tuple[AnyFact, State, Part | InnerPart]]:
    """What a statement did, fact by fact, and what the statements in its blocks did; with the states before."""
    before = step.before
    for fact, part in zip(step.extracted.facts, step.outcome.parts, strict=True):
        yield fact, before, part
        for inner in part.inner:
            yield inner.fact, inner.before, inner
        before = part.state


def _without_edits(finding: Finding, text: str | None = None) -> Finding:
    """The finding without fixes that edit text which a block makes while it runs: its places are not in the file.

    `text` is the statement that the finding's place is in; without one, that of a block is meant.
    """
    if text and not _RUNS_OTHER_TEXT.match(text):
        return finding
    fixes = tuple(fix for fix in finding.fixes if not any(isinstance(s, Replace) for s in fix.steps))
    return finding if len(fixes) == len(finding.fixes) else msgspec.structs.replace(finding, fixes=fixes)


def file_findings(
    replay: FileReplay,
    rules: RuleSet,
    project: ProjectView,
    failures: Failures,
    way_back: Callable[[], WayBack | None],
    *,
    patient: bool,
) -> Iterator[Finding]:
    """What the file rules find, those that are `patient` or the others; a file that only undoes another is no
    migration to them."""
    chosen = [rule for rule in rules.file if rule.rule.patient == patient]
    if replay.file.is_down or not chosen:
        return
    facts = tuple(_facts(replay))
    for rule in chosen:
        context = _file_context(rule, replay, project, facts, way_back)
        yield from failures.run(rule, partial(rule.rule.check, context))


def directive_findings(
    uses: Iterable[DirectiveUse],
    replay: FileReplay,
    rules: RuleSet,
    project: ProjectView,
    failures: Failures,
) -> Iterator[Finding]:
    """What the rules about directives find, once it is known what each directive silenced."""
    for use in uses:
        for rule in rules.directive:
            context = _file_context(rule, replay, project, (), lambda: None)
            yield from failures.run(rule, partial(rule.rule.check, use, context))


def _file_context(
    rule: ActiveRule,
    replay: FileReplay,
    project: ProjectView,
    facts: tuple[tuple[int, AnyFact], ...],
    way_back: Callable[[], WayBack | None],
) -> FileContext[object]:
    return FileContext(
        rule=rule.id,
        severity=rule.severity,
        project=project,
        migration=project.by_path[replay.file.path],
        before=replay.before,
        facts=facts,
        options=rule.options,
        way_back=way_back,
    )


class StateJudge:
    """The state rules of a rule set over one catalog; `settled` is what their contexts say it is.

    While somebody is `typing`, patient rules are left out.
    """

    def __init__(
        self,
        catalog: Catalog,
        settled: Catalog,
        rules: RuleSet,
        project: ProjectView,
        failures: Failures,
        *,
        typing: bool = False,
    ) -> None:
        self._project = project
        self._failures = failures
        self._all_rules = rules
        contexts = {
            rule.id: StateContext(
                rule=rule.id,
                severity=rule.severity,
                project=project,
                catalog=catalog,
                settled=settled,
                options=rule.options,
            )
            for chosen in rules.state.values()
            for rule in chosen
        }
        self._rules = {
            subject: tuple((rule, contexts[rule.id]) for rule in chosen if not (typing and rule.rule.patient))
            for subject, chosen in rules.state.items()
        }

    def findings(self, subject: Subject) -> tuple[Finding, ...]:
        """What the rules find in one object of the catalog, each cause once."""
        found = [
            _without_edits(finding, self._project.statement_text(finding.at) or "-")
            if finding.fixes
            else finding
            for rule, context in self._rules.get(type(subject), ())
            for finding in self._failures.run(rule, partial(rule.rule.check, subject, context))
        ]
        return tuple(distinct(found, self._all_rules))


def distinct(findings: Iterable[Finding], rules: RuleSet) -> list[Finding]:
    """Findings without those that another one about the same object, or the same part of it, already tells.

    A finding about a whole object speaks for its parts.
    """
    found = list(findings)
    told: set[tuple[str, str | None, str | None]] = set()
    for finding in found:
        active = rules.active.get(finding.rule)
        for other in active.rule.subsumes if active else ():
            told.add((other, finding.object, finding.part))
    return [
        f
        for f in found
        if f.object is None
        or ((f.rule, f.object, None) not in told and (f.rule, f.object, f.part) not in told)
    ]


def all_subjects(catalog: Catalog) -> Iterator[Subject]:
    """Every object that a state rule may judge."""
    yield from catalog.relations.values()
    yield from catalog.functions.values()
    yield from catalog.types.values()


def touched_subjects(before: State, after: State) -> Iterator[Subject]:
    """The objects that differ between two states of one line of replay."""
    for old, new in zip(_kinds(before.catalog), _kinds(after.catalog), strict=True):
        for oid in new.changed_since(old):
            if (subject := new.get(oid)) is not None:
                yield subject


def to_judge_again(touched: Iterable[Subject], old: Catalog, new: Catalog) -> Iterator[tuple[Subject, bool]]:
    """The touched objects of `new`, each with whether it, or something that it refers to, is another than in `old`.

    What rules say about any other object may be kept. They may look further than at what an object refers to;
    that is told when the whole project is analysed.
    """
    subjects = list(touched)
    other = {subject.oid for subject in subjects if not _is_same(subject, old)}
    around = {oid for changed in other for oid in new.dependents.get(changed) or ()}
    for subject in subjects:
        yield subject, subject.oid in other or subject.oid in around


def _is_same(subject: Subject, catalog: Catalog) -> bool:
    return any(kind.get(subject.oid) is subject for kind in _kinds(catalog))


def _kinds(catalog: Catalog) -> tuple[Layered[int, Any], ...]:
    return catalog.relations, catalog.functions, catalog.types


def _facts(replay: FileReplay) -> list[tuple[int, AnyFact]]:
    """Every fact of a file with its statement's index; those of blocks behind the block's own."""
    return [(index, fact) for index, step in enumerate(replay.steps) for fact, _, _ in _done(step)]
