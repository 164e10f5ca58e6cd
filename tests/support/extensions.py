"""Stand-ins for extensions that the embedded server lacks: right names and types, results of no meaning.

They are installed beside the server, not into it, by `extension_control_path` (new in PostgreSQL 18). A file
`stand_ins/NAME.sql` is the script of the extension NAME; a first line `-- control: ...` is added to its control
file. What a Supabase project has from the beginning stands in the platform's SQL and is taken from there.
"""

from __future__ import annotations

import re
from pathlib import Path

STAND_INS = Path(__file__).with_name("stand_ins")

_SECTION = re.compile(r"^-- brought by extension (?P<name>[\w-]+)\n(?P<text>.*?)(?=^-- (?:brought by|end of))", re.M | re.S)
_OWN_SCHEMA = re.compile(r"\Acreate schema if not exists (\w+);\n")
_CONTROL = re.compile(r"\A-- control: (.*)\n")


def write_extensions(folder: Path, platform: Path) -> None:
    """Write control and script files into `folder`, which must be named `extension`."""
    folder.mkdir(parents=True)
    for script in sorted(STAND_INS.glob("*.sql")):
        _write(folder, script.stem, script.read_text("utf-8"))
    for section in _SECTION.finditer((platform / "supabase.sql").read_text("utf-8")):
        _write(folder, section["name"], _as_script(section["name"], section["text"]))


def _as_script(name: str, text: str) -> str:
    if name == "pg_net":
        # The platform has its schema without the extension, which a project may still create.
        return f"do $do$ begin if to_regnamespace('net') is null then execute $net$ {text} $net$; end if; end $do$;"
    schema = _OWN_SCHEMA.match(text)
    if schema is not None:
        return f"-- control: relocatable = false, schema = '{schema[1]}'\n{text[schema.end() :]}"
    return text.replace("create or replace function extensions.", "create function ")


def _write(folder: Path, name: str, text: str) -> None:
    control = _CONTROL.match(text)
    options = [option.strip() for option in control[1].split(",")] if control else ["relocatable = true"]
    lines = ["default_version = '1.0'", "trusted = true", *options]
    (folder / f"{name}.control").write_text("\n".join(lines) + "\n")
    (folder / f"{name}--1.0.sql").write_text(text)
