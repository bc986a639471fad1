"""The badges of Northfield University: what one does in a course, a club or an internship."""

from clr.demo.kinds import Badge, Unit

UNITS = (
    Unit(
        "career", "Career Connect", "#00693e", "Recognises marketable skills wherever students practise them."
    ),
    Unit(
        "languages",
        "World Languages and Cultures",
        "#3a3f9a",
        "The department of languages, literatures and cultures.",
    ),
    Unit("communication", "Communication Studies", "#9a4a00", "Speech, debate, writing and media."),
    Unit("science", "College of Science", "#0b6e8a", "Laboratories, statistics and computing."),
    Unit(
        "engagement",
        "Community Engagement",
        "#8a2f5b",
        "Service learning and work with neighbours of the campus.",
    ),
)

CRITICAL_THINKING = (
    Badge(
        "Evidence and Inference",
        "science",
        "lens",
        "Tells what the evidence shows from what one would like it to show.",
        (
            "analyse three published claims and the data behind them,",
            "name for each what follows, what does not, and what would settle it,",
            "defend one of your readings in a ten-minute conversation.",
        ),
        "analysis",
        ("critical",),
    ),
    Badge(
        "Source Criticism",
        "career",
        "book",
        "Weighs where a statement comes from before building on it.",
        (
            "trace four sources of a paper of yours back to their origin,",
            "grade each for authority, currency and purpose, with reasons,",
            "replace the weakest and say what changed in your argument.",
        ),
        "analysis",
        ("critical",),
    ),
    Badge(
        "Logic in Everyday Life",
        "career",
        "rings",
        "Finds the hidden premise in advertisements, contracts and speeches.",
        ("collect six arguments met outside class,", "write out their premises and rate their strength."),
        None,
        ("critical",),
    ),
    Badge(
        "Debate in a Second Language",
        "languages",
        "debate",
        "Argues a position it did not choose, in a language it had to learn.",
        (
            "take a side drawn by lot in a debate held in French,",
            "bring at least two sources of your own and answer two objections without notes,",
            "hand in a page on the strongest argument of the other side.",
        ),
        "argument",
        ("critical", "communication"),
        ("French", "debate"),
    ),
    Badge(
        "Mock Trial",
        "communication",
        "debate",
        "Builds a case from a file of evidence and holds it under cross-examination.",
        ("prepare and argue one side of a case,", "examine a witness,", "answer the bench."),
        "argument",
        ("critical", "communication"),
    ),
    Badge(
        "Ethics Bowl",
        "communication",
        "people",
        "Reasons in public about a question without a right answer.",
        (
            "argue two cases in a regional or campus ethics bowl,",
            "revise your position after the judges' questions.",
        ),
        None,
        ("critical",),
    ),
    Badge(
        "A Problem Worth Solving",
        "engagement",
        "heart",
        "Works out, with a community partner, what the problem really is.",
        (
            "interview at least three people whom the problem concerns,",
            "write a one-page statement that they agree with,",
            "compare two ways to act on it, with costs.",
        ),
        "analysis",
        ("critical", "equity"),
    ),
    Badge(
        "Internship Problem Brief",
        "career",
        "pen",
        "Takes a vague request at work and turns it into a decision.",
        (
            "write a brief of two pages for your supervisor,",
            "present options, evidence and a recommendation.",
        ),
        "argument",
        ("critical", "professionalism"),
    ),
    Badge(
        "Supervisor's Observation",
        "career",
        "people",
        "A supervisor saw the skill used at work and says how.",
        (
            "be observed by a supervisor on two occasions,",
            "discuss the written observation with your adviser.",
        ),
        None,
        ("professionalism",),
    ),
    Badge(
        "Critical Thinking Capstone",
        "career",
        "lens",
        "One piece of work, judged by two readers, in which the thinking carries the result.",
        (
            "choose work done in your last two years,",
            "write a commentary on its reasoning,",
            "answer two readers.",
        ),
        "argument",
        ("critical",),
    ),
)

EMPIRICAL_ANALYSIS = (
    Badge(
        "Reading Statistics",
        "science",
        "chart",
        "Reads a table or chart for what it says, hides and cannot say.",
        ("explain five published figures to a reader without training,", "find and mend one that misleads."),
        "analysis",
        ("technology", "critical"),
    ),
    Badge(
        "Survey Design",
        "science",
        "pen",
        "Asks questions whose answers mean something.",
        (
            "design and test a questionnaire with at least thirty respondents,",
            "report response, bias and what you would ask differently.",
        ),
        "analysis",
        ("technology",),
    ),
    Badge(
        "Laboratory Record",
        "science",
        "flask",
        "Keeps a record from which a stranger can repeat the work.",
        (
            "keep a laboratory notebook for a term,",
            "have one experiment repeated by a fellow student from it alone.",
        ),
        None,
        ("professionalism",),
    ),
    Badge(
        "Reproducible Notebook",
        "science",
        "book",
        "Publishes an analysis that anyone can run again.",
        ("publish data, code and text of one analysis,", "have it run by somebody else to the same figures."),
        None,
        ("technology",),
    ),
    Badge(
        "Data Story",
        "communication",
        "chart",
        "Tells a true story with numbers to people who did not ask for numbers.",
        ("present one finding in five minutes to a lay audience,", "answer questions about its limits."),
        "expression",
        ("communication", "technology"),
    ),
    Badge(
        "Empirical Study",
        "science",
        "flask",
        "Asks a question, gathers data, and reports what was found, welcome or not.",
        ("carry out a study from question to report,", "present it at a campus symposium or in a seminar."),
        "analysis",
        ("critical", "technology"),
    ),
)

