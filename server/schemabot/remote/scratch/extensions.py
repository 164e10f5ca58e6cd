"""Stand-ins for extensions that the embedded server lacks: right names and types, results of no meaning.

They are installed beside the server, not into it, by `extension_control_path` (new in PostgreSQL 18). A file
`stand_ins/NAME.sql` is the script of the extension NAME; a first line `-- control: ...` is added to its
control file. What pg_net brings stands in a section of the platform's SQL, because a Supabase project has it from
the beginning, and is taken from there; on that platform the section was run before, and the extension adds nothing.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from schemabot.catalog.platform import platform_text

_SECTION = re.compile(
    r"^-- brought by extension (?P<name>[\w-]+)\n(?P<text>.*?)(?=^-- (?:brought by|end of))", re.M | re.S
)
_CONTROL = re.compile(r"\A-- control: (.*)\n")


def stand_ins() -> dict[str, str]:
    """The script of each stand-in by the name of its extension."""
    folder = files("schemabot.remote.scratch").joinpath("stand_ins")
    return {
        found.name.removesuffix(".sql"): found.read_text("utf-8")
        for found in sorted(folder.iterdir(), key=lambda file: file.name)
        if found.name.endswith(".sql")
    }


def write_extensions(folder: Path) -> None:
    """Write control and script files into `folder`, which must be named `extension`."""
    folder.mkdir(parents=True)
    for name, script in stand_ins().items():
        _write(folder, name, script)
    for section in _SECTION.finditer(platform_text("supabase.sql")):
        _write(folder, section["name"], _as_script(section["text"]))


def _as_script(text: str) -> str:
    return (
        "-- control: relocatable = false\n"
        "do $do$ begin\nif to_regnamespace('net') is null then\n"
        f"execute $section$\ncreate schema net;\n{text}\n$section$;\nend if;\nend $do$;\n"
    )


def _write(folder: Path, name: str, text: str) -> None:
    control = _CONTROL.match(text)
    options = [option.strip() for option in control[1].split(",")] if control else ["relocatable = true"]
    lines = ["default_version = '1.0'", "trusted = true", *options]
    (folder / f"{name}.control").write_text("\n".join(lines) + "\n")
    (folder / f"{name}--1.0.sql").write_text(text)
