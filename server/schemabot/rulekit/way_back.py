"""The way back that somebody wrote for a migration, as rules see it."""

from __future__ import annotations

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
