"""Achievements: what can be earned, with the members of OB 3.0."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, Field, model_validator

from clr.drawing.badges import badge_svg
from clr.errors import (
    ClrError,
    ConditionMissing,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Stale,
    TooLarge,
    WrongMedia,
)
from clr.ids import AchievementId, IssuerId
from clr.registrar import catalog
from clr.registrar.catalog import AchievementFacts, NewAchievement
from clr.registrar.images import require_png
from clr.web import problems
from clr.web.access import Now, ServiceDep, SignedIn, Snapshot, Transaction
from clr.web.bodies import Changes, Credits, Line, StrictModel, StrictRoute, read_body, web_address
from clr.web.conditions import IfMatch, etag
from clr.web.idempotency import Once
from clr.web.paging import PageQuery, cut
from clr.web.service import Service

router = APIRouter(prefix="/v1/achievements", tags=["achievements"], route_class=StrictRoute)

IMAGE_LIMIT = 1_048_576
_IMAGE_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
}
_STANDARD_TYPES = [
    "Achievement",
    "ApprenticeshipCertificate",
    "Assessment",
    "Assignment",
    "AssociateDegree",
    "Award",
    "Badge",
    "BachelorDegree",
    "Certificate",
    "CertificateOfCompletion",
    "Certification",
    "CommunityService",
    "Competency",
    "Course",
    "CoCurricular",
    "Degree",
    "Diploma",
    "DoctoralDegree",
    "Fieldwork",
    "GeneralEducationDevelopment",
    "JourneymanCertificate",
    "LearningProgram",
    "License",
    "Membership",
    "ProfessionalDoctorate",
    "QualityAssuranceCredential",
    "MasterCertificate",
    "MasterDegree",
    "MicroCredential",
    "ResearchDoctorate",
    "SecondarySchoolDiploma",
]
"""OB 3.0 §B.1.1 AchievementType; others begin with ``ext:``."""


_OWN_WORD = re.compile(r"ext:[A-Za-z0-9._-]+")
"""How a word of one's own begins where the standard has a list."""

_TARGET_TYPES = [
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
]
"""OB 3.0 §B.1.5 AlignmentTargetType; others begin with ``ext:``."""


def _achievement_type(value: str) -> str:
    if value in _STANDARD_TYPES or _OWN_WORD.fullmatch(value):
        return value
    known = ", ".join(_STANDARD_TYPES)
    raise ValueError(f'is none of the standard\'s types; begin one of your own with "ext:". Known: {known}')


def _target_type(value: str) -> str:
    if value in _TARGET_TYPES or _OWN_WORD.fullmatch(value):
        return value
    known = ", ".join(_TARGET_TYPES)
    raise ValueError(f'is none of the standard\'s types; begin one of your own with "ext:". Known: {known}')


WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(web_address)]
Kind = Literal["badge", "micro-credential", "credential", "external"]
ResultType = Literal[
    "GradePointAverage",
    "LetterGrade",
    "Percent",
    "PerformanceLevel",
    "PredictedScore",
    "RawScore",
    "Result",
    "RubricCriterion",
    "RubricCriterionLevel",
    "RubricScore",
    "ScaledScore",
    "Status",
]


class AlignmentIn(StrictModel):
    """A competency of an outside framework that the achievement meets."""

    name: Line = Field(max_length=300)
    url: WebAddress
    framework: str | None = Field(None, max_length=300)
    code: str | None = Field(None, max_length=100)
    type: Annotated[str, Field(max_length=100), AfterValidator(_target_type)] | None = Field(
        None, description="The standard's targetType, such as CFItem."
    )
    description: str | None = Field(None, max_length=2000)


class LevelIn(StrictModel):
    """One level of a rubric."""

    id: str | None = Field(None, pattern=r"^lvl_[0-9a-z]{26}$", description="Given by the service; keep it.")
    name: Line = Field(max_length=200)
    points: str | None = Field(None, max_length=40)
    description: str | None = Field(None, max_length=2000)


