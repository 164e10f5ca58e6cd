"""Modifiers of PostGIS types as its typmod functions print them (`postgis_typmod_out`, measured on 3.3)."""

from __future__ import annotations

from typing import Final

SHAPES: Final = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection",
    "CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface", "PolyhedralSurface",
    "Triangle", "Tin", "Geometry",
)  # fmt: skip

_SPELLED: Final = {(shape + end).lower(): shape + end for shape in SHAPES for end in ("", "Z", "M", "ZM")}
_WORLD: Final = 4326  # what geography takes when no reference system is given


def spatial_modifiers(name: str, modifiers: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The modifiers of `geometry` and `geography` in PostGIS's spelling; those of other types as they are."""
    if name not in ("geometry", "geography") or not modifiers or not isinstance(modifiers[0], str):
        return modifiers
    shape = _SPELLED.get(modifiers[0].strip().lower())
    if shape is None:
        return modifiers
    system = modifiers[1] if len(modifiers) > 1 else 0
    if name == "geography" and system in (0, "0"):
        system = _WORLD
    if system in (0, "0"):
        return () if shape == "Geometry" else (shape,)
    return (shape, system)
