"""What documents are made of: the classes of OB 3.0 and CLR 2.0 inside a credential, in the shape readers rely on.

The canonical form cannot tell a text from a list of one text, nor a number from its digits; a reader can. So every
member the standards define has its shape here. Members they do not define are kept; whether a context defines them
is the canonical form's question.
"""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from clr.records.canonical import listed

ABSENT: Any = None
"""The default of a member that may be left out. Null is no way to leave it out, so no type here takes it."""

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")


def _moment(value: str) -> str:
    if not _STAMP.fullmatch(value):
        raise ValueError("must be a date and time with a zone, such as 2026-01-31T09:00:00Z")
    datetime.fromisoformat(value.upper())
    return value


def _address(value: str) -> str:
    if ":" not in value or any(letter.isspace() for letter in value):
        raise ValueError("must be an absolute address")
    return value


Stamp = Annotated[str, AfterValidator(_moment)]
"""A date and time with its zone (RFC 3339)."""

Address = Annotated[str, AfterValidator(_address)]
Types = Annotated[list[str], Field(min_length=1), BeforeValidator(listed)]
Texts = Annotated[list[str], BeforeValidator(listed)]
Jws = Annotated[str, StringConstraints(pattern=r"^[\w-]+\.[\w-]*\.[\w-]+$")]
AssociationKind = Literal[
    "exactMatchOf",
    "isChildOf",
    "isParentOf",
    "isPartOf",
    "isPeerOf",
    "isRelatedTo",
    "precedes",
    "replacedBy",
]
"""Every kind of association there is (CLR 2.0 §C.4.1 AssociationType)."""


