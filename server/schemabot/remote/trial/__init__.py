"""Isolation tried for real: two organisations, their users and strangers, on generated rows."""

from schemabot.remote.trial.trial import Trial, Tried, try_isolation

__all__ = ["Trial", "Tried", "try_isolation"]
