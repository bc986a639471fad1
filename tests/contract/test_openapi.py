"""The committed contract is the one the code keeps, and the code keeps it on any input."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis.specs.openapi.checks import positive_data_acceptance

from clr.app import create_app
from clr.registrar import people
from clr.registrar.policy import Role
from clr.settings import Settings
from clr.store.sessions import transaction
from clr.store.tables import Membership
from tests.worlds import World, all_of

CONTRACT = Path(__file__).parents[2] / "openapi" / "clr.json"
SPEC = json.loads(CONTRACT.read_text(encoding="utf-8"))
OPERATIONS = sorted(
    (method.upper(), path)
    for path, operations in SPEC["paths"].items()
    for method in operations
    if not path.endswith("/events")  # an endless stream; its own tests read it
)


def test_the_committed_contract_is_current():
    assert create_app(Settings()).openapi() == SPEC, "run: make openapi"


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does():
    operations = [operation for path in SPEC["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert [operation["operationId"] for operation in operations if not operation.get("description")] == []


def test_every_refusal_is_a_problem_document():
    for path, operations in SPEC["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert "application/problem+json" in response["content"], (method, path, status)


@dataclass
class Contract:
    """One institution, its contract as it serves it, and Amy, who may do everything there is to do."""

    world: World
    schema: Any
    headers: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def contract(shared_world: World) -> Contract:
    world, app = shared_world, shared_world.client.app
    world.stack("Critical Thinking", all_of("Debate", "Lab"))
    amy = world.learner("Amy", holds=["Lab"])
    with transaction(app.state.service.engine) as session:
        session.add(Membership(person_id=people.person_of(session, amy), role=Role.ADMIN.value))
    headers = world.as_(amy)
    award = world.grant(amy, "Debate").award["id"]
    body = {"title": "Mine", "sections": [{"items": [{"award_id": award}]}]}
    record = world.client.post("/v1/records", json=body, headers=headers).json()
    share = world.client.post(
        f"/v1/records/{record['id']}/shares", json={"label": "A"}, headers=headers
    ).json()
    ids = {
        "learner_id": amy,
        "award_id": award,
        "record_id": record["id"],
        "share_id": share["id"],
        "token": share["token"],
        "achievement_id": world.achievements["Debate"],
        "issuer_id": world.issuers["Career Connect"],
        "pathway_id": world.pathways["Critical Thinking"],
    }
    return Contract(world, schemathesis.openapi.from_asgi("/openapi.json", app), headers, ids)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_keeps_its_contract_on_any_input(contract: Contract, method: str, path: str):
    @given(case=contract.schema[path][method].as_strategy(), there=booleans())
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case, there):
        if there:  # half of the time at things that exist, so that more is reached than "not found"
            known = contract.ids.keys() & (case.path_parameters or {}).keys()
            case.path_parameters.update({name: contract.ids[name] for name in known})
        # Rules that JSON Schema cannot say (one learner, not two; dates in order) refuse bodies that fit it.
        case.call_and_validate(headers=contract.headers, excluded_checks=[positive_data_acceptance])

    keeps()
