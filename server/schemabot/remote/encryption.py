"""Whether a connection must be encrypted, decided from where it leads and not from how it was named."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from schemabot.remote.errors import RemoteError

_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_CHOSEN = ("connect_timeout", "application_name", "sslmode", "sslrootcert")
_ENVIRONMENT = {"host": "PGHOST", "hostaddr": "PGHOSTADDR", "service": "PGSERVICE", "sslmode": "PGSSLMODE",
                "sslrootcert": "PGSSLROOTCERT", "connect_timeout": "PGCONNECT_TIMEOUT"}  # fmt: skip


def safe_options(url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Options for a connection: what the user chose, and else `verify-full` beyond this machine.

    Values come from the URL, then the service's file, then the variables, as libpq has them (manual 34.1, 34.15, 34.17).
    Raises `RemoteError` for a URL that cannot be read.
    """
    known = _known(url, environment)
    chosen = {name: known[name] for name in _CHOSEN if name in known}
    if "sslmode" in known or _is_local(known):
        return chosen
    return {"sslrootcert": "system", **chosen, "sslmode": "verify-full"}


def leads_here(url: str, environment: Mapping[str, str]) -> bool:
    """Whether a connection stays on this machine. Raises `RemoteError` for a URL that cannot be read."""
    return _is_local(_known(url, environment))


def _known(url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        given: dict[str, Any] = dict(conninfo.conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        raise RemoteError(
            "the URL of the database cannot be read: postgresql://user@host/name is expected"
        ) from None
    variables = {key: environment[name] for key, name in _ENVIRONMENT.items() if environment.get(name)}
    service = given.get("service") or variables.get("service")
    return {**variables, **(_service(str(service), environment) if service else {}), **given}


def _is_local(known: Mapping[str, Any]) -> bool:
    """Whether every host is this machine; an address counts more than a name."""
    hosts = str(known.get("hostaddr") or known.get("host") or "").split(",")
    return all(host in _LOCAL or host.startswith(("/", "@")) for host in hosts)


def _service(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What the user's or the system's service file says of a service; nothing where it cannot be read."""
    home = environment.get("HOME", "")
    files = [environment.get("PGSERVICEFILE") or f"{home}/.pg_service.conf"]
    if environment.get("PGSYSCONFDIR"):
        files.append(f"{environment['PGSYSCONFDIR']}/pg_service.conf")
    for file in files:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(Path(file).read_text("utf-8"))
        except (OSError, ValueError, configparser.Error):
            continue
        if parser.has_section(name):
            return dict(parser.items(name))
    return {}
