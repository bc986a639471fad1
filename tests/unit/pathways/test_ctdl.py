"""CTDL: documents of ours say what can be said by its real terms, and those of others are read however they spell it."""

import pytest
from pyld import jsonld

from clr.errors import BadInput
from clr.pathways import (
    AllOf,
    AtLeast,
    Brings,
    Credits,
    Draft,
    DraftStack,
    Holds,
    Part,
    Policy,
    Prerequisite,
)
from clr.pathways.ctdl import CONTEXT, Described, published
from clr.pathways.ctdl_reading import Match, addresses, read
from clr.pathways.wire import REFUSED

PATHWAY = "https://ours.example/pathways/pth_1"
NAMES = {"goal": "Critical Thinking", "a": "Debate", "b": "Lab", "c": "Essay"}


def describe(key):
    return Described(
        NAMES[key], f"https://ours.example/achievements/{key}", "badge", "Badge", f"About {key}."
    )


def sent(requirement, policy=Policy.AUTO):
    draft = Draft("Thinking", "goal", "Toward it.", {"goal": DraftStack(requirement, policy)})
    return published(draft, describe, address=PATHWAY, owner="https://ours.example/issuers/letters")


def by_id(document, name):
    return next(node for node in document["@graph"] if node["@id"] == f"{PATHWAY}#{name}")


def test_any_two_of_three_is_a_condition_with_a_required_number():
    told = sent(AtLeast(2, tuple(Part(Holds(key)) for key in "abc"), name="Practice"))
    assert told.left_out == ()
    pathway, goal, first, *_ = told.document["@graph"]
    assert (pathway["@type"], pathway["ceterms:hasDestinationComponent"]) == (
        "ceterms:Pathway",
        [goal["@id"]],
    )
    assert goal["ceterms:hasCondition"] == [
        {
            "@type": "ceterms:ComponentCondition",
            "ceterms:name": {"en": "Practice"},
            "ceterms:description": {"en": "Complete 2 of 3"},
            "ceterms:requiredNumber": 2,
            "ceterms:targetComponent": [f"{PATHWAY}#{key}" for key in "abc"],
        }
    ]
    assert goal["ceasn:hasChild"] == goal["ceterms:hasCondition"][0]["ceterms:targetComponent"]
    assert first == {
        "@type": "ceterms:CredentialComponent",
        "@id": f"{PATHWAY}#a",
        "ceterms:name": {"en": "Debate"},
        "ceterms:description": {"en": "About a."},
        "ceterms:credentialType": "ceterms:DigitalBadge",
        "ceterms:proxyFor": "https://ours.example/achievements/a",
        "ceterms:isPartOf": [PATHWAY],
        "ceasn:isChildOf": [goal["@id"]],
    }


def test_credits_are_a_sum_of_point_values_and_what_comes_first_is_a_prerequisite():
    after = Prerequisite(Holds("c"))
    parts = (Part(Holds("a"), brings=Brings(250)), Part(Holds("b"), brings=Brings(300), after=after))
    document = sent(Credits(500, parts, unit="hours")).document
    (condition,) = by_id(document, "goal")["ceterms:hasCondition"]
    (total,) = condition["ceterms:hasConstraint"]
    assert (total["ceterms:leftAction"], total["ceterms:leftSource"]) == ("array:Sum", ["ceterms:pointValue"])
    assert (total["ceterms:comparator"], total["ceterms:rightSource"]) == ("compare:GTEQ", ["5"])
    second = next(x for x in document["@graph"] if x["@id"] == condition["ceterms:targetComponent"][1])
    assert second["ceterms:pointValue"]["schema:value"] == 3
    assert second["ceterms:prerequisite"] == [f"{PATHWAY}#c"]


def test_what_has_no_words_is_listed_with_its_place_in_the_document_too():
    told = sent(AllOf((Part(Holds("a"), 2), Part(Holds("b"), 0)), exclusive=True), Policy.ASSESSED)
    assert [(one.at, one.what) for one in told.left_out] == [
        ("stacks.goal.policy", "policy"),
        ("stacks.goal.requirement.exclusive", "exclusive"),
        ("stacks.goal.requirement.parts[0].weight", "weight"),
        ("stacks.goal.requirement.parts[1]", "optional"),
    ]
    listed = [(one["at"], one["what"], one["says"]) for one in told.document["leftOut"]]
    assert listed == [(one.at, one.what, one.says) for one in told.left_out]
    (condition,) = by_id(told.document, "goal")["ceterms:hasCondition"]
    assert condition["ceterms:targetComponent"] == [f"{PATHWAY}#a"]


