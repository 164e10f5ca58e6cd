"""Versions of migrations: what orders them, which comes next, and which are points in time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

_STAMP = "%Y%m%d%H%M%S"
_STAMP_DIGITS = 14
_DAY_DIGITS = 8
_NUMBER = re.compile(r"[0-9]+")
_NUMBERS = re.compile(r"[0-9]+(?:[._][0-9]+)*")


def dotted_key(version: str) -> tuple[int, ...]:
    """What orders versions of numbers between dots, underscores or dashes; zeros at the end do not count."""
    numbers = [int(piece) for piece in _NUMBER.findall(version)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def is_number(version: str) -> bool:
    """Whether a version is digits, or groups of digits between dots or underscores."""
    return _NUMBERS.fullmatch(version) is not None


def next_version(versions: Iterable[str], today: date | None) -> str:
    """A version of digits behind every other: today's, or that of a point in time, for time stamps, the next number
    for numbers."""
    newest = max(versions, key=lambda v: (int(v), v), default=None)
    if newest is not None and len(newest) != _STAMP_DIGITS:
        return str(int(newest) + 1).zfill(len(newest))
    moment = _STAMP if isinstance(today, datetime) else "%Y%m%d000000"
    stamp = today.strftime(moment) if today else "20000101000000"
    if newest is None or newest < stamp:
        return stamp
    try:
        return (datetime.strptime(newest, _STAMP) + timedelta(seconds=1)).strftime(_STAMP)  # noqa: DTZ007  # no zone
    except ValueError:  # fourteen digits that are no time
        return str(int(newest) + 1)


def has_form_of_time(version: str) -> bool:
    """Whether a version has the digits of a day of this century, with or without a time of day."""
    return (
        version.isascii()
        and version.isdigit()
        and len(version) in (_DAY_DIGITS, _STAMP_DIGITS)
        and version.startswith("20")
    )


def day_of(version: str) -> date | None:
    """The day of a version that is a time stamp; None when it is none, or no day of the calendar."""
    if not has_form_of_time(version):
        return None
    try:
        return date(int(version[:4]), int(version[4:6]), int(version[6:8]))
    except ValueError:
        return None


def is_time(version: str) -> bool:
    """Whether a version of fourteen digits is a time that a clock can show."""
    if len(version) != _STAMP_DIGITS or day_of(version) is None:
        return False
    return int(version[8:10]) < 24 and int(version[10:12]) < 60 and int(version[12:]) < 60
