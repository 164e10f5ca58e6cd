"""The schema as an immutable value, and what statements do to it."""
