"""A project's history and findings, as immutable values; nothing here does I/O."""

from schemabot.analysis.analysis import Analysis, Cancelled, Judged, analyse, retype
from schemabot.analysis.checks import Failures
from schemabot.analysis.fixes import ChangeSet, all_safe, apply_change, change_set
from schemabot.analysis.project import MigrationFile, Project
from schemabot.analysis.report import FileReport
from schemabot.analysis.ruleset import ActiveRule, OptionsError, RuleSet, select_rules

__all__ = [
    "ActiveRule", "Analysis", "Cancelled", "ChangeSet", "Failures", "FileReport", "Judged", "MigrationFile",
    "OptionsError", "Project", "RuleSet", "all_safe", "analyse", "apply_change", "change_set", "retype",
    "select_rules",
]  # fmt: skip
