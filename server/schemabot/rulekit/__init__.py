"""The public API for rule authors: everything a rule file needs to import."""

from schemabot.rulekit.context import (
    ChangeContext,
    FileContext,
    MigrationView,
    ProjectView,
    StateContext,
    qualified,
    search_path,
)
from schemabot.rulekit.directives import Directive, DirectiveUse
from schemabot.rulekit.finding import (
    Finding,
    Fix,
    InsertAfter,
    InsertBefore,
    Related,
    RenameFile,
    Replace,
    Severity,
    WriteWayBack,
)
from schemabot.rulekit.rule import NoOptions, Rule, change_rule, file_rule, option, state_rule
from schemabot.rulekit.sql import Style, fitting_name, literal, quote, quote_name, read_name

__all__ = [
    "ChangeContext",
    "Directive",
    "DirectiveUse",
    "FileContext",
    "Finding",
    "Fix",
    "InsertAfter",
    "InsertBefore",
    "MigrationView",
    "NoOptions",
    "ProjectView",
    "Related",
    "RenameFile",
    "Replace",
    "Rule",
    "Severity",
    "StateContext",
    "Style",
    "WriteWayBack",
    "change_rule",
    "file_rule",
    "fitting_name",
    "literal",
    "option",
    "qualified",
    "quote",
    "quote_name",
    "read_name",
    "search_path",
    "state_rule",
]  # fmt: skip
