"""What goes wrong with a database that is read."""

from __future__ import annotations


class RemoteError(Exception):
    """A database cannot be read; the message is for people and holds no secret. `lost` when nothing more can be asked."""

    def __init__(self, message: str, *, lost: bool = True) -> None:
        super().__init__(message)
        self.lost = lost