def test_readers_of_json_ld_find_terms_of_known_vocabularies_and_pass_the_list_by():
    document = sent(
        AllOf((Part(Holds("a"), 2), Part(AtLeast(1, (Part(Holds("b")),))))), Policy.ASSESSED
    ).document
    language = {"@container": "@language"}
    known = {
        "ceterms": "https://purl.org/ctdl/terms/",
        "ceasn": "https://purl.org/ctdlasn/terms/",
        "schema": "https://schema.org/",
        "ceterms:name": language,
        "ceterms:description": language,
    }
    address, own = document["@context"]
    assert address == CONTEXT
    expanded = jsonld.expand({**document, "@context": [known, own]})
    terms = {term for node in expanded for term in node if not term.startswith("@")}
    assert len(expanded) == len(document["@graph"])
    assert all(term.startswith(("https://purl.org/ctdl/", "https://purl.org/ctdlasn/")) for term in terms)


# --- documents of others -------------------------------------------------------------------------------------------


HERE = {
    "https://badges.example/debate": Match("a", "Debate"),
    "https://badges.example/lab": Match("b", "Lab"),
}


def component(name, kind="ceterms:CredentialComponent", **more):
    told = {"@id": f"https://registry.example/{name}", "@type": kind, "ceterms:name": {"en": name}}
    return told | {f"ceterms:{term}": value for term, value in more.items()}


def pathway(*nodes, goal="goal", **more):
    at = f"https://registry.example/{goal}"
    first = {
        "@id": "https://registry.example/p",
        "@type": "ceterms:Pathway",
        "ceterms:name": {"en-US": "French"},
    }
    return {"@graph": [first | {"ceterms:hasDestinationComponent": at} | more, *nodes]}


def at(*names):
    return [f"https://registry.example/{name}" for name in names]


DEBATE = component("Debate", sourceData="https://badges.example/debate")
LAB = component("Lab", sourceData="https://badges.example/lab")


def asked(document, **more):
    """What the goal asks for, and what was said of the reading."""
    found = read(document, HERE | more)
    return found.draft.stacks[found.draft.goal].requirement, found


def test_a_basic_component_with_a_choice_is_a_group_within_the_stack():
    course = component(
        "French 2040",
        "ceterms:BasicComponent",
        hasCondition=[
            {
                "ceterms:name": {"en": "Required Badges"},
                "ceterms:requiredNumber": 1,
                "ceterms:targetComponent": at("Debate", "Lab"),
            }
        ],
    )
    goal = component("goal", hasCondition={"ceterms:targetComponent": at("French 2040", "Debate")})
    requirement, found = asked(pathway(goal, course, DEBATE, LAB))
    choice = AtLeast(1, (Part(Holds("a")), Part(Holds("b"))), name="French 2040")
    assert requirement == AllOf((Part(choice), Part(Holds("a"))))
    assert found.draft.name == "French"
    assert [(one.component, one.achievement) for one in found.unmatched] == [(at("goal")[0], "ctdl:goal")]
    assert found.unread == ()


def test_the_caller_says_what_a_component_is():
    goal = component("goal", hasCondition={"ceterms:targetComponent": at("Debate", "Unknown")})
    document = pathway(goal, DEBATE, component("Unknown"))
    more = {at("goal")[0]: Match("g", "Critical Thinking"), at("Unknown")[0]: Match("c", "Unknown")}
    requirement, found = asked(document, **more)
    assert found.draft.goal == "g"
    assert requirement == AllOf((Part(Holds("a")), Part(Holds("c"))))
    assert found.unmatched == ()
    assert set(at("goal", "Debate", "Unknown")) | {"https://badges.example/debate"} <= addresses(document)


def test_two_components_of_one_name_are_not_taken_for_each_other():
    goal = component("goal", hasCondition={"ceterms:targetComponent": at("x", "y")})
    twins = [component("x") | {"ceterms:name": "Talk"}, component("y") | {"ceterms:name": "Talk"}]
    requirement, found = asked(pathway(goal, *twins))
    assert [part.requirement.achievement for part in requirement.parts] == ["ctdl:talk", "ctdl:talk-2"]
    assert [part.requirement.name for part in requirement.parts] == ["Talk", "Talk"]
    assert len(found.unmatched) == 3


def test_terms_without_a_prefix_and_components_in_place_are_read():
    document = {
        "@context": "https://credreg.net/ctdl/schema/context/json",
        "type": "Pathway",
        "name": "French",
        "hasDestinationComponent": {
            "id": "_:goal",
            "type": "CredentialComponent",
            "hasCondition": {
                "requiredNumber": "2",
                "targetComponent": [
                    {"type": "CourseComponent", "proxyFor": "https://badges.example/debate"},
                    {"type": "CourseComponent", "proxyFor": "https://badges.example/lab"},
                ],
            },
        },
    }
    assert asked(document)[0] == AtLeast(2, (Part(Holds("a")), Part(Holds("b"))))


