"""Sqitch: the plan says the order; deploy scripts are the history, revert scripts undo it, verify scripts only look.

Source: sqitch manual, `sqitchchanges` and `App::Sqitch::Plan` (syntax of sqitch.plan), `App::Sqitch::Plan::Change`
(`_build_path_segments`: an earlier instance of a reworked change lies in `name@tag.sql`), `sqitch-config`.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.workspace.layouts.model import Entry, Family, Folder, Listing, shown, text_of

CONFIG = "sqitch.conf"
PLAN = "sqitch.plan"

_SECTION = re.compile(r"\[\s*([\w-]+)(?:\s+\"([^\"]*)\")?\s*\]")
_SETTING = re.compile(r"([\w-]+)\s*=\s*(.*)")
_CHANGE = re.compile(r"([+-]?)\s*([^\s\[\]@#:~^/=%+-][^\s\[\]#:~^]*|[^\s\[\]@#:~^]+)(?=\s|\Z)")


class Config(msgspec.Struct, frozen=True):
    """What sqitch.conf says of the files. Paths are relative to its folder."""

    engine: str | None = None
    top_dir: str = "."
    plan_file: str | None = None
    deploy_dir: str | None = None
    revert_dir: str | None = None
    extension: str = "sql"

    @property
    def plan(self) -> str:
        """The path of the plan."""
        return self.plan_file or _joined(self.top_dir, PLAN)

    @property
    def deploy(self) -> str:
        """The folder of the scripts that make changes."""
        return self.deploy_dir or _joined(self.top_dir, "deploy")

    @property
    def revert(self) -> str:
        """The folder of the scripts that undo them."""
        return self.revert_dir or _joined(self.top_dir, "revert")


def read_config(folder: Path) -> Config:
    """The configuration in a folder; the defaults where it says nothing."""
    values: dict[str, str] = {}
    section = ""
    for line in (text_of(folder / CONFIG) or "").splitlines():
        said = re.split(r"\s[#;]|^[#;]", line.strip(), maxsplit=1)[0].strip()
        if found := _SECTION.fullmatch(said):
            section = found[1].lower() + (f".{found[2]}" if found[2] else "")
        elif found := _SETTING.fullmatch(said):
            values[f"{section}.{found[1].lower()}"] = found[2].strip().strip('"')
    engine = values.get("core.engine")

    def value(name: str) -> str | None:
        return values.get(f"engine.{engine}.{name}") or values.get(f"core.{name}")

    return Config(
        engine,
        value("top_dir") or ".",
        value("plan_file"),
        value("deploy_dir"),
        value("revert_dir"),
        value("extension") or "sql",
    )


def plan_changes(text: str) -> list[tuple[str, list[str]]]:
    """The changes of a plan in order, each with the tags that stand between it and its next rework."""
    changes: list[tuple[str, list[str]]] = []
    tags: list[tuple[int, str]] = []
    for line in text.splitlines():
        words = line.strip()
        if not words or words[0] in "%#":
            continue
        if words[0] == "@":
            tags.append((len(changes), words[1:].split(None, 1)[0]))
            continue
        if found := _CHANGE.match(words):
            changes.append((found[2], []))
    for index, (name, rework_tags) in enumerate(changes):
        later = next((i for i in range(index + 1, len(changes)) if changes[i][0] == name), None)
        if later is not None:
            rework_tags += [tag for at, tag in tags if index < at <= later]
    return changes


def _read(folder: Folder) -> Listing:
    config = read_config(folder.path)
    downs: list[Entry] = []
    history: list[Entry] = []
    missing: list[str] = []
    for name, tags in plan_changes(folder.text(config.plan) or ""):
        candidates = [f"{name}@{tag}" for tag in tags] or [name]
        found = next(
            (c for c in candidates if folder.has(_joined(config.deploy, f"{c}.{config.extension}"))), None
        )
        if found is None:
            missing.append(candidates[0])
            continue
        history.append(Entry(_joined(config.deploy, f"{found}.{config.extension}"), found, found))
        back = _joined(config.revert, f"{found}.{config.extension}")
        if folder.has(back):
            downs.append(Entry(back, found, found))
    notes = (f"{config.plan} names changes without a deploy script: {shown(missing)}",) if missing else ()
    return Listing(tuple(history), tuple(downs), notes, (config.plan, CONFIG))


def _joined(folder: str, name: str) -> str:
    return name if folder in (".", "./", "") else f"{folder.removeprefix('./').rstrip('/')}/{name}"


def _naming(folder: Path) -> Naming:
    config = read_config(folder)
    return Naming(
        str(folder),
        f"{config.deploy}/{{slug}}.{config.extension}",
        text="-- Sqitch runs this file only when sqitch.plan names it (`sqitch add {slug}` adds a line).\n{sql}\n",
        numbering="name",
    )


# Sqitch runs its scripts through psql; their templates bring BEGIN and COMMIT (`sqitchtutorial`).
_RUNNER = Runner(title="Sqitch", psql=True)

SQITCH = (Family("sqitch", "Sqitch", _read, None, _naming, _RUNNER),)
