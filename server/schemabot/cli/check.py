"""`schemabot check`: analyse migrations and print what was found."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from schemabot.analysis import Analysis
from schemabot.cli import formats
from schemabot.cli.baseline import only_new, write_baseline
from schemabot.cli.options import known_categories, known_rules, paths_argument, preset_override, rule_option
from schemabot.cli.output import print_error, print_hint, print_result, use_colour
from schemabot.cli.projects import Checked, check, load
from schemabot.cli.report import Report, make_report
from schemabot.cli.text_format import text_of
from schemabot.rulekit.finding import Severity
from schemabot.rulekit.registry import all_rules
from schemabot.workspace.loader import Selection

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": lambda report: text_of(report, use_colour()),
    "json": formats.json_text,
    "sarif": lambda report: formats.sarif_text(report, all_rules()),
    "github": formats.github_text,
}
LEVELS = [severity.value for severity in Severity]


@click.command("check")
@paths_argument
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--preset", metavar="NAME", help="The set of rules: recommended, schemabot, advisors, all.")
@rule_option
@click.option(
    "--category", "categories", multiple=True, metavar="NAME", help="Only this category. Repeatable."
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="warning",
    show_default=True,
    help="Exit with 1 for findings at or above this level.",
)
@click.option("--since", metavar="VERSION", help="Only migrations from this version on.")
@click.option("--changed-from", metavar="REF", help="Only migrations that differ from this commit or branch.")
@click.option("--baseline", metavar="FILE", help="Only findings that this file does not know.")
@click.option("--write-baseline", metavar="FILE", help="Record today's findings in this file.")
@click.option("--verbose", "-v", is_flag=True, help="Say on standard error why rules stay silent.")
def command(
    paths: tuple[str, ...],
    format_: str,
    preset: str | None,
    rules: tuple[str, ...],
    categories: tuple[str, ...],
    fail_on: str,
    since: str | None,
    changed_from: str | None,
    baseline: str | None,
    write_baseline: str | None,
    verbose: bool,
) -> int:
    """Check migrations: files, migration folders or project folders (default: the current one).

    Exit code 0: nothing at or above --fail-on. 1: findings. 2: the check itself failed.
    """
    if since is not None and not re.fullmatch(r"[0-9]+(?:[._][0-9]+)*", since):
        raise click.ClickException(
            f"--since needs a version, the digits a file's name starts with, not {since!r}"
        )
    selection = Selection(known_rules(rules), known_categories(categories), since, changed_from)
    projects = [check(loaded, anew=verbose) for loaded in load(paths, selection, preset_override(preset))]
    report = make_report(projects)
    if write_baseline is not None:
        record(write_baseline, report)
        return 2 if report.failed else 0
    if baseline is not None:
        report = only_new(baseline, report)
    print_result(FORMATS[format_](report))
    if verbose:
        _tell_why_silent(projects, narrowed=bool(rules or categories))
    failures = {rule: error for item in projects for rule, error in item.analysis.failures.by_rule.items()}
    for rule, error in failures.items():
        print_error(f"internal error in rule {rule} ({error}); the other rules went on")
    for message in report.failed:
        print_error(message)
    if format_ == "text":
        for hint in dict.fromkeys(item.loaded.hint for item in projects if item.loaded.hint):
            print_hint(hint)
    if report.failed or failures:
        return 2
    return 1 if report.at_or_above(Severity(fail_on)) else 0


def _tell_why_silent(projects: list[Checked], *, narrowed: bool) -> None:
    """Say of each project why rules may have nothing to say."""
    from schemabot.cli.silence import reasons

    for item in projects:
        if isinstance(item.analysis, Analysis):
            for line in reasons(item.loaded, item.analysis, narrowed=narrowed):
                print_error(line, bare=True)


def record(path: str, report: Report) -> None:
    """Write the baseline and say so."""
    write_baseline(path, report)
    for message in report.failed:
        print_error(message)
    print_result(f"Recorded {len(report.findings)} findings in {path}.")
