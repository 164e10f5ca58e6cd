"""Messages without secrets."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SECRETS = r"\b(?:password|passwd|token|apikey|sslpassword)\b"
_IN_URL = re.compile(r"(?P<begin>[a-z][a-z0-9+.-]*://[^:/?#\s@]*:)[^\s]*@", re.I)
_NAMED = re.compile(rf"(?P<name>{_SECRETS}\s*[=:]\s*)(?:'(?:[^'\\]|\\.)*'|[^\s&]+)", re.I)
_HIDDEN = "***"


def redacted(text: str, *secrets: str) -> str:
    """`text` without passwords of URLs and connection strings, and without the passwords that `secrets` hold."""
    for secret in secrets:
        for word in passwords_of(secret):
            text = text.replace(word, _HIDDEN)
    text = _IN_URL.sub(rf"\g<begin>{_HIDDEN}@", text)
    return _NAMED.sub(rf"\g<name>{_HIDDEN}", text)


def passwords_of(url: str) -> list[str]:
    """The passwords in a URL or connection string, as written and decoded."""
    found: list[str] = []
    for match in re.finditer(r"://[^:/?#\s@]*:([^\s]*)@", url):
        found += [match[1], unquote(match[1])]
    for match in re.finditer(r"\bpassword\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&]+))", url, re.I):
        plain = match[1] if match[1] is not None else match[2]
        found += [plain, unquote(plain), re.sub(r"\\(.)", r"\1", plain)]
    return sorted({word for word in found if word}, key=len, reverse=True)
