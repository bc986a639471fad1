"""An explanation recomputes to the numbers that it shows, from its JSON alone, by the rules alone."""

import json

from hypothesis import given

from clr.pathways import S, progress_toward
from clr.registrar.explaining import clause_json
from tests.property.profiles import examples
from tests.property.test_engine import settled
from tests.property.worlds import AT, exceptions, graph, held, worlds


def recomputed(told, *, slot=False):
    """Points, steps and whether complete, of a clause as it stands behind its waiver and its prerequisite."""
    points, steps, complete, _ = of_itself(told, slot=slot)
    if waived(told):
        points, steps, complete = S, 0, True
    after = told["after"]
    if after and after["kind"] == "strict" and not after["requirement"]["complete"]:
        return 0, steps + after["requirement"]["steps_left"], False
    return points, steps, complete


def waived(told):
    return told["allowance"] is not None and told["award"] is None


def of_itself(told, *, slot=False):
    kinds = {"all_of": all_of, "at_least": at_least, "credits": credits_of}
    if told["kind"] == "holds":
        return holds(told, slot=slot)
    return exclusive(told) if told["exclusive"] else kinds[told["kind"]](told)


def holds(told, *, slot):
    if told["award"]:
        return S, 0, True, (1, 1)
    if not told["parts"]:
        return 0, 1, False, (0, 1)
    (own,) = told["parts"]
    judged = told["policy"] != "auto"
    points = own["basis_points"] * 9 // 10 if judged else own["basis_points"]
    return 0 if slot else min(points, S - 1), max(1, own["steps_left"] + judged), False, (0, 1)


def on_route(told):
    return sum(part["steps_left"] for part in told["parts"] if part["on_route"])


def all_of(told):
    weighed = [part for part in told["parts"] if part["weight"] > 0]
    assert [part["counted"] for part in told["parts"]] == [part["weight"] > 0 for part in told["parts"]]
    total = sum(part["weight"] for part in weighed)
    points = sum(part["weight"] * part["basis_points"] for part in weighed) // total
    done = sum(part["complete"] for part in weighed)
    return points, on_route(told), done == len(weighed), (done, len(weighed))


def at_least(told):
    counted = [part for part in told["parts"] if part["counted"]]
    assert len(counted) == told["needed"] == sum(part["on_route"] for part in told["parts"])
    for marked in ("counted", "on_route"):
        assert len({part["category"] for part in told["parts"] if part[marked]}) >= told["categories"]
    done = sum(part["complete"] for part in counted)
    points = sum(part["basis_points"] for part in counted) // told["needed"]
    return points, on_route(told), done == told["needed"], (done, told["needed"])


def exclusive(told):
    counted = [part for part in told["parts"] if part["counted"]]
    used = [part["award"] for part in counted if part["award"]]
    assert len(counted) == told["needed"]
    assert len(set(used)) == len(used)
    done = sum(part["complete"] for part in counted)
    return S * done // told["needed"], on_route(told), done == told["needed"], (done, told["needed"])


def credits_of(told):
    total = round(told["needed"] * 100)
    brought = min(total, sum(round(part["brings"] * 100) for part in told["parts"]))
    assert told["unit"] == "credits"
    assert all(part["complete"] for part in told["parts"] if part["brings"])
    for part in told["parts"]:
        assert part["route_steps"] % (part["steps_left"] or 1) == 0
        assert bool(part["route_steps"]) == part["on_route"]
    steps = sum(part["route_steps"] for part in told["parts"])
    return S * brought // total, steps, brought == total, (brought / 100, total / 100)


def clauses_told(told, *, slot=False):
    yield told, slot
    for part in told["parts"]:
        yield from clauses_told(part, slot=told["exclusive"] and part["counted"])
    if told["after"]:
        yield from clauses_told(told["after"]["requirement"])


@examples(400)
@given(worlds())
def test_an_explanation_recomputes_to_the_numbers_it_shows_from_its_json_alone(world):
    awards = settled(world, held(world.awards))
    for name in world.view:
        root = progress_toward(
            graph(world), name, awards, at=AT, allowances=exceptions(world.allowances)
        ).root
        for told, slot in clauses_told(json.loads(json.dumps(clause_json(root, {})))):
            shown = told["basis_points"], told["steps_left"], told["complete"]
            assert shown == recomputed(told, slot=slot)
            if not waived(told):
                assert (told["earned"], told["needed"]) == of_itself(told, slot=slot)[3]
            assert told["complete"] == (told["steps_left"] == 0) == (told["basis_points"] == S)
