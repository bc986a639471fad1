"""Evidence files of the demonstration: made here, so that nothing of anybody's is shipped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of evidence for one award of the past, ``days_ago`` days before today."""

    learner_email: str
    achievement: str
    days_ago: int
    level: str
    assessor: str
    narrative: str
    file_name: str
    title: str
    genre: str
    story: str
    lines: tuple[str, ...]

    @property
    def content(self) -> bytes:
        """The file."""
        if self.file_name.endswith(".pdf"):
            return _pdf((self.title, "", *self.lines))
        return "\n".join((self.title, "", *self.lines, "")).encode()


PAPERS = (
    Paper(
        "amara.diallo@northfield.example",
        "Survey Design",
        330,
        "Proficient",
        "Dr. Ruth Adeyemi",
        "Questionnaire on commuting with 64 respondents, and what she would ask differently.",
        "commuting-questionnaire.txt",
        "How do you come to campus?",
        "Survey",
        "The questionnaire as it was sent, with the notes made after the trial run.",
        (
            "1. How many days a week do you come to campus?",
            "2. How did you come the last time? (walk, bicycle, bus, car, other)",
            "3. What would have to change for you to come another way?",
            "",
            "After the trial: question 2 asked for the usual way; people told us what they would like to do.",
        ),
    ),
    Paper(
        "ben.whitfield@northfield.example",
        "Internship Problem Brief",
        400,
        "Proficient",
        "Maria Vance",
        "Two-page brief for a clinic on missed appointments; the recommendation was adopted.",
        "missed-appointments.pdf",
        "Missed appointments at the Elm Street clinic",
        "Brief",
        "The brief as it was handed to the clinic's manager.",
        (
            "One appointment in seven is missed. Three options were compared:",
            "a reminder two days before, a list of short-notice patients, and charging a fee.",
            "",
            "Recommendation: reminders first. They cost least and their effect can be measured",
            "within six weeks. The fee would fall on those who can least afford it.",
        ),
    ),
    Paper(
        "ben.whitfield@northfield.example",
        "Critical Thinking Capstone",
        200,
        "Exemplary",
        "Maria Vance and Dr. Ruth Adeyemi",
        "Senior thesis on why two transit surveys disagree; both readers named the reasoning as its strength.",
        "two-surveys.pdf",
        "Why two transit surveys disagree: a commentary",
        "Essay",
        "The commentary on the thesis that the two readers asked questions about.",
        (
            "The county's survey counts trips, the university's counts people.",
            "Most of the difference disappears once both are asked about the same week.",
            "What remains is a difference of wording: 'usually' invites the ideal answer.",
            "",
            "I would not have looked at the wording had the first explanation not failed.",
        ),
    ),
    Paper(
        "grace.oyelaran@northfield.example",
        "Study Abroad Portfolio",
        300,
        "",
        "Prof. Camille Moreau",
        "A semester in Lyon in eight entries.",
        "lyon.txt",
        "Huit entrées de Lyon",
        "Portfolio",
        "Three of the eight entries, in French.",
        (
            "Première semaine : je comprends tout, sauf les réponses.",
            "Cinquième semaine : au marché, on me corrige sans s'en apercevoir.",
            "Dernière semaine : c'est moi qui explique le tramway.",
        ),
    ),
)


def _pdf(lines: tuple[str, ...]) -> bytes:
    """Return a one-page PDF of some lines (ISO 32000-1 §7.5)."""
    shown = "".join(f"({_escaped(line)}) Tj T* " for line in lines)
    page = f"BT /F1 12 Tf 18 TL 72 760 Td {shown}ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    text, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ends = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(text))
    return text + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, ends)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
