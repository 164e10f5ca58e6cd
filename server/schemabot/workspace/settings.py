"""Settings: the command line over schemabot.toml over the client's, as one `Settings` value.

Every mistake is reported at its place and left out; what is right around it still counts.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, get_args

import attrs
import cattrs
import msgspec
from cattrs.errors import ForbiddenExtraKeysError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from schemabot.analysis import OptionsError
from schemabot.analysis.ruleset import structure_options
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import (
    Ignore,
    Invariant,
    Level,
    Override,
    PlatformName,
    RuleSetting,
    Settings,
    Tenancy,
)
from schemabot.workspace.files import Unreadable, read_file
from schemabot.workspace.layouts import LAYOUT_NAMES
from schemabot.workspace.toml_places import Place, Step, place_of, syntax_place

PRESETS = ("recommended", "schemabot", "advisors", "all", "none")
_LEVELS: tuple[str, ...] = tuple(level for level in get_args(Level) if level != "default")
_VERSION = re.compile(r"[0-9]+(?:[._][0-9]+)*")
_RETRIES = 200  # each one takes a mistake out; a file with more of them is no settings file


class SettingsProblem(msgspec.Struct, frozen=True):
    """A mistake in a settings file. Line and columns are 0-based, columns in code points."""

    path: str
    message: str
    line: int
    column: int
    end_column: int


class LoadedSettings(msgspec.Struct, frozen=True):
    """The settings that hold, with the mistakes found in the file. `path` is None when there is no file."""

    settings: Settings
    problems: tuple[SettingsProblem, ...] = ()
    path: str | None = None


class _Mistake(msgspec.Struct, frozen=True):
    path: tuple[Step, ...]
    message: str


def load_settings(
    path: str | None,
    rules: Mapping[str, Rule],
    *,
    overrides: Mapping[str, Any] | None = None,
    detected: Mapping[str, Any] | None = None,
    client: Mapping[str, Any] | None = None,
    text: str | None = None,
) -> LoadedSettings:
    """Read and join all settings. `text` stands for the file's content when it is open in an editor.

    `overrides` (the command line's), `detected` (what the Supabase CLI's own settings say) and `client` have
    the shape of the file; they count in this order, with the file behind the first. Keys of the client that
    mean nothing here are its own business and ignored, and so are mistakes in what it sends.
    """
    from_file: dict[str, Any] = {}
    problems: tuple[SettingsProblem, ...] = ()
    if path is not None:
        try:
            file = read_file(path) if text is None else None
        except Unreadable as error:
            problems = (_problem(path, error.reason, Place(0, 0, 0)),)
        else:
            if file is not None and file.bad is not None:
                problems = (_problem(path, f"not valid TOML: {file.bad.message}", Place(0, 0, 0)),)
            else:
                from_file, problems = _read(path, file.text if file is not None else text or "", rules)
    known = {name: value for name, value in (client or {}).items() if name in _keys(Settings)}
    from_client, _ = _cleaned(known, rules)
    merged: Mapping[str, Any] = from_client
    for layer in (detected or {}, from_file, overrides or {}):
        merged = _merged(merged, layer)
    settings = _converter().structure(merged, Settings)
    settings = attrs.evolve(
        settings,
        ignore=tuple(entry for entry in settings.ignore if entry.rule),
        override=tuple(entry for entry in settings.override if entry.paths),
        invariant=tuple(entry for entry in settings.invariant if entry.name),
    )
    return LoadedSettings(settings, problems, path)


def known_presets(rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """Every name that `preset` may have."""
    return tuple(dict.fromkeys((*PRESETS, *(name for rule in rules.values() for name in rule.presets))))


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """`, did you mean ...?` for a misspelled name, or nothing."""
    close = difflib.get_close_matches(name, list(candidates), 1, 0.6)
    return f", did you mean {close[0]!r}?" if close else ""


def _read(
    path: str, text: str, rules: Mapping[str, Rule]
) -> tuple[dict[str, Any], tuple[SettingsProblem, ...]]:
    try:
        raw = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        message, place = syntax_place(text, str(error))
        return {}, (_problem(path, f"not valid TOML: {message[:1].lower()}{message[1:]}", place),)
    except (RecursionError, ValueError) as error:  # absurd nesting, a number of ten thousand digits
        return {}, (_problem(path, f"not valid TOML: {error}", Place(0, 0, 0)),)
    good, mistakes = _cleaned(raw, rules)
    found = [_problem(path, item.message, place_of(text, item.path)) for item in mistakes]
    return good, tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _problem(path: str, message: str, place: Place) -> SettingsProblem:
    return SettingsProblem(path, message, place.line, place.column, place.end_column)


def _cleaned(
    raw: Mapping[str, Any], rules: Mapping[str, Rule]
) -> tuple[dict[str, Any], tuple[_Mistake, ...]]:
    """The part of `raw` that is right, and what was wrong with the rest."""
    good: dict[str, Any] = _copied(raw)
    mistakes: list[_Mistake] = []
    for _ in range(_RETRIES):
        try:
            settings = _converter().structure(good, Settings)
        except cattrs.BaseValidationError as error:
            found = list(_mistakes(error, ()))
        else:
            found = list(_unknown_names(settings, rules))
            if not found:
                return good, tuple(mistakes)
        mistakes += found
        for item in found:
            _remove(good, item.path)
    return {}, tuple(mistakes)


def _copied(raw: Mapping[str, Any]) -> dict[str, Any]:
    def copy(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(name): copy(inner) for name, inner in value.items()}
        return [copy(inner) for inner in value] if isinstance(value, list) else value

    return {str(name): copy(value) for name, value in raw.items()}


def _remove(raw: dict[str, Any], path: tuple[Step, ...]) -> None:
    """Take the value at `path` out, or the smallest piece around it that can go."""
    if not path:
        raw.clear()
        return
    top = str(path[0])
    inner = raw.get(top)
    second = path[1] if len(path) > 1 else None
    if top in _NOTHING and isinstance(inner, list) and isinstance(second, int) and second < len(inner):
        inner[second] = _NOTHING[top]  # keeps the numbers of the others
    elif top in ("tenancy", "rules") and isinstance(inner, dict) and second in inner:
        del inner[second]
    else:
        raw.pop(top, None)


# What stands in for a broken list element: it speaks of no file and of no object.
_NOTHING: Mapping[str, Any] = {
    "ignore": {"rule": "", "object": "", "reason": ""},
    "override": {"paths": []},
    "invariant": {"name": ""},
}


def _merged(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """`high` over `low`; tables are joined key by key, everything else is replaced."""
    result = dict(low)
    for name, value in high.items():
        old = result.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[name] = _merged(old, value) if both else value  # type: ignore[arg-type]  # checked by `both`
    return result


def _unknown_names(settings: Settings, rules: Mapping[str, Rule]) -> Iterator[_Mistake]:
    """Names of rules and presets that do not exist, and options that do not fit."""
    if settings.preset not in known_presets(rules):
        names = ", ".join(known_presets(rules))
        yield _Mistake(("preset",), f"there is no preset {settings.preset!r}; known are {names}")
    yield from _unknown_rules(settings.rules, rules, ("rules",))
    for index, entry in enumerate(settings.override):
        yield from _unknown_rules(entry.rules, rules, ("override", index, "rules"))
    for index, ignore in enumerate(settings.ignore):
        if ignore.rule and ignore.rule not in rules:
            yield _Mistake(("ignore", index, "rule"), _no_rule(ignore.rule, rules))
        elif ignore.rule and not ignore.reason.strip():
            yield _Mistake(("ignore", index, "reason"), "a suppression needs a reason")
    for index, invariant in enumerate(settings.invariant):
        if invariant.name and (invariant.holds is None) == (invariant.violations is None):
            message = (
                "an invariant needs one of two queries: holds (it gives true) or violations (it gives no row)"
            )
            yield _Mistake(("invariant", index), message)


def _unknown_rules(
    chosen: Mapping[str, RuleSetting], rules: Mapping[str, Rule], at: tuple[Step, ...]
) -> Iterator[_Mistake]:
    for name, setting in chosen.items():
        if name not in rules:
            yield _Mistake((*at, name), _no_rule(name, rules))
            continue
        try:
            structure_options(rules[name], setting.options)
        except OptionsError as error:
            key = next((key for key in setting.options if key in str(error)), None)
            yield _Mistake((*at, name, *((key,) if key else ())), f"options of {error}")


def _no_rule(name: str, rules: Mapping[str, Rule]) -> str:
    return f"there is no rule {name!r}{suggestion(name, rules)}"


# -- structuring ------------------------------------------------------------------------------------------


@cache
def _converter() -> cattrs.Converter:
    """A converter that takes TOML's types as they are and kebab-case keys, and knows no others."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kind, word in ((str, "a string"), (int, "a whole number"), (bool, "true or false")):
        converter.register_structure_hook(kind, _strict(kind, word))
    converter.register_structure_hook_func(lambda t: t == tuple[str, ...], _strings)
    converter.register_structure_hook_func(lambda t: t == tuple[str, ...] | None, _strings)
    converter.register_structure_hook_func(lambda t: t == PlatformName | None, _platform)
    converter.register_structure_hook_func(lambda t: t == bool | None, _optional_bool)
    converter.register_structure_hook_func(lambda t: t == Mapping[str, RuleSetting], _rule_settings)
    for one in (Ignore, Tenancy, Override, Invariant, Settings):
        _register(converter, one)
    return converter


