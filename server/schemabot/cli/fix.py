"""`schemabot fix`: apply the fixes that are right without a look, until none is left."""

from __future__ import annotations

from collections import Counter

import click

from schemabot.cli.fixing import Fixed, fix_project, unified, write
from schemabot.cli.options import known_rules, paths_argument, rule_option
from schemabot.cli.output import print_error, print_result
from schemabot.cli.projects import load, shown_path
from schemabot.cli.text_format import counted
from schemabot.rulekit.finding import Severity
from schemabot.workspace.loader import Selection


@click.command("fix")
@paths_argument
@click.option("--diff", is_flag=True, help="Print what would change as a unified diff, and write nothing.")
@rule_option
def command(paths: tuple[str, ...], diff: bool, rules: tuple[str, ...]) -> int:
    """Apply the safe fixes to migrations: files, migration folders or project folders.

    Migrations that are applied, or unchanged on the default branch of git, are never edited: their fixes go
    into a new migration. Exit code 0: done. 1: with --diff, there is something to fix. 2: failed.
    """
    selection = Selection(rules=known_rules(rules))
    results = [fix_project(loaded) for loaded in load(paths, selection)]
    failed = [f"{shown_path(e.path)}: {e.reason}" for r in results for e in r.loaded.unreadable if e.failed]
    for message in failed:
        print_error(message)
    changed = any(result.changes for result in results)
    if diff:
        if changed:
            print_result("".join(unified(change) for result in results for change in result.changes))
        print_error(_summary(results, would=True), bare=True)
        return 2 if failed else int(changed)
    for result in results:
        write(result)
    for result in results:
        for change in result.changes:
            print_result(f"{change.verb} {shown_path(change.new_path)}")
    print_result(_summary(results, would=False))
    return 2 if failed else 0


def _summary(results: list[Fixed], *, would: bool) -> str:
    fixed: Counter[str] = Counter()
    remaining: Counter[Severity] = Counter()
    for result in results:
        fixed += result.fixed
        remaining += Counter(finding.severity for finding in result.remaining)
    parts = []
    if fixed:
        by_rule = ", ".join(f"{rule} {count}" for rule, count in sorted(fixed.items()))
        parts.append(f"{'Would fix' if would else 'Fixed'} {fixed.total()} ({by_rule}).")
    else:
        parts.append("Nothing to fix.")
    left = ", ".join(counted(remaining[level], level) for level in Severity if remaining[level])
    parts.append(f"What remains needs a look: {left}." if left else "No findings remain.")
    return " ".join(parts)
