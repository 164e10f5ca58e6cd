"""Which database a project's schema is read from: said by the user, the user's environment or keyring.

No file of the workspace names a host. Two of them are looked into: supabase/config.toml for the port of the local stack,
always on this machine and with the password that everybody has there, and supabase/.temp/project-ref, where the CLI writes
to which hosted project the folder is linked. It is asked at Supabase's own address with the user's own token.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs
import psycopg
from psycopg import conninfo

from schemabot.remote import secrets
from schemabot.remote.asking import Asker, connected
from schemabot.remote.errors import RemoteError
from schemabot.remote.management import is_ref, managed

VARIABLES = ("SCHEMABOT_DATABASE_URL", "SUPABASE_DB_URL", "DATABASE_URL")
REF_VARIABLES = ("SUPABASE_PROJECT_ID", "SUPABASE_PROJECT_REF")
_LIBPQ = ("PGSERVICE", "PGHOST", "PGDATABASE")
_LOCAL_PORT = 54322
_NOTHING = (
    "no database is named. Set SCHEMABOT_DATABASE_URL, SUPABASE_DB_URL, DATABASE_URL or PGSERVICE, name one once with"
    " `schemabot pull --database-url URL --remember`, or link the folder to a hosted project with `supabase link`."
)


@attrs.frozen
class DatabaseSource:
    """A database to connect to. `url` may hold a password; `name` says where it was found, for people; `hint` what may
    help when it cannot be reached."""

    url: str = attrs.field(repr=False)
    name: str
    hint: str = ""

    @property
    def origin(self) -> str:
        """Host and database, without user and password."""
        try:
            parts = conninfo.conninfo_to_dict(self.url)
        except psycopg.ProgrammingError:
            return "a database"
        host = parts.get("host") or parts.get("hostaddr")
        where = f"service {parts['service']}" if "service" in parts else str(host or "this machine")
        return f"{where}/{parts.get('dbname') or parts.get('user') or ''}".rstrip("/")


@attrs.frozen
class ProjectSource:
    """A hosted Supabase project; `name` says where its reference and the token were found."""

    ref: str
    token: str = attrs.field(repr=False)
    name: str
    hint: str = ""

    @property
    def origin(self) -> str:
        """The project, for people."""
        return f"Supabase project {self.ref}"


RemoteSource = DatabaseSource | ProjectSource


@attrs.frozen
class Wanted:
    """What the user asked for; nothing of it means: look for it."""

    url: str | None = attrs.field(default=None, repr=False)
    project_ref: str | None = None
    local: bool = False


ANY = Wanted()


def find_source(root: Path, environment: Mapping[str, str], wanted: Wanted = ANY) -> RemoteSource:
    """The database of a project. Raises `RemoteError` where none is named."""
    if wanted.url:
        return DatabaseSource(wanted.url, "--database-url")
    if wanted.project_ref:
        return _project(wanted.project_ref, "--project-ref", environment)
    if wanted.local:
        return _local(root) or _fail("there is no supabase/config.toml, so there is no local stack to read")
    return (
        _named_by(environment)
        or _remembered(root)
        or _linked(root, environment)
        or _local(root)
        or _fail(_NOTHING)
    )


@contextmanager
def asked(
    source: RemoteSource, environment: Mapping[str, str], sleep: Callable[[float], None] = time.sleep
) -> Iterator[Asker]:
    """An asker for a source. Raises `RemoteError` when it cannot be reached."""
    if isinstance(source, ProjectSource):
        with managed(source.ref, source.token, environment, sleep) as manager:
            yield manager
    else:
        with connected(source.url) as connection:
            yield connection


def _fail(message: str) -> RemoteSource:
    raise RemoteError(message)


def _named_by(environment: Mapping[str, str]) -> RemoteSource | None:
    for variable in VARIABLES:
        if environment.get(variable):
            return DatabaseSource(environment[variable], variable)
    if any(environment.get(variable) for variable in _LIBPQ):
        return DatabaseSource("", "PG* variables")
    return None


def _remembered(root: Path) -> RemoteSource | None:
    url = secrets.database_url(root)
    return DatabaseSource(url, "the keyring") if url else None


def _linked(root: Path, environment: Mapping[str, str]) -> RemoteSource | None:
    """The hosted project that the environment or `supabase link` names, if there is a token for it."""
    for variable in REF_VARIABLES:
        if environment.get(variable):
            return _project(environment[variable], variable, environment)
    found = _above(root, Path("supabase/.temp/project-ref"))
    try:
        ref = found.read_text("utf-8").strip() if found is not None else ""
    except (OSError, ValueError):
        return None
    if not is_ref(ref) or secrets.access_token(environment) is None:
        return None
    return _project(ref, "supabase link", environment)


def _project(ref: str, named_by: str, environment: Mapping[str, str]) -> ProjectSource:
    token = secrets.access_token(environment)
    if token is None:
        raise RemoteError(
            f"the Supabase project {ref} cannot be asked without an access token: run `supabase login`, or set"
            f" {secrets.TOKEN_VARIABLE}"
        )
    return ProjectSource(ref, token[0], f"{named_by}, token from {token[1]}")


def _local(root: Path) -> RemoteSource | None:
    """The local stack, if the project has the configuration of one."""
    path = _above(root, Path("supabase/config.toml"))
    if path is None:
        return None
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    found = settings.get("db", {})
    port = found.get("port", _LOCAL_PORT) if isinstance(found, dict) else _LOCAL_PORT
    if not isinstance(port, int) or not 0 < port < 65536:
        return None
    address = f"postgresql://postgres:postgres@127.0.0.1:{port}/postgres"
    hint = ". Start it with `supabase start`, or name another database: --database-url, --project-ref"
    return DatabaseSource(address, "supabase/config.toml: the local stack", hint)


def _above(root: Path, name: Path) -> Path | None:
    """The nearest file of that name in the folder or above it."""
    return next((folder / name for folder in (root, *root.parents) if (folder / name).is_file()), None)