class Part(BaseModel):
    """A class of the standards; ``NAMED`` is the type that one of its kind must name, where there is one."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, alias_generator=to_camel)
    NAMED: ClassVar[str] = ""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.NAMED and self.NAMED not in getattr(self, "type", ()):
            raise ValueError(f"must have the type {self.NAMED}")
        return self


class Closed(Part):
    """A class to which nothing may be added."""

    model_config = ConfigDict(extra="forbid")


class Image(Closed):
    """A picture (OB 3.0)."""

    id: str
    type: Literal["Image"]
    caption: str = ABSENT


class IdentifierEntry(Closed):
    """An identifier that others use (OB 3.0)."""

    type: Literal["IdentifierEntry"]
    identifier: str
    identifier_type: str


class IdentityObject(Closed):
    """Whom it is about, in words or hashed (OB 3.0)."""

    type: Literal["IdentityObject"]
    hashed: bool
    identity_hash: str
    identity_type: str
    salt: str = ABSENT


class GeoCoordinates(Part):
    """A place on the globe (OB 3.0)."""

    type: Literal["GeoCoordinates"]
    latitude: float
    longitude: float


class PostalAddress(Part):
    """Where somebody is reached (OB 3.0)."""

    NAMED = "Address"

    type: Types
    address_country: str = ABSENT
    address_country_code: str = ABSENT
    address_region: str = ABSENT
    address_locality: str = ABSENT
    street_address: str = ABSENT
    post_office_box_number: str = ABSENT
    postal_code: str = ABSENT
    geo: GeoCoordinates = ABSENT


Identifiers = Annotated[list[IdentifierEntry], BeforeValidator(listed)]
Identities = Annotated[list[IdentityObject], BeforeValidator(listed)]
Jwss = Annotated[list[Jws], BeforeValidator(listed)]
Endorsements = Annotated[list[dict[str, Any]], BeforeValidator(listed)]


class Profile(Part):
    """Who issued, assessed or created (OB 3.0 §B.1.16)."""

    NAMED = "Profile"

    id: Address
    type: Types
    name: str = ABSENT
    url: str = ABSENT
    phone: str = ABSENT
    description: str = ABSENT
    endorsement: Endorsements = ABSENT
    endorsement_jwt: Jwss = ABSENT
    image: Image = ABSENT
    email: str = ABSENT
    address: PostalAddress = ABSENT
    other_identifier: Identifiers = ABSENT
    official: str = ABSENT
    parent_org: "Profile" = ABSENT
    family_name: str = ABSENT
    given_name: str = ABSENT
    additional_name: str = ABSENT
    patronymic_name: str = ABSENT
    honorific_prefix: str = ABSENT
    honorific_suffix: str = ABSENT
    family_name_prefix: str = ABSENT
    date_of_birth: str = ABSENT


class Alignment(Part):
    """A competency of an outside framework (OB 3.0)."""

    NAMED = "Alignment"

    type: Types
    target_name: str
    target_url: str
    target_code: str = ABSENT
    target_description: str = ABSENT
    target_framework: str = ABSENT
    target_type: str = ABSENT


Alignments = Annotated[list[Alignment], BeforeValidator(listed)]


class RubricCriterionLevel(Part):
    """A level of a rubric (OB 3.0)."""

    NAMED = "RubricCriterionLevel"

    id: Address
    type: Types
    name: str
    alignment: Alignments = ABSENT
    description: str = ABSENT
    level: str = ABSENT
    points: str = ABSENT


Levels = Annotated[list[RubricCriterionLevel], BeforeValidator(listed)]


class ResultDescription(Part):
    """What a result says and what is asked (OB 3.0)."""

    NAMED = "ResultDescription"

    id: Address
    type: Types
    name: str
    result_type: str
    alignment: Alignments = ABSENT
    allowed_value: Texts = ABSENT
    required_level: str = ABSENT
    required_value: str = ABSENT
    rubric_criterion_level: Levels = ABSENT
    value_max: str = ABSENT
    value_min: str = ABSENT


class Related(Part):
    """Another edition or language of an achievement (OB 3.0)."""

    NAMED = "Related"

    id: Address
    type: Types
    in_language: str = ABSENT
    version: str = ABSENT


class Criteria(Part):
    """How an achievement is earned (OB 3.0 §B.1.6)."""

    id: str = ABSENT
    narrative: str = ABSENT


ResultDescriptions = Annotated[list[ResultDescription], BeforeValidator(listed)]
RelatedOnes = Annotated[list[Related], BeforeValidator(listed)]


class Achievement(Part):
    """What was earned (OB 3.0 §B.1.1)."""

    NAMED = "Achievement"

    id: Address
    type: Types
    name: str
    description: str
    criteria: Criteria
    achievement_type: str = ABSENT
    alignment: Alignments = ABSENT
    creator: Profile = ABSENT
    credits_available: float = ABSENT
    endorsement: Endorsements = ABSENT
    endorsement_jwt: Jwss = ABSENT
    field_of_study: str = ABSENT
    human_code: str = ABSENT
    image: Image = ABSENT
    in_language: str = ABSENT
    other_identifier: Identifiers = ABSENT
    related: RelatedOnes = ABSENT
    result_description: ResultDescriptions = ABSENT
    specialization: str = ABSENT
    tag: Texts = ABSENT
    version: str = ABSENT


class Result(Part):
    """How the work was judged (OB 3.0)."""

    NAMED = "Result"

    type: Types
    achieved_level: str = ABSENT
    alignment: Alignments = ABSENT
    result_description: str = ABSENT
    status: str = ABSENT
    value: str = ABSENT


class Evidence(Part):
    """What shows it (OB 3.0 §B.1.10)."""

    NAMED = "Evidence"

    id: Address = ABSENT
    type: Types
    name: str = ABSENT
    narrative: str = ABSENT
    description: str = ABSENT
    genre: str = ABSENT
    audience: str = ABSENT
    digest_multibase: str = ABSENT


class Association(Closed):
    """An edge between two achievements (CLR 2.0 §C.1.3)."""

    type: Literal["Association"]
    association_type: AssociationKind
    source_id: Address
    target_id: Address


class Pointer(Part):
    """What is elsewhere and of some type: a schema, a status, terms of use, a refresh service."""

    id: str = ABSENT
    type: str


class Named(Part):
    """What is elsewhere, and cannot be without its address: a schema, a refresh service."""

    id: str
    type: str


class Proof(Part):
    """A signature (VC Data Integrity 1.0 §2.1)."""

    type: str
    created: Stamp = ABSENT
    expires: Stamp = ABSENT
    cryptosuite: str = ABSENT
    challenge: str = ABSENT
    domain: str = ABSENT
    nonce: str = ABSENT
    proof_purpose: str = ABSENT
    proof_value: str = ABSENT
    verification_method: str = ABSENT
