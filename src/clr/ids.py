"""Names for the things the service keeps, so that one id is never mistaken for another.

Every id is opaque to clients: a prefix that says what it is, then random letters and digits.
"""

import secrets
from typing import NewType

IssuerId = NewType("IssuerId", str)
AchievementId = NewType("AchievementId", str)
PathwayId = NewType("PathwayId", str)
PersonId = NewType("PersonId", str)
LearnerId = NewType("LearnerId", str)
AwardId = NewType("AwardId", str)
AllowanceId = NewType("AllowanceId", str)
CohortId = NewType("CohortId", str)
EvidenceId = NewType("EvidenceId", str)
RecordId = NewType("RecordId", str)
ShareId = NewType("ShareId", str)
JobId = NewType("JobId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is mistaken for another when read aloud."""


def new_id(prefix: str) -> str:
    """Return ``prefix_`` and 26 random characters: 130 bits, so an id is never guessed."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(26))
