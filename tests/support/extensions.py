"""Stand-ins for extensions that the embedded server lacks: right names and types, results of no meaning.

They are installed beside the server, not into it, by `extension_control_path` (new in PostgreSQL 18). A file
`stand_ins/NAME.sql` is the script of the extension NAME; a first line `-- control: ...` is added to its
control file. What pg_net brings stands in a section of the platform's SQL, because a Supabase project has it from
the beginning, and is taken from there; on that platform the section was run before, and the extension adds nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

STAND_INS = Path(__file__).with_name("stand_ins")

_SECTION = re.compile(
    r"^-- brought by extension (?P<name>[\w-]+)\n(?P<text>.*?)(?=^-- (?:brought by|end of))", re.M | re.S
)
_CONTROL = re.compile(r"\A-- control: (.*)\n")


def write_extensions(folder: Path, platform: Path) -> None:
    """Write control and script files into `folder`, which must be named `extension`."""
    folder.mkdir(parents=True)
    for script in sorted(STAND_INS.glob("*.sql")):
        _write(folder, script.stem, script.read_text("utf-8"))
    for section in _SECTION.finditer((platform / "supabase.sql").read_text("utf-8")):
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
