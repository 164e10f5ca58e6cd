"""What a project's runner does with a migration file, as far as rules need to know: data of its layout.

Each family of layouts says it where it is read (`workspace.layouts`). What is None is not known, and rules that would
have to know are silent.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Runner(msgspec.Struct, frozen=True):
    """How migrations of one family of layouts are named and run.

    `title` names the runner in messages, as the subject of a sentence.

    `hand_named`: people choose the names of the files, which begin with the version. `stamps`: the runner's own
    command begins them with a time, YYYYMMDDHHMMSS.

    `by_version`: files run in the order of their versions. `unique`: no two may have the same one; None where that
    is not known. `late` says what happens to a file that appears before one that has run.

    `transaction`: `explicit` when the runner sends BEGIN before the file and COMMIT behind it, `implicit` when it
    sends the file as one piece, which PostgreSQL makes one transaction, None when that is not known.
    `inner_commit` says what a COMMIT in the file leads to. `no_transaction` is a pattern for the comment that asks
    the runner to send none.

    `psql`: whether psql runs the files. `first_line` is a pattern for a comment that has to stay the first line.
    """

    title: str = "the runner"
    hand_named: bool = False
    stamps: bool = False
    by_version: bool = False
    unique: bool | None = None
    late: str = ""
    transaction: Literal["explicit", "implicit"] | None = None
    inner_commit: str = ""
    no_transaction: str | None = None
    psql: bool | None = None
    first_line: str | None = None
