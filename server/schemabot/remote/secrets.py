"""Secrets in the keyring of the user's system: a database's URL, an access token for Supabase.

A keyring that is missing, locked or broken is as good as an empty one when something is looked for; when something is to be
kept, the user is told.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from schemabot.remote.errors import RemoteError

SERVICE = "schemabot"
TOKEN_VARIABLE = "SUPABASE_ACCESS_TOKEN"  # noqa: S105  # the name of a variable
_SUPABASE = (("Supabase CLI", "access-token"), ("Supabase CLI", "supabase"))
"""Where `supabase login` leaves its token, in its older and newer versions."""
_GO_PREFIX = "go-keyring-base64:"


def database_url(root: Path) -> str | None:
    """The URL that was remembered for a project."""
    return _secret(SERVICE, str(root))


def remember_url(root: Path, url: str) -> None:
    """Keep the URL of a project's database. Raises `RemoteError` where there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, str(root), url)
    except (KeyringError, RuntimeError, OSError) as error:
        raise RemoteError(f"there is no keyring that could keep the URL ({type(error).__name__})") from None


def forget_url(root: Path) -> bool:
    """Take the URL of a project out again; false where there was none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(SERVICE, str(root))
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def access_token(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The token for Supabase's API and where it was found: the environment, our place in the keyring, `supabase login`."""
    if environment.get(TOKEN_VARIABLE):
        return environment[TOKEN_VARIABLE].strip(), TOKEN_VARIABLE
    own = _secret(SERVICE, TOKEN_VARIABLE)
    if own:
        return own, "the keyring"
    for service, name in _SUPABASE:
        found = _secret(service, name)
        if found:
            return found, "the login of the Supabase CLI"
    kept = _from_file(environment)
    return (kept, "the login of the Supabase CLI") if kept else None


def _secret(service: str, name: str) -> str | None:
    """What the keyring keeps under a name; None where there is none or it cannot be asked."""
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(service, name)
    except (KeyringError, RuntimeError, OSError, ValueError):
        return None
    return _plain(found.strip()) if found else None


def _plain(secret: str) -> str | None:
    """A secret as it was before another program's library wrapped it."""
    if not secret.startswith(_GO_PREFIX):
        return secret
    try:
        return base64.b64decode(secret.removeprefix(_GO_PREFIX), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _from_file(environment: Mapping[str, str]) -> str | None:
    """What the CLI writes where there is no keyring: ~/.supabase/access-token (CLI reference, `supabase login`)."""
    home = environment.get("HOME") or environment.get("USERPROFILE")
    try:
        return Path(home, ".supabase", "access-token").read_text("utf-8").strip() or None if home else None
    except (OSError, ValueError):
        return None
