"""A history tried on a real PostgreSQL: up, down, up again, its own questions, and replay compared with the server."""

from schemabot.remote.verify.model import Answer, Failure, Progress, Trip, Verification
from schemabot.remote.verify.verification import verify

__all__ = ["Answer", "Failure", "Progress", "Trip", "Verification", "verify"]
