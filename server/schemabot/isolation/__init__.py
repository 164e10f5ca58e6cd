"""Do the policies of a schema keep organisations (or users) apart? A decision procedure that never guesses.

Pure, above `catalog` and below `rulekit`. `Judge` is the way in; `detect` says whose rows are whose.
"""

from __future__ import annotations

from schemabot.isolation.detection import detect
from schemabot.isolation.judge import Judge
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.isolation.verdict import Judgement, Verdict

__all__ = ["Judge", "Judgement", "TenancyModel", "Verdict", "detect"]