def test_several_conditions_must_all_be_met_and_one_may_stand_apart():
    apart = {
        "@id": "_:c",
        "@type": "ceterms:ComponentCondition",
        "ceterms:requiredNumber": 1,
        "ceterms:targetComponent": at("Lab"),
    }
    goal = component("goal", hasCondition=[{"ceterms:targetComponent": at("Debate")}, "_:c"])
    assert asked(pathway(goal, DEBATE, LAB, apart))[0] == AllOf((Part(Holds("a")), Part(Holds("b"))))


def test_without_a_condition_all_below_is_asked_for_and_that_is_said():
    goal = component("goal") | {"ceasn:hasChild": at("Debate", "Lab")}
    requirement, found = asked(pathway(goal, DEBATE, LAB))
    assert requirement == AllOf((Part(Holds("a")), Part(Holds("b"))))
    assert [(one.at, one.term) for one in found.unread] == [(at("goal")[0], "hasChild")]


def test_what_logically_comes_before_is_advised_by_either_side():
    goal = component("goal", hasCondition={"ceterms:targetComponent": at("Debate", "Lab")})
    first = DEBATE | {"ceterms:precedes": at("Lab")}
    requirement, found = asked(pathway(goal, first, LAB))
    assert requirement.parts[1] == Part(Holds("b"), after=Prerequisite(Holds("a"), strict=False))
    assert found.unread == ()


@pytest.mark.parametrize(("operator", "reason"), [("logic:Not", "not"), ("OnlyOne", "at_most")])
def test_what_more_awards_could_undo_is_refused_with_the_reason(operator, reason):
    condition = {"ceterms:logicalOperator": operator, "ceterms:targetComponent": at("Debate")}
    with pytest.raises(BadInput) as refused:
        asked(pathway(component("goal", hasCondition=condition), DEBATE))
    assert refused.value.says == REFUSED[reason]
    assert refused.value.problems[0].kind == "not-monotone"


def test_what_is_not_understood_is_listed_where_it_stands():
    odd = {
        "ceterms:comparator": "compare:LT",
        "ceterms:leftSource": ["ceterms:cost"],
        "ceterms:rightSource": ["3"],
    }
    condition = {
        "ceterms:targetComponent": at("Debate", "Missing"),
        "ceterms:hasConstraint": [odd],
        "ceterms:mood": "sunny",
    }
    goal = component("goal", hasCondition=condition, requiresProof="much")
    scheme = {"@id": "_:scheme", "@type": "skos:ConceptScheme"}
    _, found = asked(pathway(goal, DEBATE, scheme, weather="fine"))
    assert {(one.at, one.term) for one in found.unread} == {
        (f"{at('goal')[0]} hasCondition", "hasConstraint[0]"),
        (f"{at('goal')[0]} hasCondition", "mood"),
        (f"{at('goal')[0]} hasCondition", at("Missing")[0]),
        (at("goal")[0], "requiresProof"),
        ("https://registry.example/p", "weather"),
        ("_:scheme", "skos:ConceptScheme"),
    }


def test_circles_are_left_out_and_said():
    around = component(
        "Around", "ceterms:BasicComponent", hasCondition={"ceterms:targetComponent": at("Around", "Lab")}
    )
    first = DEBATE | {"ceterms:prerequisite": at("Lab")}
    second = LAB | {"ceterms:prerequisite": at("Debate")}
    goal = component("goal", hasCondition={"ceterms:targetComponent": at("Around", "Debate")})
    requirement, found = asked(pathway(goal, around, first, second))
    assert requirement.parts[1].after.strict
    assert {one.term for one in found.unread} == {at("Around")[0], "prerequisite"}


def test_a_document_that_unfolds_without_end_is_refused():
    layers = [
        component(
            f"l{number}",
            "ceterms:BasicComponent",
            hasCondition=[
                {"ceterms:targetComponent": at(f"l{number + 1}")},
                {"ceterms:targetComponent": at(f"l{number + 1}")},
            ],
        )
        for number in range(40)
    ]
    goal = component("goal", hasCondition={"ceterms:targetComponent": at("l0")})
    with pytest.raises(BadInput, match="asks for more than can be read"):
        asked(pathway(goal, *layers))


@pytest.mark.parametrize("nothing", [{}, [], {"@graph": []}, {"@type": "ceterms:Course"}, None, 3])
def test_a_document_without_a_pathway_is_refused(nothing):
    with pytest.raises(BadInput, match="no ceterms:Pathway"):
        read(nothing, {})
