"""What a caller's token and session say, and who may set it.

A Supabase token is signed: the caller cannot change its claims, except `user_metadata`, which users edit
through the API of their own account (Supabase's manual, "Auth: user metadata"). `request.*` settings other than
the claims are set from the HTTP request (PostgREST's manual, "Transactions"), so the caller chooses them.
"""

from __future__ import annotations

from typing import Final

from schemabot.facts import expression as ex
from schemabot.isolation import terms as t
from schemabot.isolation.row_counts import is_value
from schemabot.isolation.scope import Frame

KEEPING_TYPES: Final = frozenset(("uuid", "text", "varchar", "int8", "int4", "name", "json", "jsonb"))
"""Casts to these give different values for different values, or fail."""

_ABOUT_CALLER: Final = frozenset(
    ("email", "phone", "aal", "amr", "session_id", "is_anonymous", "exp", "iat", "iss", "aud")
)
_OLD: Final = "request.jwt.claim."
"""One setting for each claim, as PostgREST had them before version 9; later ones do not set them."""

_OF_USERS: Final = ("user", "uid", "sub", "member_id", "profile")


def claim_path(node: ex.Node, frame: Frame) -> tuple[str, ...] | None:
    """The keys that lead to a claim of the caller's token, or None when `node` is no claim."""
    path: list[str] = []
    while True:
        if isinstance(node, ex.Cast):
            if node.type.name not in KEEPING_TYPES or node.type.dimensions:
                return None
            node = node.arg
        elif isinstance(node, ex.Operator) and node.name in ("->", "->>") and node.left is not None:
            if not isinstance(node.right, ex.Constant):
                return None
            path.insert(0, node.right.value)
            node = node.left
        elif (
            isinstance(node, ex.Operator)
            and node.name in ("#>", "#>>")
            and isinstance(node.right, ex.Constant)
        ):
            path[:0] = node.right.value.strip("{}").split(",")
            if node.left is None:
                return None
            node = node.left
        elif isinstance(node, ex.SubQuery) and node.kind == "scalar" and is_value(node.query):
            node = node.query.targets[0].value
        elif (
            isinstance(node, ex.Call)
            and node.special
            and node.name in (("nullif",), ("coalesce",))
            and node.args
        ):
            if node.name == ("coalesce",) and not all(_is_empty(arg) for arg in node.args[1:]):
                return None
            node = node.args[0]
        else:
            break
    if isinstance(node, ex.Call) and not node.special:
        if node.name == ("auth", "jwt") and path:
            return tuple(path)
        if node.name == ("auth", "email"):
            return ("email",)
        if node.name[-1] == "current_setting" and node.args and isinstance(node.args[0], ex.Constant):
            name = node.args[0].value
            if name == "request.jwt.claims" and path and frame.names.function(node) is None:
                return tuple(path)
            if name.startswith(_OLD):
                return (_OLD, name.removeprefix(_OLD), *path)
    return None


def _is_empty(node: ex.Node) -> bool:
    """Whether a default names nothing: null, an empty text, list or object."""
    while isinstance(node, ex.Cast):
        node = node.arg
    return isinstance(node, ex.Constant) and (node.kind == "null" or node.value in ("", "{}", "[]"))


def claim_term(path: tuple[str, ...]) -> t.Term | None:
    """The value of a claim; None for one that names neither the user nor an organisation."""
    first = path[0]
    if first == _OLD:
        return None
    if path == ("sub",):
        return t.Uid()
    if path == ("role",):
        return t.RoleName()
    if first in ("user_metadata", "raw_user_meta_data"):
        return t.Chosen(".".join(path), of_user=True)
    if first in _ABOUT_CALLER or path == ("app_metadata", "provider"):
        return None
    return t.OwnKey("claim " + ".".join(path))


def setting_term(name: str, platform: str) -> t.Term | None:
    """The value of a custom setting; None for the server's own."""
    if name.startswith("request."):
        return t.Chosen(name)
    if "." not in name:
        return None
    own = name.rpartition(".")[2].lower()
    if any(word in own for word in _OF_USERS):
        return t.Uid() if platform != "supabase" else t.OwnKey(f"setting {name}")
    return t.OwnKey(f"setting {name}")