class ResultDescriptionIn(StrictModel):
    """What a result says, and what is asked of it."""

    id: str | None = Field(None, pattern=r"^rsd_[0-9a-z]{26}$", description="Given by the service; keep it.")
    name: Line = Field(max_length=200)
    result_type: ResultType
    required_value: str | None = Field(None, max_length=100)
    required_level: str | None = Field(None, max_length=200, description="Id or name of one of the levels.")
    value_min: str | None = Field(None, max_length=40)
    value_max: str | None = Field(None, max_length=40)
    levels: list[LevelIn] = Field([], max_length=50, description="Lowest first.")

    @model_validator(mode="after")
    def _level_known(self) -> "ResultDescriptionIn":
        names = {name for level in self.levels for name in (level.id, level.name)}
        if self.required_level is not None and self.required_level not in names:
            raise ValueError("required_level is none of the levels; write its name exactly")
        return self


class AchievementIn(StrictModel):
    """An achievement to be entered."""

    issuer_id: str
    kind: Kind
    name: Line = Field(max_length=200)
    description: Line = Field(max_length=5000)
    criteria: Line = Field(max_length=20_000, description="How it is earned, in Markdown.")
    achievement_type: Annotated[str, Field(max_length=100), AfterValidator(_achievement_type)] | None = None
    glyph: str = Field("", max_length=40, description="Name of the drawing on its badge.")
    tags: list[Line] = Field([], max_length=50)
    alignments: list[AlignmentIn] = Field([], max_length=50)
    result_descriptions: list[ResultDescriptionIn] = Field([], max_length=50)
    credits_available: Credits | None = None
    edition: str | None = Field(
        None, max_length=100, description="The standard's version, as people name it."
    )
    repeatable: bool = False


class AchievementChanges(Changes):
    """What is to change; members left out stay. Credentials already issued keep the words they were issued with."""

    EMPTIED = frozenset({"credits_available", "edition"})

    name: Line | None = Field(None, max_length=200)
    description: Line | None = Field(None, max_length=5000)
    criteria: Line | None = Field(None, max_length=20_000)
    glyph: str | None = Field(None, max_length=40)
    tags: list[Line] | None = Field(None, max_length=50)
    alignments: list[AlignmentIn] | None = Field(None, max_length=50)
    result_descriptions: list[ResultDescriptionIn] | None = Field(None, max_length=50)
    credits_available: Credits | None = None
    edition: str | None = Field(None, max_length=100)
    repeatable: bool | None = None


class AchievementOut(StrictModel):
    """An achievement."""

    id: str
    issuer_id: str
    kind: str
    achievement_type: str
    name: str
    description: str
    criteria: str
    image_url: str
    glyph: str
    tags: list[str]
    alignments: list[dict[str, Any]]
    result_descriptions: list[dict[str, Any]]
    credits_available: float | None
    edition: str | None
    repeatable: bool
    retired_at: datetime | None

    @classmethod
    def of(cls, facts: AchievementFacts, image_url: str) -> "AchievementOut":
        """Return what is shown of an achievement."""
        return cls(
            id=facts.id,
            issuer_id=facts.issuer_id,
            kind=facts.kind,
            achievement_type=facts.achievement_type,
            name=facts.name,
            description=facts.description,
            criteria=facts.criteria,
            image_url=image_url,
            glyph=facts.glyph,
            tags=list(facts.tags),
            alignments=[dict(item) for item in facts.alignments],
            result_descriptions=[dict(item) for item in facts.result_descriptions],
            credits_available=facts.credits_available,
            edition=facts.edition,
            repeatable=facts.repeatable,
            retired_at=facts.retired_at,
        )


class AchievementQuery(PageQuery):
    """Which achievements are wanted."""

    issuer_id: str | None = None
    kind: Kind | None = None


class AchievementPage(StrictModel):
    """Some achievements, and where the next page begins."""

    items: list[AchievementOut]
    next: str | None


@router.get("", responses=problems.declared(NotSignedIn))
def list_achievements(
    request: Request,
    response: Response,
    service: ServiceDep,
    _: SignedIn,
    snapshot: Snapshot,
    page: Annotated[AchievementQuery, Query()],
) -> AchievementPage:
    """List achievements, narrowed by issuer or kind."""
    found = catalog.achievements(
        snapshot, issuer_id=page.issuer_id, kind=page.kind, after=page.after, limit=page.limit + 1
    )
    items, following = cut(request, response, page, found)
    return AchievementPage(items=[_shown(service, item) for item in items], next=following)


