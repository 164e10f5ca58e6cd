"""Running rules: on the facts of a file, on the file, and on objects of the catalog. One guard for all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

import attrs

from schemabot.analysis.history import FileReplay
from schemabot.analysis.ruleset import ActiveRule, RuleSet
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.state import At, State
from schemabot.facts.model import AnyFact
from schemabot.rulekit.context import ChangeContext, FileContext, ProjectView, StateContext
from schemabot.rulekit.directives import DirectiveUse
from schemabot.rulekit.finding import Finding
from schemabot.syntax.model import SyntaxIssue

T = TypeVar("T")

logger = logging.getLogger(__name__)


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
    facts: list[tuple[int, AnyFact]] | None = None
    for index, step in enumerate(replay.steps):
        state = step.before
        for number, fact in enumerate(step.extracted.facts):
            chosen = rules.change.get(type(fact), ())
            if migration.status != "pending":
                chosen = tuple(rule for rule in chosen if rule.rule.in_settled_files)
            if not chosen:
                continue
            if facts is None:
                facts = _facts(replay)
            done = step.outcome.parts[number]
            state = step.before if number == 0 else step.outcome.parts[number - 1].state
            extracted = step.extracted
            issue = None
            if extracted.error is not None and extracted.error_span is not None:
                issue = SyntaxIssue(extracted.error, extracted.error_span)
            for rule in chosen:
                context = ChangeContext(
                    rule=rule.id,
                    severity=rule.severity,
                    project=project,
                    before=state,
                    after=done.state,
                    at=At(replay.file.path, index),
                    problems=done.problems,
                    migration=migration,
                    file_start=replay.before,
                    facts=tuple(facts),
                    number=number,
                    syntax_issue=issue,
                    options=rule.options,
                )
                yield from failures.run(rule, partial(rule.rule.check, fact, context))


def file_findings(
    replay: FileReplay, rules: RuleSet, project: ProjectView, failures: Failures
) -> Iterator[Finding]:
    """What the file rules find; a file that only undoes another is no migration to them."""
    if replay.file.is_down:
        return
    facts = tuple(_facts(replay)) if rules.file else ()
    for rule in rules.file:
        context = _file_context(rule, replay.file.path, project, facts)
        yield from failures.run(rule, partial(rule.rule.check, context))


def directive_findings(
    uses: Iterable[DirectiveUse], path: str, rules: RuleSet, project: ProjectView, failures: Failures
) -> Iterator[Finding]:
    """What the rules about directives find, once it is known what each directive silenced."""
    for use in uses:
        for rule in rules.directive:
            context = _file_context(rule, path, project, ())
            yield from failures.run(rule, partial(rule.rule.check, use, context))


def _file_context(
    rule: ActiveRule, path: str, project: ProjectView, facts: tuple[tuple[int, AnyFact], ...]
) -> FileContext[object]:
    return FileContext(
        rule=rule.id,
        severity=rule.severity,
        project=project,
        migration=project.by_path[path],
        facts=facts,
        options=rule.options,
    )


def state_findings(
    subjects: Iterable[object], catalog: Catalog, rules: RuleSet, project: ProjectView, failures: Failures
) -> Iterator[Finding]:
    """What the state rules find in the given objects of the catalog."""
    contexts = {
        rule.id: StateContext(
            rule=rule.id, severity=rule.severity, project=project, catalog=catalog, options=rule.options
        )
        for chosen in rules.state.values()
        for rule in chosen
    }
    for subject in subjects:
        for rule in rules.state.get(type(subject), ()):
            context = contexts[rule.id]
            yield from failures.run(rule, partial(rule.rule.check, subject, context))


def all_subjects(catalog: Catalog) -> Iterator[object]:
    """Every object that a state rule may judge."""
    yield from catalog.relations.values()
    yield from catalog.functions.values()
    yield from catalog.types.values()


def touched_subjects(before: State, after: State) -> Iterator[object]:
    """The objects that differ between two states of one line of replay."""
    old, new = before.catalog, after.catalog
    yield from _changed(old.relations, new.relations)
    yield from _changed(old.functions, new.functions)
    yield from _changed(old.types, new.types)


def _changed(old: Layered[int, T], new: Layered[int, T]) -> Iterator[T]:
    for oid in new.changed_since(old):
        if (subject := new.get(oid)) is not None:
            yield subject


def _facts(replay: FileReplay) -> list[tuple[int, AnyFact]]:
    return [(index, fact) for index, step in enumerate(replay.steps) for fact in step.extracted.facts]
