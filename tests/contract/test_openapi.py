"""The committed contract is the one the code keeps, and the code keeps it on any input."""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from clr.app import create_app
from clr.settings import Settings

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


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_keeps_its_contract_on_any_input(world, method: str, path: str):
    operation = schemathesis.openapi.from_asgi("/openapi.json", world.client.app)[path][method]

    @given(case=operation.as_strategy())
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps(case):
        # Rules that JSON Schema cannot say (one learner, not two; dates in order) refuse bodies that fit it.
        case.call_and_validate(headers=world.admin, excluded_checks=[positive_data_acceptance])

    keeps()
