"""Names for the texts of migrations, so that a file can be compared with what a database says has run.

Each begins with how it was made, because tools record different things: Prisma a SHA-256 of the file, sqlx a SHA-384, the
Supabase CLI the statements themselves.
"""

from __future__ import annotations

import hashlib
import re

_FILLING = re.compile(r"--[^\r\n]*|/\*.*?\*/|[\s;]+", re.S)
_HOW = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


def words_of(text: str) -> str:
    """The name of a text without comments, blanks and semicolons: tools that split a file lose or move these.

    It does not look for quotes, so a literal may lose something too; that happens to both texts that are compared.
    """
    return (
        "words:"
        + hashlib.blake2b(_FILLING.sub("", text).encode("utf-8", "replace"), digest_size=16).hexdigest()
    )


def is_text_of(name: str, content: bytes) -> bool | None:
    """Whether a file has the text of that name, whatever its line ends are; None for a name that says nothing."""
    how = name.partition(":")[0]
    if how == "words":
        return words_of(content.decode("utf-8", "replace")) == name
    if how not in _HOW:
        return None
    unix = content.replace(b"\r\n", b"\n")
    return any(
        f"{how}:{_HOW[how](text).hexdigest()}" == name
        for text in (content, unix, unix.replace(b"\n", b"\r\n"))
    )
