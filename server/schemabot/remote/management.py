"""A hosted Supabase project, asked through the Management API's endpoint for read-only queries.

`POST /v1/projects/{ref}/database/query/read-only` runs a text of SQL as a role that may only read, and answers with the
rows of its last statement that gave any, as JSON objects (Management API reference; the rows of postgres-meta). The text is
one implicit transaction, so `set local` holds for all of it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import attrs
import httpx

import schemabot
from schemabot.remote.asking import PATIENCE_SECONDS
from schemabot.remote.errors import RemoteError
from schemabot.remote.redaction import redacted

API = "https://api.supabase.com"
API_VARIABLE = "SCHEMABOT_SUPABASE_API"
"""Where the API is, for those who reach it through a gateway of their own; from the environment only."""

LONGEST_WAIT = 60.0
"""Seconds that may be asked for with Retry-After, all together; longer than that nobody watches."""

_TRIES = 4
_MOST_BYTES = 512 * 1024 * 1024
_BEFORE = (
    "set local search_path to ''; set local statement_timeout to 30000; set local lock_timeout to 2000; "
)
_REF = re.compile(r"[a-z0-9]{8,40}")
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


@attrs.frozen
class _Answer:
    """What came back; `error` where nothing whole did."""

    status: int
    body: bytes
    retry_after: str | None = None
    error: str | None = None


class ManagementAsker:
    """Asks a project over HTTPS; every query is a request of its own."""

    def __init__(self, client: httpx.Client, ref: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._path = f"/v1/projects/{ref}/database/query/read-only"
        self._sleep = sleep
        self._waited = 0.0

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of one query, its columns in order; they must have different names."""
        answer = self._patiently({"query": _BEFORE + query})
        if answer.error is not None:
            raise RemoteError(f"Supabase's API did not answer: {redacted(answer.error)}")
        if answer.status not in (200, 201):
            raise _refusal(answer)
        return _rows(answer.body)

    def _patiently(self, question: Mapping[str, str]) -> _Answer:
        """The answer, asked for again where that may help."""
        answer = self._once(question)
        for attempt in range(1, _TRIES):
            seconds = _pause(answer, attempt)
            if seconds is None or self._waited + seconds > LONGEST_WAIT:
                break
            self._waited += seconds
            self._sleep(seconds)
            answer = self._once(question)
        return answer

    def _once(self, question: Mapping[str, str]) -> _Answer:
        begin = time.monotonic()
        body = bytearray()
        try:
            with self._client.stream("POST", self._path, json=question) as response:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        return _Answer(0, b"", error="its answer is larger than 512 MB")
                    if time.monotonic() - begin > PATIENCE_SECONDS:
                        return _Answer(0, b"", error=f"no whole answer within {PATIENCE_SECONDS:.0f} s")
        except httpx.TimeoutException:
            return _Answer(0, b"", error=f"no answer within {PATIENCE_SECONDS:.0f} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _Answer(0, b"", error=str(error) or type(error).__name__)
        if response.status_code in (200, 201) and not _is_whole(body):
            return _Answer(0, b"", error="its answer was cut off or is no JSON")
        return _Answer(response.status_code, bytes(body), response.headers.get("retry-after"))


def is_ref(text: str) -> bool:
    """Whether a text may be the reference of a project: it becomes part of an address."""
    return _REF.fullmatch(text) is not None


@contextmanager
def managed(
    ref: str, token: str, environment: Mapping[str, str], sleep: Callable[[float], None] = time.sleep
) -> Iterator[ManagementAsker]:
    """An asker for a hosted project. Raises `RemoteError` for an address that would show the token to others."""
    if not is_ref(ref):
        raise RemoteError(
            "the reference of a Supabase project is twenty small letters, as in the dashboard's address"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise RemoteError("the access token for Supabase cannot be one: it holds blanks or other signs")
    api = environment.get(API_VARIABLE) or API
    headers = {"authorization": f"Bearer {token}", "user-agent": f"schemabot/{schemabot.__version__}"}
    timeout = httpx.Timeout(PATIENCE_SECONDS, connect=10.0)
    try:
        client = httpx.Client(base_url=_safe(api), headers=headers, timeout=timeout, follow_redirects=False)
    except (httpx.InvalidURL, ValueError, OSError) as error:
        raise RemoteError(f"Supabase's API cannot be asked: {redacted(str(error), token)}") from None
    with client:
        yield ManagementAsker(client, ref, sleep)


def _safe(api: str) -> httpx.URL:
    try:
        url = httpx.URL(api)
    except (httpx.InvalidURL, ValueError):
        raise RemoteError(f"{API_VARIABLE} is no address") from None
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOCAL):
        raise RemoteError(f"{API_VARIABLE} must begin with https://: a token goes there")
    return url


def _pause(answer: _Answer, attempt: int) -> float | None:
    """Seconds until it may be asked again; None where that is of no use."""
    if answer.status == 429 or (answer.status == 503 and answer.retry_after):
        asked = _retry_after(answer.retry_after)
        return float(2**attempt) if asked is None else asked
    if answer.error is not None or answer.status >= 500:
        return float(2 ** (attempt - 1)) if attempt < 3 else None
    return None


def _retry_after(text: str | None) -> float | None:
    """Seconds, or the time of a date, as HTTP has it (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _is_whole(body: bytes | bytearray) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _rows(body: bytes) -> list[tuple[Any, ...]]:
    found = json.loads(body)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise RemoteError("Supabase's API answered with something else than rows")
    return [tuple(row.values()) for row in found]


_WHAT = {
    401: "the access token is not accepted: run `supabase login` again, or set SUPABASE_ACCESS_TOKEN",
    403: "the access token may not read this project's database",
    404: "there is no such project, or the access token may not see it",
    429: "too many questions were asked: try again in a minute",
}


def _refusal(answer: _Answer) -> RemoteError:
    said = redacted(_message(answer.body))
    if answer.status == 400:
        return RemoteError(f"the query was refused: {said or 'without a reason'}", lost=False)
    what = _WHAT.get(answer.status)
    if what is None:
        paused = "; is the project paused?" if answer.status >= 500 else ""
        what = f"it answered with {answer.status}{': ' + said if said else ''}{paused}"
    return RemoteError(f"Supabase's API: {what}")


def _message(body: bytes) -> str:
    """What an answer says went wrong, in one short line."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = found.get("message") if isinstance(found, dict) else None
    return " ".join(said.split())[:200] if isinstance(said, str) else ""
