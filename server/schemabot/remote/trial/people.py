"""Who takes part: organisations with users, a user without one, and what their tokens and sessions say."""

from __future__ import annotations

import json
from typing import Final, Literal

import attrs

ORGANISATIONS: Final = (1, 2, 3)
"""Two with members, and one that nobody belongs to."""

ALICE, AMY, BOB, NINA = 1, 2, 3, 4
USERS: Final = (ALICE, AMY, BOB, NINA)
BELONGS: Final = {ALICE: 1, AMY: 1, BOB: 2, NINA: 0}
"""The organisation of each user, 0 for none."""

CALLERS: Final = (ALICE, AMY, NINA)
"""Who tries things: whoever stands first in an organisation, another member, somebody without one."""

_KNOWN_CLAIMS: Final = frozenset(
    ("sub", "role", "email", "phone", "aud", "iss", "exp", "iat", "aal", "amr", "session_id", "app_metadata",
     "user_metadata", "raw_user_meta_data", "raw_app_meta_data", "provider", "is_anonymous")
)  # fmt: skip


def user_id(user: int) -> str:
    """The id of a user: a uuid, as auth.users has it."""
    return f"{user:08d}-0000-4000-8000-000000000000"


Reach = Literal["nothing", "own", "colleague", "foreign"]
"""How far a caller came: own rows, those of another user of the same organisation, anybody's."""


@attrs.frozen
class Seat:
    """Whose a row is: an organisation's or a user's; neither for what belongs to nobody."""

    organisation: int = 0
    user: int = 0


NOBODYS: Final = Seat()


def own_seats(caller: int | None) -> frozenset[Seat]:
    """Whose rows a caller may reach: the organisation's, and the caller's own."""
    if caller is None:
        return frozenset((NOBODYS,))
    return frozenset((NOBODYS, Seat(organisation=BELONGS[caller] or -1), Seat(user=caller)))


def colleagues_seats(caller: int | None) -> frozenset[Seat]:
    """Whose rows belong to another user of the caller's organisation."""
    own = BELONGS.get(caller or 0, 0)
    return frozenset(Seat(user=user) for user in USERS if own and user != caller and BELONGS[user] == own)


def claims(caller: int | None, role: str, names: frozenset[str], organisation: list[str]) -> str:
    """The token's claims as JSON. `names` are the claims that policies read besides the usual ones.

    What the platform signs names the caller's organisation; what users edit themselves (user_metadata) another one.
    `organisation` are the ids of the organisations by number.
    """
    said: dict[str, object] = {"role": role}
    if caller is not None:
        own = BELONGS[caller]
        mine = organisation[own] if own else None
        named = {name: _claim(name, mine) for name in names - _KNOWN_CLAIMS}
        other = organisation[2 if own != 2 else 1]
        said |= {
            "sub": user_id(caller), "email": f"user{caller}@example.com", **named,
            "app_metadata": named, "user_metadata": {name: _claim(name, other) for name in named},
        }  # fmt: skip
    return json.dumps(said)


def _claim(name: str, organisation: str | None) -> object:
    if name.endswith("s"):
        return [] if organisation is None else [organisation]
    return organisation