def _register(converter: cattrs.Converter, kind: Any) -> None:
    names: dict[str, Any] = {a.name: override(rename=_key(a.name)) for a in attrs.fields(kind)}
    if kind is Settings:
        names["baseline"] = override(rename="baseline", struct_hook=lambda value, _: _version(value))
        names["layout"] = override(rename="layout", struct_hook=lambda value, _: _layout(value))
    inner = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **names)

    def structure(value: Any, to: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError(f"must be a table, not {_described(value)}")
        return inner(value, to)

    converter.register_structure_hook(kind, structure)


def _strict(kind: type, word: str) -> Any:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"must be {word}, not {_described(value)}")
        return value

    return structure


def _optional_bool(value: Any, _: Any) -> bool | None:
    if value is not None and type(value) is not bool:
        raise ValueError(f"must be true or false, not {_described(value)}")
    return value


def _strings(value: Any, _: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"must be a list of strings, not {_described(value)}")
    return tuple(value)


def _version(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not (isinstance(value, str) and _VERSION.fullmatch(value)):
        raise ValueError(f"must be the version of a migration, its leading digits, not {_described(value)}")
    return value


def _layout(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"must be the name of a layout, not {_described(value)}")
    if value is not None and value not in LAYOUT_NAMES:
        known = ", ".join(LAYOUT_NAMES)
        raise ValueError(f"there is no layout {value!r}{suggestion(value, LAYOUT_NAMES)}; known are {known}")
    return value


def _platform(value: Any, _: Any) -> Any:
    if value is not None and value not in get_args(PlatformName):
        raise ValueError(f"must be {' or '.join(map(repr, get_args(PlatformName)))}, not {_described(value)}")
    return value


def _rule_settings(value: Any, to: Any) -> Mapping[str, RuleSetting]:
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a table of rules and levels, not {_described(value)}")
    result: dict[str, RuleSetting] = {}
    errors: list[Exception] = []
    for name, chosen in value.items():
        try:
            result[name] = _rule_setting(chosen)
        except ValueError as error:
            note = IterableValidationNote("in a table", name, RuleSetting)
            error.add_note(note)
            errors.append(error)
    if errors:
        # pyright takes the constructor for that of ExceptionGroup, cattrs adds the type
        raise cattrs.IterableValidationError("in a table of rules", errors, to)  # pyright: ignore[reportCallIssue]
    return result


def _rule_setting(value: Any) -> RuleSetting:
    """`"off"`, or a table of `level` and the rule's own options."""
    if isinstance(value, RuleSetting):
        return value
    if isinstance(value, str):
        value = {"level": value}
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a level ({', '.join(_LEVELS)}) or a table, not {_described(value)}")
    options = dict(value)
    level = options.pop("level", "default")
    if level not in (*_LEVELS, "default"):
        raise ValueError(f"there is no level {level!r}; known are {', '.join(_LEVELS)}")
    return RuleSetting(level, options)


def _described(value: Any) -> str:
    words = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return repr(value) if isinstance(value, str) else words.get(type(value), type(value).__name__)


def _key(name: str) -> str:
    return name.replace("_", "-")


@cache
def _keys(kind: Any) -> frozenset[str]:
    return frozenset(_key(a.name) for a in attrs.fields(kind))


def _mistakes(error: BaseException, path: tuple[Step, ...]) -> Iterator[_Mistake]:
    """Every single mistake in what cattrs raised, with its path in the file."""
    if isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            close = suggestion(name, _keys(error.cl))
            yield _Mistake((*path, name), f"there is no setting {name!r}{close}")
    elif isinstance(error, (cattrs.ClassValidationError, cattrs.IterableValidationError)):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            step = note.index if isinstance(note, IterableValidationNote) else _key(note.name)
            yield from _mistakes(inner, (*path, step))
        for inner in bare:
            yield from _mistakes(inner, path)
    elif isinstance(error, KeyError):
        yield _Mistake(path[:-1], f"{str(path[-1])!r} is missing")
    else:
        name = ".".join(str(step) for step in path if isinstance(step, str))
        yield _Mistake(path, f"{name}: {error}")
