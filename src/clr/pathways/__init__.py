"""The pathway engine: what badges add up to, what follows from an award, and why. Pure."""

from clr.pathways.awards import HeldAward
from clr.pathways.drafting import Draft, DraftStack, Known, problems
from clr.pathways.explaining import eligible, explain, next_transition_at, progress_toward
from clr.pathways.graph import StackingGraph, require_no_loop
from clr.pathways.milestones import Grounds, Milestone, Versions, advance, settle, unsupported
from clr.pathways.progress import Clause, Failed, OpenStep, Progress, S, Status
from clr.pathways.requirements import (
    AllOf,
    AtLeast,
    Holds,
    Part,
    Requirement,
    achievements_in,
    clauses,
    with_clause_ids,
    with_ids_of,
)
from clr.pathways.routes import Suggestion, open_steps, what_next
from clr.pathways.sentences import says, steps_left_says
from clr.pathways.stacks import Policy, Stack, StackKey

__all__ = [
    "AllOf",
    "AtLeast",
    "Clause",
    "Draft",
    "DraftStack",
    "Failed",
    "Grounds",
    "HeldAward",
    "Holds",
    "Known",
    "Milestone",
    "OpenStep",
    "Part",
    "Policy",
    "Progress",
    "Requirement",
    "S",
    "Stack",
    "StackKey",
    "StackingGraph",
    "Status",
    "Suggestion",
    "Versions",
    "achievements_in",
    "advance",
    "clauses",
    "eligible",
    "explain",
    "next_transition_at",
    "open_steps",
    "problems",
    "progress_toward",
    "require_no_loop",
    "says",
    "settle",
    "steps_left_says",
    "unsupported",
    "what_next",
    "with_clause_ids",
    "with_ids_of",
]
