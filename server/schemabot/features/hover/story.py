"""What a hover tells of an object's history: where it was made, changed, and dropped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from schemabot.analysis import Analysis
from schemabot.catalog.objects import Change, Origin
from schemabot.features.hover.markdown import bullets, code
from schemabot.features.names.found import find
from schemabot.features.names.places import names_ever
from schemabot.features.names.target import Target

_MOST_CHANGES = 5
_RENAMED = "name"  # what a rename notes among the changes of an object


def place(analysis: Analysis, at: Origin) -> str:
    """`file:line`; what came with the platform says so."""
    if at.platform:
        return "the platform"
    file = analysis.project.file(at.file)
    span = analysis.place(at)
    if file is None or span is None:
        return f"`{file_name(at.file)}`"
    return f"`{file.name}:{file.source.lines.position(span.start)[0] + 1}`"


def file_name(path: str) -> str:
    """A file's name without its folder."""
    return path.replace("\\", "/").rpartition("/")[2]


def story(
    analysis: Analysis,
    target: Target,
    item_name: str,
    origin: Origin | None,
    changes: Sequence[Change],
    now: int,
) -> str:
    """Made where, called what, changed where, dropped where. `now` is the index of the file that is looked at."""
    parts: list[str] = []
    if origin is not None:
        made = "Defined" if target.kind == "function" else "Created"  # OR REPLACE defines it anew
        parts.append("From the platform." if origin.platform else f"{made} in {place(analysis, origin)}.")
    if target.oid and any(change.what == _RENAMED for change in changes):
        former = [name for name in names_ever(analysis, target) if name != item_name]
        if former:
            parts.append(f"Also called {', '.join(map(code, former))} in the history.")
    told: dict[tuple[str, str], None] = {}
    for change in changes:
        if change.at.platform:
            continue
        told.setdefault((change.what, place(analysis, change.at)), None)
    if told:
        rows = [f"{what}: {where}" for what, where in told]
        if len(rows) > _MOST_CHANGES:  # the newest say most about what there is now
            rows = [f"{len(rows) - _MOST_CHANGES} more before these", *rows[-_MOST_CHANGES:]]
        parts.append("Changed:\n" + bullets(rows, _MOST_CHANGES + 1))
    gone = dropped_in(analysis, target, now)
    if gone is not None:
        parts.append(f"**Dropped** in `{gone}`.")
    return "\n\n".join(parts)


def dropped_in(analysis: Analysis, target: Target, now: int) -> str | None:
    """The name of the file behind which the target is not there any more; None while it is."""
    if not target.oid or target.kind == "variable" or find(analysis.head.catalog, target) is not None:
        return None
    replays = analysis.replays
    first = bisect_left(
        range(len(replays)),
        True,
        lo=min(max(now, 0), len(replays) - 1),
        key=lambda index: find(replays[index].after.catalog, target) is None,
    )
    return replays[first].file.name if first < len(replays) else None
