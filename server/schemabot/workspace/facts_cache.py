"""A cache on disk of what splitting, parsing and extraction gave for each file of a project.

One file per project, in the user's cache folder (or SCHEMABOT_CACHE_DIR): a magic line that names the
version of the extractor, then msgpack, which is data and nothing else. Measured with 1,000 files and 15,302
statements: extraction 0.92 s, decoding 0.05 s, done for each file when its facts are asked for.
A cache that is missing, broken, foreign or of another version is as good as none.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from schemabot.analysis.history import extract_statement
from schemabot.facts.model import Extracted
from schemabot.syntax.model import Comment, Statement
from schemabot.syntax.source import Source
from schemabot.workspace.files import write_bytes

SCHEMA = 1
"""Of this module's own file format."""

MAX_TOTAL = 256 * 1024 * 1024
"""Bytes of all projects together; the ones used longest ago go first."""

_MAX_FILE = MAX_TOTAL // 2


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """One file: `source` is msgpack of the parts of a `Source`, `facts` of each statement's `Extracted`."""

    source: bytes
    facts: bytes


_entries = msgspec.msgpack.Decoder(dict[bytes, _Entry])
_source = msgspec.msgpack.Decoder(tuple[tuple[Statement, ...], tuple[Comment, ...], tuple[int, ...]])
_facts = msgspec.msgpack.Decoder(tuple[Extracted, ...])
_encoded = msgspec.msgpack.Decoder(list[bytes | None])
_encoder = msgspec.msgpack.Encoder()
_BATCH = 20
_WORTH_SPLITTING = 300_000  # code points; a copy of the process costs about 20 ms


class FileFacts:
    """The facts of a source's statements, kept encoded: a project's facts are many times its text in memory.

    It is the `facts` of a `MigrationFile`. Safe to call from several threads.
    """

    __slots__ = ("_data", "_source", "helper")

    def __init__(self, source: Source, data: bytes | None = None) -> None:
        self._source = source
        self._data = data
        self.helper: Helper | None = None

    def __call__(self, source: Source) -> tuple[Extracted, ...] | None:
        """One `Extracted` for each statement: decoded, or extracted now and remembered.

        None for another source: the file was edited since.
        """
        if source is not self._source:
            return None
        if self.helper is not None:
            self.helper.bring(self)
        if self._data is not None:
            try:
                found = _facts.decode(self._data)
            except (msgspec.MsgspecError, RecursionError):
                found = ()
            if len(found) == len(self._source.statements):
                return found
        found = tuple(extract_statement(statement) for statement in self._source.statements)
        self._keep(found)
        return found

    def extract(self) -> bytes | None:
        """Extract now and remember; the encoded facts, None when they cannot be encoded."""
        self._keep(tuple(extract_statement(statement) for statement in self._source.statements))
        return self._data

    def remember(self, data: bytes | None) -> None:
        """Take facts that the helper has extracted from the same text; None if it could not."""
        self._data = data
        self.helper = None

    def _keep(self, found: tuple[Extracted, ...]) -> None:
        try:
            self._data = _encoder.encode(found)
        except (RecursionError, ValueError):  # nested beyond what can be encoded: extracted again every time
            self._data = None

    @property
    def size(self) -> int:
        """Code points of the text."""
        return len(self._source.text)

    @property
    def data(self) -> bytes | None:
        """The encoded facts; None until they were asked for."""
        return self._data


class Helper:
    """A copy of this process that extracts files in order, ahead of the one that replays them.

    Only for a process with one thread: others may hold locks that a copy would wait for forever. Measured with
    1,000 new files: extraction and replay 1.9 s one after the other, 1.2 s side by side.
    """

    def __init__(self, files: list[FileFacts]) -> None:
        context = multiprocessing.get_context("fork")
        self._waiting = deque(files)
        self._receiving, sending = context.Pipe(duplex=False)
        self._process = context.Process(target=_extract_into, args=(files, sending), daemon=True)
        self._process.start()
        sending.close()
        for facts in files:
            facts.helper = self

    def bring(self, wanted: FileFacts) -> None:
        """Receive results until those of `wanted` are here; none come when the copy has died."""
        while wanted.helper is self:
            try:
                batch = _encoded.decode(self._receiving.recv_bytes())
            except (EOFError, OSError, msgspec.MsgspecError):
                batch = [None] * len(self._waiting)
            for data in batch:
                facts = self._waiting.popleft()
                facts.remember(data)
        if not self._waiting:
            self._receiving.close()
            self._process.join()


