"""Northfield University: its units, its catalogue, its pathways, some forty learners, and what they share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlmodel import Session

from clr.demo.badges import BADGES, UNITS
from clr.demo.kinds import Badge, PathwayOf, StackOf
from clr.demo.papers import PAPERS, Paper
from clr.demo.rubrics import ALIGNED, LEVELS, REQUIRED_LEVEL, RUBRICS
from clr.demo.stacks import PATHWAYS
from clr.errors import ClrError
from clr.ids import AchievementId, IssuerId, LearnerId, PathwayId, PersonId, RecordId
from clr.pathways import Draft, DraftStack, Holds, Part, Policy, Requirement
from clr.registrar import (
    authoring,
    awarding,
    catalog,
    composing,
    enrolling,
    evidence,
    holdings,
    people,
    revoking,
    sharing,
    tracking,
)
from clr.registrar.awarding import GrantRequest
from clr.registrar.catalog import NewAchievement, NewIssuer
from clr.registrar.composing import Composition, Item, Section
from clr.registrar.evidence import Upload
from clr.registrar.holdings import EvidenceFacts
from clr.registrar.importing import Imported, Importer
from clr.registrar.people import Who
from clr.registrar.policy import Caller, Role
from clr.registrar.results import ResultGiven
from clr.registrar.sharing import NewShare
from clr.store.sessions import reading, transaction
from clr.web import signing
from clr.web.service import Service

NAME = "Northfield University"
SITE = "https://northfield.example/"
LEARNERS = {
    "learner_1": "amara.diallo@northfield.example",
    "learner_2": "ben.whitfield@northfield.example",
    "eligible": "chiara.russo@northfield.example",
    "expiring": "dev.patel@northfield.example",
    "revoked": "elena.marsh@northfield.example",
    "half_met": "farid.haddad@northfield.example",
    "complete": "grace.oyelaran@northfield.example",
    "lapsed": "hana.suzuki@northfield.example",
}
"""Learners who show one state each."""

FOLLOWS = {
    "learner_1": ("Critical Thinking", "French B.A. Marketable Skills"),
    "learner_2": ("Critical Thinking", "Teamwork"),
    "eligible": ("Critical Thinking",),
    "expiring": ("Personal Responsibility",),
    "revoked": ("Empirical Analysis",),
    "half_met": ("Critical Thinking",),
    "complete": ("French B.A. Marketable Skills",),
    "lapsed": ("Personal Responsibility",),
}
"""Who follows which pathway; everybody else follows what she is nearest to."""


@dataclass
class _Campus:
    """What was built so far, by the names people use."""

    service: Service
    admin: Caller
    now: datetime
    staff: dict[str, PersonId] = field(default_factory=dict)
    issuers: dict[str, IssuerId] = field(default_factory=dict)
    achievements: dict[str, AchievementId] = field(default_factory=dict)
    pathways: dict[str, PathwayId] = field(default_factory=dict)
    learners: dict[str, LearnerId] = field(default_factory=dict)


def build(service: Service) -> Mapping[str, Any]:
    """Build the university and return the ids that developers and the four addresses need."""
    campus = _campus(service)
    with transaction(service.engine) as session:
        _define(session, campus)
    for pathway in PATHWAYS:
        with transaction(service.engine) as session:
            _publish(session, campus, pathway)
    _bring_in(campus)
    with transaction(service.engine) as session:
        _follow(session, campus)
        _revoke(session, campus)
    records = {name: _compose(campus, name) for name in ("learner_1", "learner_2", "complete")}
    return {
        "people": campus.staff,
        "learners": campus.learners,
        "issuers": campus.issuers,
        "achievements": campus.achievements,
        "pathways": campus.pathways,
        "records": records,
        "share_token": _share(campus, "learner_2", records["learner_2"]),
    }


def _campus(service: Service) -> _Campus:
    now = service.clock()
    with transaction(service.engine) as session:
        person = people.create_person(
            session,
            name="Ada Lindgren",
            email="ada.lindgren@northfield.example",
            roles=[(Role.ADMIN, "")],
            at=now,
        )
        admin = people.caller_of(session, person)
    if admin is None:
        raise ClrError("The administrator of the demonstration could not be entered.")
    return _Campus(service, admin, now, staff={"admin": person})


def _define(session: Session, campus: _Campus) -> None:
    for unit in UNITS:
        new = NewIssuer(
            unit.name,
            f"{SITE}{unit.key}",
            slug=unit.key,
            description=unit.description,
            email=f"{unit.key}@northfield.example",
            colour=unit.colour,
        )
        campus.issuers[unit.key] = catalog.define_issuer(session, campus.admin, new, at=campus.now).id
    _enter_staff(session, campus)
    for badge in BADGES:
        new_badge = _badge(badge, campus.issuers[badge.unit])
        campus.achievements[badge.name] = catalog.define_achievement(
            session, campus.admin, new_badge, at=campus.now
        ).id
    for stack in (stack for pathway in PATHWAYS for stack in pathway.stacks):
        new_stack = _stack(stack, campus.issuers[stack.unit])
        campus.achievements[stack.name] = catalog.define_achievement(
            session, campus.admin, new_stack, at=campus.now
        ).id


def _enter_staff(session: Session, campus: _Campus) -> None:
    career, languages = campus.issuers["career"], campus.issuers["languages"]
    staff = {
        "author": ("Noel Park", [(Role.AUTHOR, career), (Role.AUTHOR, languages)]),
        "issuer_a": ("Maria Vance", [(Role.AWARDER, career), (Role.ASSESSOR, career)]),
        "issuer_b": ("Camille Moreau", [(Role.AWARDER, languages), (Role.ASSESSOR, languages)]),
    }
    for key, (name, roles) in staff.items():
        email = f"{name.lower().replace(' ', '.')}@northfield.example"
        campus.staff[key] = people.create_person(session, name=name, email=email, roles=roles, at=campus.now)


def _badge(badge: Badge, issuer: IssuerId) -> NewAchievement:
    return NewAchievement(
        issuer_id=issuer,
        kind="badge",
        name=badge.name,
        description=badge.description,
        criteria=badge.criteria,
        glyph=badge.glyph,
        tags=badge.tags or tuple(ALIGNED[key][0].lower() for key in badge.aligned),
        alignments=tuple(
            {
                "name": name,
                "framework": framework,
                "url": url,
                "code": None,
                "type": None,
                "description": None,
            }
            for name, framework, url in (ALIGNED[key] for key in badge.aligned)
        ),
        result_descriptions=(_rubric(badge.rubric),) if badge.rubric else (),
        edition="2026",
    )


def _rubric(key: str) -> dict[str, Any]:
    levels = [
        {"name": name, "points": str(points), "description": says}
        for points, (name, says) in enumerate(LEVELS, 1)
    ]
    return {
        "name": RUBRICS[key],
        "result_type": "RubricCriterionLevel",
        "required_level": REQUIRED_LEVEL,
        "required_value": None,
        "value_min": None,
        "value_max": None,
        "levels": levels,
    }


def _stack(stack: StackOf, issuer: IssuerId) -> NewAchievement:
    return NewAchievement(
        issuer_id=issuer,
        kind=stack.kind,
        name=stack.name,
        description=stack.description,
        criteria=stack.criteria,
        glyph=stack.glyph,
        edition="2026",
    )


def _publish(session: Session, campus: _Campus, pathway: PathwayOf) -> None:
    draft = Draft(
        pathway.name,
        campus.achievements[pathway.goal],
        pathway.description,
        {
            campus.achievements[stack.name]: DraftStack(
                _by_id(campus, stack.requirement), Policy(stack.policy)
            )
            for stack in pathway.stacks
        },
    )
    issuer = campus.issuers[pathway.stacks[-1].unit]
    drawn = authoring.draw(session, campus.admin, issuer, draft, at=campus.now)
    authoring.publish(session, campus.admin, drawn.id, at=campus.now)
    campus.pathways[pathway.name] = drawn.id


def _by_id(campus: _Campus, requirement: Requirement) -> Requirement:
    """Return a requirement that speaks of achievements by name with their ids instead."""
    if isinstance(requirement, Holds):
        return Holds(campus.achievements[requirement.achievement], name=requirement.name)
    parts = tuple(Part(_by_id(campus, part.requirement), part.weight) for part in requirement.parts)
    return replace(requirement, parts=parts)


def _bring_in(campus: _Campus) -> None:
    """Import learners and their past with the code everybody imports with; papers come with their files."""
    service = campus.service
    importer = Importer(service.engine, campus.admin, service.urls, service.clock)
    _require_good(importer.learners(_table("learners.csv", campus.now)))
    with reading(service.engine) as snapshot:
        for key, email in LEARNERS.items():
            learner = people.known(snapshot, Who(email=email))
            if learner is None:
                raise ClrError(f"{email} is missing from learners.csv.")
            campus.learners[key] = learner
            if key in ("learner_1", "learner_2"):
                campus.staff[key] = people.person_of(snapshot, learner)
    for paper in PAPERS:
        _hand_in(campus, paper)
    _require_good(importer.awards(_table("awards.csv", campus.now)))


def _hand_in(campus: _Campus, paper: Paper) -> None:
    service = campus.service
    kept = service.files.put(paper.content)
    limit = service.settings.evidence_max_bytes
    with transaction(service.engine) as session:
        sent = Upload(paper.file_name, paper.content, kept)
        file = evidence.upload(session, campus.admin, sent, at=campus.now, limit=limit)
        achievement = catalog.achievement(session, campus.achievements[paper.achievement])
        described = achievement.result_descriptions
        request = GrantRequest(
            achievement.id,
            Who(email=paper.learner_email),
            earned_on=campus.now - timedelta(days=paper.days_ago),
            recorded=True,
            results=(ResultGiven(str(described[0]["id"]), achieved_level=paper.level),) if described else (),
            evidence=(EvidenceFacts(file.id, None, paper.title, paper.story, paper.genre),),
            narrative=paper.narrative,
            assessor=paper.assessor,
        )
        awarding.grant(session, campus.admin, request, at=campus.now, urls=service.urls)


def _follow(session: Session, campus: _Campus) -> None:
    known = {learner: FOLLOWS[key] for key, learner in campus.learners.items()}
    for facts in people.find_learners(
        session, campus.admin, email=None, external_id=None, after=None, limit=100
    ):
        wanted = [campus.pathways[name] for name in known.get(facts.id, ())]
        if not wanted:
            found = tracking.progress_of(session, campus.admin, facts.id, at=campus.now)
            wanted = [entry.pathway.pathway_id for entry in found[:1]]
        for pathway in wanted:
            enrolling.enrol(session, campus.admin, facts.id, pathway, at=campus.now, urls=campus.service.urls)


def _revoke(session: Session, campus: _Campus) -> None:
    learner = campus.learners["revoked"]
    awards = holdings.awards_of(session, campus.admin, learner, at=campus.now)
    story = next(award for award in awards if award.name == "Data Story")
    because = "The data shown were another student's; the case was closed with a repeat of the work."
    revoking.revoke(session, campus.admin, story.id, because=because, at=campus.now)


def _compose(campus: _Campus, key: str) -> RecordId:
    """Compose a learner's record of everything she holds; the second learner's is public."""
    with transaction(campus.service.engine) as session:
        caller = _learner(session, campus, key)
        awards = [
            award
            for award in holdings.awards_of(session, caller, campus.learners[key], at=campus.now)
            if award.state == "live"
        ]
        stacks = sorted(
            (award for award in awards if award.kind != "badge"),
            key=lambda award: (award.kind == "credential", award.earned_on),
            reverse=True,
        )
        badges = sorted(
            (award for award in awards if award.kind == "badge"), key=lambda award: award.earned_on
        )
        sections = (
            Section("What it adds up to", "", tuple(Item(award.id) for award in stacks)),
            Section(
                "The work behind it",
                "In the order in which I did it.",
                tuple(Item(award.id, _REFLECTIONS.get(award.name, "")) for award in badges),
            ),
        )
        composition = Composition(
            _TITLES[key], _NARRATIVES[key], tuple(section for section in sections if section.items)
        )
        record = composing.create(session, caller, composition, at=campus.now)
        if key == "learner_2":
            composing.publish(session, caller, record.id, at=campus.now)
        return record.id


_TITLES = {
    "learner_1": "Languages and evidence",
    "learner_2": "Critical thinking, shown in work",
    "complete": "French, and what it taught me",
}
_NARRATIVES = {
    "learner_1": "A draft for internship applications in spring.",
    "learner_2": "From a statistics seminar to a clinic's front desk: what I learned to ask before I answer.",
    "complete": "",
}
_REFLECTIONS = {
    "Internship Problem Brief": "The first page took a week and was thrown away. The second took a day.",
    "Critical Thinking Capstone": "I like that the surprising explanation was the dull one.",
    "Mock Trial": "Losing taught me more about evidence than winning would have.",
}


def _share(campus: _Campus, key: str, record: RecordId) -> str:
    service = campus.service
    with reading(service.engine) as snapshot:
        caller = _learner(snapshot, campus, key)
    signing.sign_badges_of(service, caller, record)
    new = NewShare("Hallmark & Rhodes", campus.now + timedelta(days=365))
    with transaction(service.engine) as session:
        opened = sharing.open_share(
            session,
            caller,
            record,
            new,
            institution=signing.institution(service),
            urls=service.urls,
            at=campus.now,
        )
    return opened.token


def _learner(snapshot: Session, campus: _Campus, key: str) -> Caller:
    caller = people.caller_of(snapshot, people.person_of(snapshot, campus.learners[key]))
    if caller is None:
        raise ClrError(f"{LEARNERS[key]} cannot sign in.")
    return caller


def _require_good(done: Imported) -> None:
    if done.faults:
        told = "; ".join(f"line {fault.line}, {fault.column}: {fault.says}" for fault in done.faults[:5])
        raise ClrError(f"The demonstration's own file has faults: {told}")


def _table(name: str, today: datetime) -> bytes:
    """Return one of the CSV files, each ``{-30}`` written as the date thirty days before ``today``."""
    text = (files("clr.demo") / name).read_text(encoding="utf-8")
    return re.sub(
        r"\{(-?\d+)\}", lambda found: f"{today + timedelta(days=int(found[1])):%Y-%m-%d}", text
    ).encode()
