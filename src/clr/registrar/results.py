"""Results of an assessment, held against what the achievement describes (OB 3.0 Result, ResultDescription)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from clr.errors import Problem
from clr.pathways import HeldResult, RubricFacts


@dataclass(frozen=True, slots=True)
class ResultGiven:
    """A result as sent: which description it answers, with a value or a rubric level (its id or its name)."""

    result_description: str
    value: str | None = None
    achieved_level: str | None = None


def checked(
    given: Sequence[ResultGiven], described: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, object]], list[Problem]]:
    """Return results in the form they are kept, and everything that is wrong with them."""
    kept: list[dict[str, object]] = []
    faults: list[Problem] = []
    by_id = {str(result["id"]): result for result in described}
    for place, result in enumerate(given):
        at = f"results[{place}]"
        description = by_id.get(result.result_description)
        if description is None:
            says = f"This achievement has no result description {result.result_description}."
            faults.append(Problem(f"{at}.result_description", "unknown", says))
            continue
        faults += [*_value_faults(result, description, at), *_level_faults(result, description, at)]
        level = _level(result, description)
        kept.append(
            {
                "result_description": result.result_description,
                "value": result.value,
                "achieved_level": level["id"] if level else None,
            }
        )
    return kept, faults


def rubric(description: Mapping[str, Any]) -> RubricFacts:
    """Return what the engine needs to know of a result description."""
    levels = frozenset(name for level in description.get("levels") or () for name in _names(level))
    return RubricFacts(
        str(description["id"]), description["name"], levels, _number(description.get("value_max"))
    )


def held(kept: Mapping[str, Any], described: Sequence[Mapping[str, Any]]) -> HeldResult:
    """Return a result of an award for the engine: its score, and every level that it reaches or passes."""
    wanted = kept["result_description"]
    levels = next((one.get("levels") or () for one in described if one["id"] == wanted), ())
    reached: set[str] = set()
    below: set[str] = set()
    for level in levels:  # lowest first
        below.update(_names(level))
        if level["id"] == kept.get("achieved_level"):
            reached = set(below)
    score = None if kept.get("value") is None else _number(kept["value"])
    return HeldResult(str(wanted), score, frozenset(reached))


def _names(level: Mapping[str, Any]) -> tuple[str, str]:
    return level["id"], level["name"]


def _level(result: ResultGiven, description: Mapping[str, Any]) -> Mapping[str, Any] | None:
    wanted = (result.achieved_level or "").casefold()
    levels = description.get("levels") or ()
    return next((level for level in levels if wanted in (level["id"], level["name"].casefold())), None)


def _level_faults(result: ResultGiven, description: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if result.achieved_level is None:
        return
    levels = list(description.get("levels") or ())
    level = _level(result, description)
    if level is None:
        names = ", ".join(level["name"] for level in levels) or "none"
        says = f'"{result.achieved_level}" is no level of {description["name"]}; its levels are: {names}.'
        yield Problem(f"{at}.achieved_level", "unknown", says)
        return
    required = description.get("required_level")
    order = [key for found in levels for key in (found["id"], found["name"])]
    if required in order and order.index(level["name"]) < order.index(required):
        says = f"{description['name']} asks for {required}; {level['name']} does not earn this achievement."
        yield Problem(f"{at}.achieved_level", "not-reached", says)


def _value_faults(result: ResultGiven, description: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if result.value is None:
        if result.achieved_level is None:
            yield Problem(at, "missing", f"Send a value or an achieved_level for {description['name']}.")
        return
    low, high = _number(description.get("value_min")), _number(description.get("value_max"))
    required, value = _number(description.get("required_value")), _number(result.value)
    if (low is not None or high is not None) and value is None:
        yield Problem(f"{at}.value", "not-a-number", f'"{result.value}" is no number.')
    elif value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        says = (
            f"{result.value} lies outside {description.get('value_min')} to {description.get('value_max')}."
        )
        yield Problem(f"{at}.value", "out-of-range", says)
    elif value is not None and required is not None and value < required:
        says = f"{description['name']} asks for at least {description['required_value']}."
        yield Problem(f"{at}.value", "not-reached", says)


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