def extract_ahead(files: Iterable[FileFacts]) -> None:
    """Let a second process extract what is not known yet, where that is worth it and possible."""
    missing = [facts for facts in files if facts.data is None]
    if sum(facts.size for facts in missing) < _WORTH_SPLITTING:
        return
    if "fork" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        return
    if (os.cpu_count() or 1) > 1 and threading.active_count() == 1:
        Helper(missing)


def _extract_into(files: list[FileFacts], sending: Connection) -> None:
    for facts in files:
        facts.helper = None
    for start in range(0, len(files), _BATCH):
        sending.send_bytes(_encoder.encode([facts.extract() for facts in files[start : start + _BATCH]]))
    sending.close()


class FactsCache:
    """The cache of one project. `load` and `save` do the I/O; neither ever raises for what is on disk."""

    def __init__(self, project: str) -> None:
        name = hashlib.sha256(os.fsencode(project)).hexdigest()[:32]
        folder = cache_folder()
        self._path = None if folder is None else folder / f"{name}.facts"
        self._known: dict[bytes, _Entry] = {}
        self._used: dict[bytes, tuple[Source, FileFacts]] = {}

    def load(self) -> None:
        """Read what an earlier run left."""
        if self._path is None:
            return
        try:
            if self._path.stat().st_size > _MAX_FILE:
                return
            content = self._path.read_bytes()
            head = _magic()
            if content.startswith(head):
                self._known = _entries.decode(memoryview(content)[len(head) :])
        except (OSError, msgspec.MsgspecError):
            self._known = {}

    def source(self, digest: bytes, text: str) -> tuple[Source, FileFacts]:
        """The source of a text with that digest, and its facts; both from the cache if it has them."""
        done = self._used.get(digest)
        if done is not None:
            return done
        entry = self._known.get(digest)
        source = None
        if entry is not None:
            try:
                parts = _source.decode(entry.source)
            except msgspec.MsgspecError:
                entry = None
            else:
                source = Source(text, *parts)
        if source is None:
            source = Source.of(text)
        result = source, FileFacts(source, entry.facts if entry is not None else None)
        self._used[digest] = result
        return result

    def save(self) -> None:
        """Write what this run used, if it is more than what was read."""
        if self._path is None or self._used.keys() <= self._known.keys():
            return
        entries = dict(self._entries())
        if entries.keys() <= self._known.keys():
            return
        content = _magic() + _encoder.encode(entries)
        if len(content) > _MAX_FILE:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(str(self._path), content)
            forget_oldest(self._path.parent)
        except OSError:  # a full or read-only disk: the next run is slower, that is all
            return

    def _entries(self) -> Iterator[tuple[bytes, _Entry]]:
        for digest, (source, facts) in self._used.items():
            if facts.data is None:
                continue
            known = self._known.get(digest)
            parts = (source.statements, source.comments, source.unsure)
            yield digest, _Entry(_encoder.encode(parts) if known is None else known.source, facts.data)


def digest_of(text: str) -> bytes:
    """What names a text in the cache."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def cache_folder() -> Path | None:
    """Where the caches lie; None when SCHEMABOT_CACHE_DIR is set to nothing, which turns them off."""
    named = os.environ.get("SCHEMABOT_CACHE_DIR")
    if named is not None:
        return Path(named) / "facts" if named else None
    from platformdirs import user_cache_path  # 16 ms that a set variable saves

    return user_cache_path("schemabot", appauthor=False) / "facts"


@cache
def _magic() -> bytes:
    """The first line of a cache file: everything that decides what extraction gives."""
    digest = hashlib.blake2b(digest_size=16)
    for path in _extractor_files():
        digest.update(path.read_bytes())
    digest.update(_pglast_version().encode())
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"schemabot facts {SCHEMA} {version} {msgspec.__version__} {digest.hexdigest()}\n".encode()


def _extractor_files() -> Iterable[Path]:
    package = Path(__file__).parent.parent
    yield package / "text.py"
    for folder in ("syntax", "facts"):
        yield from sorted((package / folder).rglob("*.py"))
    yield package / "analysis" / "history.py"


def _pglast_version() -> str:
    """The installed pglast's version, from its metadata folder's name (importlib.metadata costs 46 ms)."""
    spec = find_spec("pglast")
    if spec is None or spec.origin is None:
        return ""
    site = Path(spec.origin).parent.parent
    return " ".join(sorted(path.name for path in site.glob("pglast-*.dist-info")))


def forget_oldest(folder: Path) -> None:
    found = sorted(((info.st_mtime, info.st_size, path) for path, info in _stats(folder)), reverse=True)
    total = 0
    for _, size, path in found:
        total += size
        if total > MAX_TOTAL:
            path.unlink(missing_ok=True)


def _stats(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob("*.*"):
        try:
            yield path, path.stat()
        except FileNotFoundError:  # another process was quicker
            continue
