"""Writing: results to standard output, messages to standard error, and colour only for people."""

from __future__ import annotations

import os
import sys

import click


def print_result(text: str) -> None:
    """Write the result of a command, with a line end behind it, to standard output.

    A reader that went away early (`schemabot check | head`) is no error: what it did not read is dropped.
    """
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()


def print_error(message: str, *, bare: bool = False) -> None:
    """Write one message to standard error, as `schemabot: message` unless `bare`."""
    try:
        sys.stderr.write(plain(message if bare else f"schemabot: {message}") + "\n")
        sys.stderr.flush()
    except OSError:  # nobody to tell
        return


def print_hint(message: str) -> None:
    """Write a hint that belongs to no file to standard error, so that results stay clean."""
    print_error(f"hint: {message}", bare=True)


def write_quietly() -> None:
    """Flush what is left without complaint, so that the interpreter's own flush at exit says nothing."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _discard_output()


def use_colour() -> bool:
    """Whether to colour the result: only a terminal that wants it (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def styled(text: str, colour: bool, **style: object) -> str:
    """The text in a style, if there is colour."""
    return click.style(text, **style) if colour else text  # type: ignore[arg-type]  # click's own keywords


def plain(text: str) -> str:
    """Text from files and names with control characters made visible: a terminal must not obey them."""
    if text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char.isprintable() or char in "\n\t":
        return char
    code = ord(char)
    if code < 32:
        return chr(0x2400 + code)  # the Unicode block "Control Pictures"
    return (
        "\ufffd" if code < 0xA0 or 0xD800 <= code < 0xE000 else (f"\\u{code:04x}" if _is_bidi(code) else char)
    )


def _is_bidi(code: int) -> bool:
    """Characters that reorder what is read (Unicode UAX #9), which hide code from a reviewer."""
    return 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or code in (0x200E, 0x200F)


def _discard_output() -> None:
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
