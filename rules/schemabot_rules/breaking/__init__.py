"""Destructive and breaking changes: they want an approval."""
