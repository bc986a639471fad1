"""How the badges of Northfield University stack: six marketable skills, and the French B.A.'s own credential."""

from clr.demo.kinds import PathwayOf, StackOf, every, some
from clr.pathways import Requirement

_ESSENTIAL = (
    "An assessor of Career Connect reads your evidence for these badges **as one body of work** and meets you for a "
    "conversation of twenty minutes. What counts is that you can explain what the skill is and where it ends."
)
_DEMONSTRATED = (
    "Two assessors, one from outside your department, look at **work done for somebody who needed it**. What counts is "
    "that the skill carried the result."
)


def _essential(skill: str, glyph: str, requirement: Requirement) -> StackOf:
    return StackOf(
        f"Essential Knowledge: {skill}",
        "career",
        "micro-credential",
        glyph,
        "assessed",
        f"Knows what {skill.lower()} asks for and recognises it in work of one's own.",
        _ESSENTIAL,
        requirement,
    )


def _demonstrated(skill: str, glyph: str, requirement: Requirement) -> StackOf:
    return StackOf(
        f"Demonstrated Proficiency: {skill}",
        "career",
        "micro-credential",
        glyph,
        "assessed",
        f"Has used {skill.lower()} on real tasks, to the satisfaction of those they were for.",
        _DEMONSTRATED,
        requirement,
    )


def _skill(skill: str, glyph: str, *before: StackOf, knows: Requirement, does: Requirement) -> PathwayOf:
    essential, demonstrated = _essential(skill, glyph, knows), _demonstrated(skill, glyph, does)
    whole = StackOf(
        skill,
        "career",
        "credential",
        glyph,
        "auto",
        f"The university-wide skill credential for {skill.lower()}.",
        "Follows by itself when both micro-credentials of the skill are held.",
        every(essential.name, demonstrated.name),
    )
    says = f"From single badges to the {skill} credential, assessed at each stage."
    return PathwayOf(skill, says, (*before, essential, demonstrated, whole))


REASONED_ARGUMENT = StackOf(
    "Reasoned Argument",
    "communication",
    "micro-credential",
    "debate",
    "auto",
    "Argues from evidence, in public, against an opponent who does the same.",
    "Follows by itself: evidence weighed on paper, and one argument held in public.",
    every(
        "Evidence and Inference",
        some(
            1, "Debate in a Second Language", "Mock Trial", "Ethics Bowl", name="An argument held in public"
        ),
    ),
)

THINKING_IN_FRENCH = StackOf(
    "Critical Thinking in French",
    "languages",
    "micro-credential",
    "debate",
    "auto",
    "Reads closely and argues well, in French.",
    "Follows by itself when both badges are held.",
    every("Close Reading of a French Text", "Debate in a Second Language"),
)

FIGURES_IN_CONTEXT = StackOf(
    "Figures in Context",
    "languages",
    "micro-credential",
    "chart",
    "auto",
    "Brings numbers to the study of a society.",
    "Follows by itself when both badges are held.",
    every("Reading Statistics", "Survey Design"),
)

PATHWAYS = (
    _skill(
        "Critical Thinking",
        "lens",
        REASONED_ARGUMENT,
        knows=some(
            3, "Evidence and Inference", "Source Criticism", "Logic in Everyday Life", REASONED_ARGUMENT.name
        ),
        does=every(
            some(
                1,
                every("Internship Problem Brief", "Supervisor's Observation", name="At work"),
                some(
                    2,
                    "A Problem Worth Solving",
                    "Mock Trial",
                    "Debate in a Second Language",
                    name="In public",
                ),
                name="Thinking that others relied on",
            ),
            "Critical Thinking Capstone",
        ),
    ),
    _skill(
        "Empirical Analysis",
        "chart",
        knows=some(2, "Reading Statistics", "Survey Design", "Laboratory Record", "Reproducible Notebook"),
        does=every("Empirical Study", some(1, "Data Story", "Reproducible Notebook")),
    ),
    _skill(
        "Communication",
        "pen",
        knows=some(2, "Clear Writing", "Presenting to a Room", "Listening and Interviewing"),
        does=every("Public Brief", some(1, "Debate in a Second Language", "Data Story", "Mock Trial")),
    ),
    _skill(
        "Teamwork",
        "people",
        knows=some(2, "Team Charter", "Giving and Taking Feedback", "Leading a Meeting"),
        does=every("Delivered Together", some(1, "Leading a Meeting", "Partnership Project")),
    ),
    _skill(
        "Personal Responsibility",
        "book",
        knows=every("Academic Integrity", some(1, "Planning a Semester", "Laboratory Safety")),
        does=every("Career Portfolio", welcome=("Service Learning",)),
    ),
    _skill(
        "Social Responsibility",
        "heart",
        knows=some(2, "Cross-Cultural Dialogue", "Service Learning", "Civic Engagement"),
        does=every(
            "Partnership Project", some(1, "A Problem Worth Solving", "Interpreting for the Community")
        ),
    ),
    PathwayOf(
        "French B.A. Marketable Skills",
        "What a French degree teaches that employers ask for, in badges earned along the way.",
        (
            THINKING_IN_FRENCH,
            FIGURES_IN_CONTEXT,
            StackOf(
                "French B.A. Marketable Skills",
                "languages",
                "credential",
                "globe",
                "auto",
                "The marketable skills of a French B.A., each shown in work.",
                "Follows by itself when its parts are held.",
                every(
                    THINKING_IN_FRENCH.name,
                    FIGURES_IN_CONTEXT.name,
                    some(1, "Study Abroad Portfolio", "Interpreting for the Community", name="French lived"),
                    welcome=("Cross-Cultural Dialogue",),
                ),
            ),
        ),
    ),
)
