"""Reading the terms of a CTDL document, however it spells them: prefixed or not, one value or several, in place or apart."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from clr.errors import BadInput, Problem
from clr.pathways.requirements import CURRENT, HUNDREDTHS, Filters

NESTING_LIMIT = 220
PARTS_LIMIT = 500
NAME_LIMIT, KEY_LIMIT, TEXT_LIMIT = 200, 80, 5000
MOST = 1_000_000
"""The largest number, up or down, that a score, a sum or a count may be."""

Node = dict[str, Any]
"""One thing of the graph, by short terms: ``hasPart``, ``id``, ``type``."""

_PREFIX = re.compile(r"^(ceterms|ceasn|asn|schema|https?://(purl\.org/ctdl(asn)?/terms/|schema\.org/))[:]?")
_TAIL = re.compile(r"[^:/#]*$")

PATHWAY = frozenset({"hasDestinationComponent", "hasPart"})
COMPONENT = frozenset(
    {
        *("hasChild", "hasCondition", "precedes", "precededBy", "prerequisite", "proxyFor", "sourceData"),
        *(
            "pointValue",
            "creditValue",
            "componentCategory",
            "isChildOf",
            "isDestinationComponentOf",
            "isPartOf",
        ),
    }
)
CONDITION = frozenset(
    {"requiredNumber", "targetComponent", "hasCondition", "hasConstraint", "logicalOperator"}
)
_ABOUT = {
    *("id", "type", "name", "alternateName", "description", "ctid", "image", "inLanguage", "subjectWebpage"),
    *("identifier", "keyword", "ownedBy", "offeredBy", "credentialType", "codedNotation", "subject"),
    *("industryType", "occupationType", "instructionalProgramType", "lifeCycleStatusType", "latestVersion"),
    *("previousVersion", "nextVersion", "versionIdentifier", "supersededBy", "supersedes"),
}
"""Terms that describe, and change nothing about what is asked for: the catalogue says these things itself."""


def graph_of(document: Any) -> tuple[Node | None, dict[str, Node], list[tuple[str, str]]]:
    """Return the pathway, the components by their ids, and what else the graph holds (its id and type)."""
    whole = _normalised(document, 0)
    pathways: list[Node] = []
    components: dict[str, Node] = {}
    conditions: dict[str, Node] = {}
    others: list[tuple[str, str]] = []
    every = list(_nodes(whole))
    top = {id(node) for node in listed(_top(whole))}
    for number, node in enumerate(every):
        kind = _kind(node)
        at = node.get("id")
        if kind.endswith("Component"):
            at = at if isinstance(at, str) and at else f"_:component-{number}"
            node["id"] = at
            known = components.setdefault(at, node)
            known |= {term: value for term, value in node.items() if term not in known}
        elif kind == "Pathway":
            pathways.append(node)
        elif kind == "ComponentCondition" and isinstance(at, str):
            conditions.setdefault(at, node)
        elif kind and kind != "Constraint" and id(node) in top:
            others.append((str(at or ""), kind))
    _join(every, conditions)
    others += [(str(node.get("id", "")), "Pathway") for node in pathways[1:]]
    return (pathways[0] if pathways else None), components, others


def _top(whole: Any) -> Any:
    return whole.get("@graph", whole) if isinstance(whole, dict) else whole


def _join(every: list[Node], conditions: Mapping[str, Node]) -> None:
    """Put conditions that stand apart in the graph where they are referred to."""
    for node in every:
        if "hasCondition" in node:
            told = listed(node["hasCondition"])
            node["hasCondition"] = [conditions.get(reference(one) or "", one) for one in told]


def _normalised(value: Any, depth: int) -> Any:
    if depth > NESTING_LIMIT:
        says = f"The document is nested deeper than {NESTING_LIMIT} levels."
        raise BadInput(says, (Problem("document", "depth", says),))
    if isinstance(value, dict):
        return {
            _short(key): _normalised(inner, depth + 1) for key, inner in value.items() if key != "@context"
        }
    if isinstance(value, list):
        return [_normalised(inner, depth + 1) for inner in value]
    return value


def _short(term: object) -> str:
    told = str(term)
    return {"@id": "id", "@type": "type"}.get(told) or _PREFIX.sub("", told) or told


def _nodes(value: Any) -> Iterator[Node]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting += reversed(list(here.values()))
        elif isinstance(here, list):
            waiting += reversed(here)


def _kind(node: Node) -> str:
    told = next((one for one in listed(node.get("type")) if isinstance(one, str)), "")
    if told:
        node["type"] = _short(told)
    return _short(told)


def unknown_terms(node: Node, known: frozenset[str]) -> list[str]:
    """Return the terms of a node that say something which is not understood."""
    return [term for term in node if term not in known | _ABOUT and not term.startswith("@")]


# --- values --------------------------------------------------------------------------------------------------------


def listed(value: Any) -> list[Any]:
    """Return the values of a term, whether one or several were written."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def reference(value: Any) -> str | None:
    """Return the address of something written in place or referred to."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("targetNode")
    return value if isinstance(value, str) and value else None


def references(value: Any) -> list[str]:
    """Return the addresses of several things, each once."""
    return list(dict.fromkeys(at for one in listed(value) if (at := reference(one))))


def text(value: Any) -> str | None:
    """Return a text, of several languages the English one or else the first."""
    if isinstance(value, list):
        return next((told for one in value if (told := text(one))), None)
    if isinstance(value, dict):
        spoken = [value.get(name) for name in ("@value", "en", "en-US", "en-us", "en-GB")]
        value = next((one for one in (*spoken, *value.values()) if isinstance(one, str)), None)
    return value.strip() if isinstance(value, str) and value.strip() else None


def exact(value: Any) -> Decimal | None:
    """Return a number, if it is one that could be meant."""
    if isinstance(value, dict):
        value = value.get("value", value.get("@value"))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except (InvalidOperation, ValueError):  # an int of more digits than Python writes
        return None
    return found if found.is_finite() and abs(found) <= MOST else None


def whole(value: Any) -> int | None:
    """Return a whole number, however it is written."""
    found = exact(value)
    return int(found) if found is not None and found == int(found) else None


def hundredths(value: Any) -> int | None:
    """Return a number in hundredths, if it has no more than two decimals."""
    found = exact(value)
    return int(found * HUNDREDTHS) if found is not None and found * HUNDREDTHS % 1 == 0 else None


def _moment(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- conditions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """What a condition says besides its parts."""

    operator: str = ""
    total: int | None = None
    unit: str | None = None
    categories: int = 0
    filters: Filters = CURRENT
    unread: tuple[tuple[str, str], ...] = field(default=())


_OPERATORS = ("and", "or", "not", "onlyone", "andsequence", "")


def condition_terms(node: Node) -> Terms:
    """Return the operator, sum, categories and filters of a condition, and which of its constraints are not read."""
    terms = Terms(operator=_tail(node.get("logicalOperator")))
    if terms.operator not in _OPERATORS:
        terms = replace(terms, operator="", unread=(("logicalOperator", "This operator is not known here."),))
    if terms.operator == "andsequence":
        says = "All are asked for, in whatever order."
        terms = replace(terms, unread=(*terms.unread, ("logicalOperator", says)))
    for place, constraint in enumerate(listed(node.get("hasConstraint"))):
        more = _constrained(terms, constraint) if isinstance(constraint, dict) else None
        says = "This constraint has no counterpart here; it is left out, so that less is asked for."
        terms = more or replace(terms, unread=(*terms.unread, (f"hasConstraint[{place}]", says)))
    return terms


def _constrained(terms: Terms, constraint: Node) -> Terms | None:
    """Return the terms with what one constraint adds to them; ``None`` when it is not understood."""
    left, right = (_only(constraint.get(side)) for side in ("leftSource", "rightSource"))
    compare, action = (_tail(constraint.get(name)) for name in ("comparator", "leftAction"))
    if right is None or constraint.get("rightAction") is not None:
        return None
    match action, _tail(left), compare:
        case "sum", "pointvalue" | "creditvalue", "gteq":
            total = hundredths(right)
            fits = total is not None and total <= 100_000 * HUNDREDTHS
            return replace(terms, total=total, unit=text(constraint.get("name"))) if fits else None
        case "countdistinct", "componentcategory", "gteq":
            number = whole(right)
            return (
                replace(terms, categories=number)
                if number is not None and 0 <= number <= PARTS_LIMIT
                else None
            )
        case "", name, _:
            filters = _filter(terms.filters, name, compare, right)
            return replace(terms, filters=filters) if filters else None
        case _:
            return None


def _filter(filters: Filters, name: str, compare: str, right: str) -> Filters | None:
    match name, compare:
        case "value", "gteq" if (score := exact(right)) is not None:
            return replace(filters, min_score=score)
        case "achievedlevel", "gteq" if len(right) <= NAME_LIMIT:
            return replace(filters, level=right)
        case "resultdescription", "eq" if len(right) <= KEY_LIMIT:
            return replace(filters, result=right)
        case "awardeddate", "gteq" if (since := _moment(right)) is not None:
            return replace(filters, since=since)
        case _:
            return None


def _only(value: Any) -> str | None:
    """Return the one value of a side, as text; of several there is no telling."""
    told = listed(value)
    if len(told) != 1 or isinstance(told[0], bool):
        return None
    one = told[0]
    if isinstance(one, dict):
        one = one.get("@value", reference(one))
    return str(one) if isinstance(one, str | int | float) and len(f"{one!r}") <= TEXT_LIMIT else None


def _tail(value: Any) -> str:
    """Return the last piece of a term or address, in small letters."""
    told = next((at for one in listed(value) if (at := reference(one))), "")
    found = _TAIL.search(told)
    return found[0].lower() if found else ""