COMMUNICATION = (
    Badge(
        "Clear Writing",
        "communication",
        "pen",
        "Says it once, in words the reader uses.",
        (
            "halve the length of a text of yours without losing a fact,",
            "have a reader outside your field sum it up.",
        ),
        "expression",
        ("communication",),
    ),
    Badge(
        "Presenting to a Room",
        "communication",
        "debate",
        "Holds a room's attention and leaves it with one thought.",
        ("give a talk of ten minutes without reading it,", "watch the recording with a coach."),
        "expression",
        ("communication",),
    ),
    Badge(
        "Listening and Interviewing",
        "communication",
        "people",
        "Hears what was meant, and checks.",
        ("lead two interviews of half an hour,", "have your summary approved by those you interviewed."),
        None,
        ("communication", "equity"),
    ),
    Badge(
        "Public Brief",
        "communication",
        "pen",
        "Explains a decision to those it concerns.",
        ("write for a real public body, club or employer,", "revise it after their comments."),
        "expression",
        ("communication", "professionalism"),
    ),
)

TEAMWORK = (
    Badge(
        "Team Charter",
        "career",
        "people",
        "Agrees on how to work before the work begins.",
        ("draw up a charter with your team,", "review it together at half-time."),
        None,
        ("teamwork",),
    ),
    Badge(
        "Giving and Taking Feedback",
        "career",
        "debate",
        "Says what helps, hears what hurts, and uses both.",
        ("give written feedback to three team members,", "report what you changed after theirs."),
        "collaboration",
        ("teamwork",),
    ),
    Badge(
        "Leading a Meeting",
        "career",
        "rings",
        "Ends a meeting on time with decisions that people remember alike.",
        ("prepare, lead and minute two meetings,", "have the minutes confirmed."),
        None,
        ("teamwork", "leadership"),
    ),
    Badge(
        "Delivered Together",
        "engagement",
        "heart",
        "Finished something with others that none could have finished alone.",
        ("deliver a project with at least three others,", "describe your part; the others confirm it."),
        "collaboration",
        ("teamwork",),
    ),
)

PERSONAL_RESPONSIBILITY = (
    Badge(
        "Planning a Semester",
        "career",
        "chart",
        "Plans the work, keeps to the plan, and changes it on purpose.",
        ("plan a semester in writing,", "review the plan in weeks five, ten and fifteen."),
        None,
        ("self",),
    ),
    Badge(
        "Academic Integrity",
        "career",
        "book",
        "Knows whose words and data these are, and says so.",
        ("complete the integrity workshop,", "correct the attribution in a paper of your own."),
        None,
        ("professionalism",),
    ),
    Badge(
        "Laboratory Safety",
        "science",
        "flask",
        "Keeps oneself and others from harm; renewed every two years.",
        ("pass the practical safety test,", "lead one safety round."),
        None,
        ("professionalism",),
    ),
    Badge(
        "Career Portfolio",
        "career",
        "pen",
        "Shows what one can do, and where one wants to go.",
        (
            "choose five pieces of work and say what each shows,",
            "discuss them with an adviser and an employer.",
        ),
        "conduct",
        ("self", "professionalism"),
    ),
)

SOCIAL_RESPONSIBILITY = (
    Badge(
        "Cross-Cultural Dialogue",
        "languages",
        "globe",
        "Talks with people who see the matter otherwise, and understands why.",
        (
            "take part in four moderated dialogues,",
            "write down a view you do not share so that its holder agrees.",
        ),
        "understanding",
        ("equity", "communication"),
    ),
    Badge(
        "Service Learning",
        "engagement",
        "heart",
        "Served, learned, and can say what came of it for whom.",
        ("serve at least twenty hours with a partner,", "report what changed, for them and for you."),
        None,
        ("equity",),
    ),
    Badge(
        "Civic Engagement",
        "engagement",
        "people",
        "Takes part where decisions are made.",
        ("attend three sessions of a public body,", "bring one matter forward."),
        None,
        ("equity", "leadership"),
    ),
    Badge(
        "Partnership Project",
        "engagement",
        "globe",
        "Worked with people from elsewhere as equals.",
        ("carry out a project with a partner abroad or from another community,", "report it jointly."),
        "understanding",
        ("equity", "teamwork"),
    ),
)

FRENCH = (
    Badge(
        "Close Reading of a French Text",
        "languages",
        "book",
        "Reads a text so closely that its choices become visible.",
        ("write a commentary in French on a page of your choice,", "defend two of your readings in class."),
        "analysis",
        ("critical",),
    ),
    Badge(
        "Study Abroad Portfolio",
        "languages",
        "globe",
        "Lived and studied in French, and can show what it changed.",
        ("spend at least six weeks at a partner university,", "keep a portfolio of eight entries in French."),
        None,
        ("equity", "self"),
    ),
    Badge(
        "Interpreting for the Community",
        "languages",
        "people",
        "Lets two people understand each other.",
        ("interpret for at least ten hours at a partner organisation,", "discuss three difficult moments."),
        "expression",
        ("communication", "equity"),
    ),
)

BADGES = (
    *CRITICAL_THINKING,
    *EMPIRICAL_ANALYSIS,
    *COMMUNICATION,
    *TEAMWORK,
    *PERSONAL_RESPONSIBILITY,
    *SOCIAL_RESPONSIBILITY,
    *FRENCH,
)
