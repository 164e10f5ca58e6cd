"""The way back of a migration, as rules see it: what somebody wrote, what is usual, what can be generated."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import msgspec

from schemabot.catalog.objects import Origin


class WayBack(msgspec.Struct, frozen=True):
    """What the written way back does behind its migration.

    `at` is its place; `refused` what the server would refuse of it, with places and reasons; `left` are the
    changes that it lacks, in plain words: the schema before the migration is not reached without them. It was not
    `understood` when a statement of it or of the migration was not analysed: then nothing is known to be left.
    """

    at: Origin
    refused: tuple[tuple[Origin, str], ...] = ()
    left: tuple[str, ...] = ()
    understood: bool = True


def _nothing() -> None:
    return None


@attrs.frozen
class WaysBack:
    """What can be asked about the way back of one migration; each answer takes milliseconds, so only patient rules ask.

    `written` replays what was written to undo it, None when nothing was. `usual` tells whether the migrations before
    it have a way back, most of them. `generated` is the SQL that undoes it, empty when it leaves the schema as it was.
    """

    written: Callable[[], WayBack | None] = _nothing
    usual: Callable[[], bool] = bool
    generated: Callable[[], str] = str
