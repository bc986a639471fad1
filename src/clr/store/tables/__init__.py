"""Every table, by topic, in the words of CLR 2.0 and Open Badges 3.0."""

from clr.store.tables.awards import (
    Allowance,
    Award,
    AwardEvidence,
    Credential,
    Evidence,
    Explanation,
    StatusEntry,
)
from clr.store.tables.catalogue import (
    Achievement,
    Catalogue,
    Issuer,
    Pathway,
    PathwayVersion,
    StackVersion,
)
from clr.store.tables.cohorts import Cohort, CohortMember
from clr.store.tables.ops import AnsweredRequest, Job, JobWorker, PublicKey
from clr.store.tables.people import Enrolment, Event, Learner, Membership, Person
from clr.store.tables.records import IssuedRecord, Record, Share, Visit

__all__ = [
    "Achievement",
    "Allowance",
    "AnsweredRequest",
    "Award",
    "AwardEvidence",
    "Catalogue",
    "Cohort",
    "CohortMember",
    "Credential",
    "Enrolment",
    "Event",
    "Evidence",
    "Explanation",
    "IssuedRecord",
    "Issuer",
    "Job",
    "JobWorker",
    "Learner",
    "Membership",
    "Pathway",
    "PathwayVersion",
    "Person",
    "PublicKey",
    "Record",
    "Share",
    "StackVersion",
    "StatusEntry",
    "Visit",
]
