"""Rubrics and outside frameworks the demonstration badges refer to."""

LEVELS = (
    ("Emerging", "The work shows the first signs of the skill and needs support."),
    ("Developing", "The skill is visible and not yet steady."),
    ("Proficient", "The skill is used well, without help, on a real task."),
    ("Exemplary", "The work could teach others."),
)
"""Levels of every rubric, lowest first."""

REQUIRED_LEVEL = "Proficient"

RUBRICS = {
    "argument": "Quality of the argument",
    "analysis": "Soundness of the analysis",
    "expression": "Clarity of expression",
    "collaboration": "Contribution to the team",
    "conduct": "Responsibility taken",
    "understanding": "Understanding of others",
}
"""What each rubric looks at, by key."""

_NACE = "NACE Career Readiness Competencies"
_NACE_URL = "https://www.naceweb.org/career-readiness/competencies/career-readiness-defined/"

ALIGNED = {
    "critical": ("Critical Thinking", _NACE, _NACE_URL),
    "communication": ("Communication", _NACE, _NACE_URL),
    "teamwork": ("Teamwork", _NACE, _NACE_URL),
    "professionalism": ("Professionalism", _NACE, _NACE_URL),
    "self": ("Career & Self-Development", _NACE, _NACE_URL),
    "technology": ("Technology", _NACE, _NACE_URL),
    "equity": ("Equity & Inclusion", _NACE, _NACE_URL),
    "leadership": ("Leadership", _NACE, _NACE_URL),
}
"""Competencies of outside frameworks: name, framework, address."""