@router.post("", status_code=201, responses=problems.declared(NotSignedIn, NotAllowed, NotFound))
def create_achievement(
    body: AchievementIn, service: ServiceDep, caller: SignedIn, transaction: Transaction, now: Now, once: Once
) -> AchievementOut:
    """Enter an achievement."""
    if before := once.before(transaction):
        return _shown(service, catalog.achievement(transaction, AchievementId(before["achievement"])))
    facts = catalog.define_achievement(transaction, caller, _new(body), at=now)
    once.keep(transaction, {"achievement": facts.id}, at=now)
    return _shown(service, facts)


@router.get("/{achievement_id}", responses=problems.declared(NotSignedIn, NotFound))
def read_achievement(
    achievement_id: str, service: ServiceDep, _: SignedIn, snapshot: Snapshot, response: Response
) -> AchievementOut:
    """Read one achievement."""
    facts = catalog.achievement(snapshot, AchievementId(achievement_id))
    response.headers["ETag"] = etag(facts.revision)
    return _shown(service, facts)


@router.patch(
    "/{achievement_id}",
    responses=problems.declared(NotSignedIn, NotAllowed, NotFound, Stale, ConditionMissing),
)
def amend_achievement(
    achievement_id: str,
    body: AchievementChanges,
    service: ServiceDep,
    caller: SignedIn,
    transaction: Transaction,
    expected: IfMatch,
    response: Response,
) -> AchievementOut:
    """Change an achievement."""
    facts = catalog.amend_achievement(
        transaction, caller, AchievementId(achievement_id), body.changes(), revision=expected
    )
    response.headers["ETag"] = etag(facts.revision)
    return _shown(service, facts)


@router.post("/{achievement_id}/retire", responses=problems.declared(NotSignedIn, NotAllowed, NotFound))
def retire_achievement(
    achievement_id: str, service: ServiceDep, caller: SignedIn, transaction: Transaction, now: Now
) -> AchievementOut:
    """Stop awarding an achievement; what was earned stays."""
    return _shown(service, catalog.retire(transaction, caller, AchievementId(achievement_id), at=now))


async def _image(request: Request) -> bytes:
    media = request.headers.get("content-type", "").partition(";")[0]
    if media != "image/png":
        raise WrongMedia("Send the image as image/png.")
    return await read_body(request, IMAGE_LIMIT)


Image = Annotated[bytes, Depends(_image)]


@router.put(
    "/{achievement_id}/image",
    responses=problems.declared(
        NotSignedIn, NotAllowed, NotFound, TooLarge, WrongMedia, Stale, ConditionMissing
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def set_achievement_image(
    achievement_id: str,
    caller: SignedIn,
    expected: IfMatch,
    image: Image,
    service: ServiceDep,
    transaction: Transaction,
    response: Response,
) -> AchievementOut:
    """Give an achievement a picture of its own (PNG, at most 1 MiB); without one, its badge is drawn."""
    require_png(image)
    key = AchievementId(achievement_id)
    catalog.require_author(transaction, caller, key)
    kept = service.files.put(image)
    try:
        facts = catalog.amend_achievement(transaction, caller, key, {"image": kept}, revision=expected)
    except ClrError:
        service.files.remove(kept)
        raise
    response.headers["ETag"] = etag(facts.revision)
    return _shown(service, facts)


@router.get("/{achievement_id}/image", response_class=Response, responses=problems.declared(NotFound))
def achievement_image(achievement_id: str, service: ServiceDep, snapshot: Snapshot) -> Response:
    """Show an achievement's picture, or the badge drawn for it; open to everybody."""
    facts = catalog.achievement(snapshot, AchievementId(achievement_id))
    if facts.image is not None:
        return Response(service.files.get(facts.image), media_type="image/png", headers=_IMAGE_HEADERS)
    colour = catalog.issuer(snapshot, facts.issuer_id).colour
    drawn = badge_svg(facts.name, facts.kind, colour=colour, glyph=facts.glyph)
    return Response(drawn, media_type="image/svg+xml", headers=_IMAGE_HEADERS)


def _shown(service: Service, facts: AchievementFacts) -> AchievementOut:
    return AchievementOut.of(facts, service.urls.achievement_image(facts.id))


def _new(body: AchievementIn) -> NewAchievement:
    told = body.model_dump()
    return NewAchievement(
        **{
            **told,
            "issuer_id": IssuerId(body.issuer_id),
            "tags": tuple(body.tags),
            "alignments": tuple(told["alignments"]),
            "result_descriptions": tuple(told["result_descriptions"]),
        }
    )
