"""How well a name fits the letters that are typed."""

from __future__ import annotations

import re
from functools import lru_cache

EXACT, PREFIX, WORD, INSIDE, SCATTERED = 3.0, 2.0, 1.2, 0.7, 0.2


@lru_cache(maxsize=64)
def _scattered(typed: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(letter) for letter in typed))


def match(name: str, typed: str) -> float | None:
    """How well `name` fits, higher is better; None where the letters are not in it in that order.

    Both are in small letters. The beginning of the name is best, then that of one of its words, then any place.
    """
    if not typed:
        return 0.0
    if name.startswith(typed):
        return EXACT if len(name) == len(typed) else PREFIX
    place = name.find(typed)
    if place > 0:
        return WORD if not name[place - 1].isalnum() else INSIDE
    if len(typed) > 1 and name[:1] == typed[:1] and _scattered(typed).match(name):
        return SCATTERED
    return None
