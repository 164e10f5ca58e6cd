"""How a rule is written: one file, one decorated `check` function, everything else derived from the file.

The rule's id is the file's name, its category the folder's; the module's docstring is its documentation and
its examples (see `rulekit.documentation`); a frozen attrs class `Options` in the module declares its options.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import attrs

from schemabot.rulekit.documentation import Documentation, parse_documentation
from schemabot.rulekit.finding import Finding, Severity

if TYPE_CHECKING:
    from schemabot.rulekit.context import ChangeContext, StateContext

Kind = Literal["state", "change", "file"]
T = TypeVar("T")
StateCheck: TypeAlias = "Callable[[Any, StateContext[Any]], Iterable[Finding]]"
ChangeCheck: TypeAlias = "Callable[[Any, ChangeContext[Any]], Iterable[Finding]]"
FileCheck: TypeAlias = "Callable[..., Iterable[Finding]]"  # (FileContext) or (DirectiveUse, FileContext)


@attrs.frozen
class NoOptions:
    """The options of a rule that has none."""


def option(default: T, explanation: str) -> T:
    """A field of a rule's `Options`; `explanation` goes into its documentation and the settings' schema."""
    made: T = attrs.field(default=default, metadata={"explanation": explanation})
    return made


@attrs.frozen
class OptionInfo:
    """One option of a rule: its key in schemabot.toml, its default, what it means."""

    key: str
    default: Any
    explanation: str


@attrs.frozen(slots=False)
class Rule:
    """One rule. `subjects` are the object types (state) or fact types (change) that `check` is called with.

    `presets` are those that turn it on besides `all`. `needs_approval` lets an approval comment silence it
    and offers to write one. A change rule is silent in files that are applied or settled, unless
    `in_settled_files`. A `patient` state or file rule costs too much for a key: it
    is asked again when there is a pause.
    `subsumes` names rules that stay silent about an object that this one reported; if it
    reported a part of the object, about that part.
    """

    module: str
    kind: Kind
    severity: Severity
    check: Callable[..., Iterable[Finding]]
    subjects: tuple[type, ...] = ()
    aliases: tuple[str, ...] = ()
    presets: tuple[str, ...] = ("recommended", "schemabot")
    needs_approval: bool = False
    in_settled_files: bool = False
    patient: bool = False
    subsumes: tuple[str, ...] = ()
    options_type: type = NoOptions

    @cached_property
    def id(self) -> str:
        """The rule's id: its file's name in kebab-case."""
        return self.module.rpartition(".")[2].replace("_", "-")

    @cached_property
    def category(self) -> str:
        """The rule's category: its folder's name."""
        return self.module.split(".")[-2]

    @cached_property
    def documentation(self) -> Documentation:
        """The module's docstring, taken apart."""
        return parse_documentation(sys.modules[self.module].__doc__ or "")

    @property
    def summary(self) -> str:
        """The docstring's first sentence."""
        return self.documentation.summary

    @property
    def fixable(self) -> bool:
        """Whether the rule brings fixes: its documentation shows one."""
        return any(example.fixed for example in self.documentation.examples)

    @property
    def options(self) -> tuple[OptionInfo, ...]:
        """The options that schemabot.toml may set."""
        return tuple(
            OptionInfo(field.name.replace("_", "-"), field.default, field.metadata.get("explanation", ""))
            for field in attrs.fields(self.options_type)
        )

    @property
    def url(self) -> str:
        """Where editors lead for more: the project's page, whose table has the rule."""
        return f"https://pypi.org/project/schemabot-language-server/#{self.id}"


def _make(kind: Kind, function: Callable[..., Iterable[Finding]], **settings: Any) -> Rule:
    options = getattr(sys.modules[function.__module__], "Options", NoOptions)
    return Rule(module=function.__module__, kind=kind, check=function, options_type=options, **settings)


def state_rule(*subjects: type, severity: Severity, **settings: Any) -> Callable[[StateCheck], Rule]:
    """Make a rule that judges each object of the types `subjects` in the catalog at the history's head."""
    return lambda function: _make("state", function, subjects=subjects, severity=severity, **settings)


def change_rule(*subjects: type, severity: Severity, **settings: Any) -> Callable[[ChangeCheck], Rule]:
    """Make a rule that judges each fact of the types `subjects`, or each `Problem` of one, with the catalog before
    and after it."""
    return lambda function: _make("change", function, subjects=subjects, severity=severity, **settings)


def file_rule(*subjects: type, severity: Severity, **settings: Any) -> Callable[[FileCheck], Rule]:
    """Make a rule that judges each migration file: `check(context)`.

    With the subject `DirectiveUse` it judges each comment that speaks to SchemaBot, after all other rules:
    `check(use, context)`.
    """
    return lambda function: _make("file", function, subjects=subjects, severity=severity, **settings)
