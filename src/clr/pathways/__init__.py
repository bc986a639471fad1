"""The pathway engine: what badges add up to, what follows from an award, and why. Pure."""

from clr.pathways.allowances import Allowance, Substitution, Waiver
from clr.pathways.awards import HeldAward, HeldResult
from clr.pathways.checking import Known, RubricFacts
from clr.pathways.drafting import Draft, DraftStack, problems, same
from clr.pathways.explaining import eligible, explain, next_transition_at, progress_toward, transition
from clr.pathways.graph import StackingGraph, require_no_loop
from clr.pathways.milestones import Grounds, Holdings, Lost, Milestone, Versions, advance, settle, unsupported
from clr.pathways.progress import Clause, Failed, Gate, OpenStep, Progress, S, Status
from clr.pathways.requirements import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Filters,
    Holds,
    Part,
    Prerequisite,
    Requirement,
    achievements_in,
    clauses,
    with_clause_ids,
    with_ids_of,
)
from clr.pathways.routes import Suggestion, open_steps, shared, what_next
from clr.pathways.sentences import failed_says, says, steps_left_says
from clr.pathways.stacks import OnLost, Policy, Stack, StackKey

__all__ = [
    "AllOf",
    "Allowance",
    "AtLeast",
    "Brings",
    "Clause",
    "Credits",
    "Draft",
    "DraftStack",
    "Failed",
    "Filters",
    "Gate",
    "Grounds",
    "HeldAward",
    "HeldResult",
    "Holdings",
    "Holds",
    "Known",
    "Lost",
    "Milestone",
    "OnLost",
    "OpenStep",
    "Part",
    "Policy",
    "Prerequisite",
    "Progress",
    "Requirement",
    "RubricFacts",
    "S",
    "Stack",
    "StackKey",
    "StackingGraph",
    "Status",
    "Substitution",
    "Suggestion",
    "Versions",
    "Waiver",
    "achievements_in",
    "advance",
    "clauses",
    "eligible",
    "explain",
    "failed_says",
    "next_transition_at",
    "open_steps",
    "problems",
    "progress_toward",
    "require_no_loop",
    "same",
    "says",
    "settle",
    "shared",
    "steps_left_says",
    "transition",
    "unsupported",
    "what_next",
    "with_clause_ids",
    "with_ids_of",
]
