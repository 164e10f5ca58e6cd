"""Reading SQL files whatever is in them, and writing them so that no crash can leave half a file."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Literal

import msgspec

MAX_SIZE = 16 * 1024 * 1024
"""Bytes. Above this a file is data, not a migration somebody writes by hand; it is named and skipped."""

_BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BINARY_PROBE = 8192


class Unreadable(Exception):  # noqa: N818  # says what is the case, like Cancelled
    """A file that cannot be read; `failed` when the system refused, not when it is merely no SQL file."""

    def __init__(self, path: str, reason: str, *, failed: bool = False) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.failed = failed


class Stamp(msgspec.Struct, frozen=True):
    """What tells a changed file from an unchanged one without reading it."""

    mtime_ns: int
    size: int


class BadBytes(msgspec.Struct, frozen=True):
    """Where a file stops being UTF-8: byte offset, and the code point offset of the replacement character."""

    byte: int
    offset: int
    kind: Literal["undecodable", "utf-16", "binary"] = "undecodable"

    @property
    def message(self) -> str:
        """What to tell the user."""
        if self.kind == "binary":
            return f"not a text file: byte {self.byte} is NUL"
        if self.kind == "utf-16":
            return "the file is UTF-16, which PostgreSQL does not read: save it as UTF-8"
        return f"not valid UTF-8 at byte {self.byte}: save the file as UTF-8, nothing else is read"


class FileText(msgspec.Struct, frozen=True):
    """A file as read. `text` has no byte order mark and keeps its line ends; bytes that are not UTF-8 became
    U+FFFD, and then `bad` says where the first one is. `data` are the bytes on disk."""

    path: str
    text: str
    data: bytes
    stamp: Stamp
    bad: BadBytes | None = None

    @property
    def has_bom(self) -> bool:
        """Whether the file starts with a byte order mark, which `write_text` has to put back."""
        return self.data.startswith(_BOM)


def read_file(path: str) -> FileText:
    """Read a file. Raises `Unreadable`."""
    data, stamp = read_bytes(path)
    return decode(path, data, stamp)


def read_bytes(path: str) -> tuple[bytes, Stamp]:
    """The bytes of a regular file, without ever waiting for a pipe or device. Raises `Unreadable`."""
    try:
        # O_NONBLOCK: opening a FIFO without a writer would otherwise wait forever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _refused(path, error) from None
    try:
        info = os.fstat(descriptor)
        if stat.S_ISDIR(info.st_mode):
            raise Unreadable(path, "is a folder, not a file")
        if not stat.S_ISREG(info.st_mode):
            raise Unreadable(path, "is not a regular file")
        if info.st_size > MAX_SIZE:
            raise Unreadable(path, f"is larger than {MAX_SIZE // 2**20} MB and was skipped")
        data = os.read(descriptor, info.st_size + 1)
        if len(data) != info.st_size:  # it changes while we read, or the read was cut short
            with os.fdopen(os.dup(descriptor), "rb") as stream:
                data += stream.read(MAX_SIZE - len(data) + 1)
            if len(data) > MAX_SIZE:
                raise Unreadable(path, f"is larger than {MAX_SIZE // 2**20} MB and was skipped")
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        os.close(descriptor)
    return data, Stamp(info.st_mtime_ns, info.st_size)


def decode(path: str, data: bytes, stamp: Stamp) -> FileText:
    """The text of a file's bytes."""
    body = data[len(_BOM) :] if data.startswith(_BOM) else data
    skipped = len(data) - len(body)
    zero = body.find(b"\0", 0, _BINARY_PROBE)
    if zero >= 0:
        kind: Literal["utf-16", "binary"] = "utf-16" if data.startswith(_UTF16_MARKS) else "binary"
        return FileText(path, "", data, stamp, BadBytes(zero + skipped, 0, kind))
    try:
        return FileText(path, body.decode(), data, stamp)
    except UnicodeDecodeError as error:
        offset = len(body[: error.start].decode())
        return FileText(
            path, body.decode(errors="replace"), data, stamp, BadBytes(error.start + skipped, offset)
        )


def write_text(path: str, text: str, *, bom: bool = False) -> None:
    """Replace a file's content in one step, or make the file; line ends are written as they are in `text`.

    Mode and, as far as the system allows it, owner stay; a symbolic link stays a link. Raises `OSError`.
    """
    write_bytes(path, (_BOM if bom else b"") + text.encode())


def write_bytes(path: str, data: bytes, *, private: bool = False) -> None:
    """The same for bytes. A `private` file is for its owner alone."""
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{name[:100]}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if not private:  # as it is made, nobody else may read it
            _keep_attributes(target, temporary)
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file as it is now; None when there is none."""
    try:
        info = Path(path).stat()
    except OSError:
        return None
    return Stamp(info.st_mtime_ns, info.st_size)


def _keep_attributes(target: str, temporary: str) -> None:
    try:
        old = Path(target).stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        return
    Path(temporary).chmod(stat.S_IMODE(old.st_mode))
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(temporary, old.st_uid, old.st_gid)


def _refused(path: str, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        dangling = Path(path).is_symlink()
        return Unreadable(
            path, "is a symbolic link to nothing" if dangling else "does not exist", failed=True
        )
    if isinstance(error, IsADirectoryError) or Path(path).is_dir():
        return Unreadable(path, "is a folder, not a file")
    return Unreadable(path, f"cannot be read: {error.strerror or error}", failed=True)
