"""RDF Dataset Canonicalization 1.0 (W3C RDFC-1.0), with a limit on the work a dataset may cause.

Terms are strings as they stand in canonical N-Quads; the graph name ``""`` is the default graph.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import permutations

Quad = tuple[str, str, str, str]
"""Subject, predicate, object, graph."""

MAX_WORK = 20_000
"""Quads and orders looked at in the recursive part (§4.8); a real record takes some hundreds."""

_DEEPEST = 100
"""Blank nodes in a chain that only their neighbours tell apart; deeper would end Python's own stack."""

_BLANK = "_:"
_TANGLED = "The document's blank nodes are tangled beyond what any record needs."


class TooMuchWork(ValueError):
    """A dataset made so that canonicalising it takes for ever."""


def canonical_quads(quads: Iterable[Quad], *, max_work: int = MAX_WORK) -> str:
    """Return the dataset in canonical N-Quads (§4.4.3), or raise ``TooMuchWork``."""
    distinct = list(dict.fromkeys(quads))
    names = _Canonicalizer(distinct, max_work).issue()
    lines = [_line(tuple(names.get(term, term) for term in quad)) for quad in distinct]
    return "".join(sorted(lines))


def _line(quad: Sequence[str]) -> str:
    subject, predicate, value, graph = quad
    return f"{subject} {predicate} {value} {graph} .\n" if graph else f"{subject} {predicate} {value} .\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Issuer:
    """Issues identifiers in order (§4.3, Identifier Issuer)."""

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix, self.issued = prefix, issued or {}

    def issue(self, name: str) -> str:
        if name not in self.issued:
            self.issued[name] = f"{self.prefix}{len(self.issued)}"
        return self.issued[name]

    def copy(self) -> "_Issuer":
        return _Issuer(self.prefix, dict(self.issued))


class _Canonicalizer:
    def __init__(self, quads: Sequence[Quad], max_work: int) -> None:
        self._left = max_work
        self._canonical = _Issuer("_:c14n")
        self._first: dict[str, str] = {}
        self._quads: dict[str, list[Quad]] = {}
        for quad in quads:
            for name in dict.fromkeys(
                term for term in (quad[0], quad[2], quad[3]) if term.startswith(_BLANK)
            ):
                self._quads.setdefault(name, []).append(quad)

    def issue(self) -> dict[str, str]:
        """Return the canonical name of every blank node (§4.4.3 steps 3 to 5)."""
        alike: dict[str, list[str]] = {}
        for name in self._quads:
            alike.setdefault(self._first_degree(name), []).append(name)
        for found in (alike[key] for key in sorted(alike) if len(alike[key]) == 1):
            self._canonical.issue(found[0])
        for found in (alike[key] for key in sorted(alike) if len(alike[key]) > 1):
            self._issue_alike(found)
        return self._canonical.issued

    def _issue_alike(self, names: Sequence[str]) -> None:
        results = []
        for name in names:
            if name not in self._canonical.issued:
                issuer = _Issuer("_:b")
                issuer.issue(name)
                results.append(self._n_degree(name, issuer))
        for _, issuer in sorted(results, key=lambda result: result[0]):
            for name in issuer.issued:
                self._canonical.issue(name)

    def _first_degree(self, name: str) -> str:
        """Hash First Degree Quads (§4.6)."""
        if name not in self._first:
            lines = [
                _line(
                    tuple(
                        ("_:a" if term == name else "_:z") if term.startswith(_BLANK) else term
                        for term in quad
                    )
                )
                for quad in self._quads[name]
            ]
            self._first[name] = _sha256("".join(sorted(lines)))
        return self._first[name]

    def _related(self, name: str, quad: Quad, issuer: _Issuer, position: str) -> str:
        """Hash Related Blank Node (§4.7)."""
        known = self._canonical.issued.get(name) or issuer.issued.get(name) or self._first_degree(name)
        return _sha256(position + ("" if position == "g" else quad[1]) + known)

    def _n_degree(self, name: str, issuer: _Issuer, depth: int = 0) -> tuple[str, _Issuer]:
        """Hash N-Degree Quads (§4.8)."""
        if depth > _DEEPEST:
            raise TooMuchWork(_TANGLED)
        self._spend(len(self._quads[name]))
        told = []
        for key, related in sorted(self._neighbours(name, issuer).items()):
            path, issuer = self._shortest(related, issuer, depth)
            told += [key, path]
        return _sha256("".join(told)), issuer

    def _neighbours(self, name: str, issuer: _Issuer) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quad in self._quads[name]:
            for term, position in ((quad[0], "s"), (quad[2], "o"), (quad[3], "g")):
                if term.startswith(_BLANK) and term != name:
                    found.setdefault(self._related(term, quad, issuer, position), []).append(term)
        return found

    def _shortest(self, related: Sequence[str], issuer: _Issuer, depth: int) -> tuple[str, _Issuer]:
        """Return the least path over every order of ``related`` (§4.8.3 step 5.4)."""
        chosen, chosen_issuer = "", issuer
        for order in permutations(related):
            self._spend(len(order))
            tried = self._path(order, issuer.copy(), chosen, depth)
            if tried is not None and (not chosen or tried[0] < chosen):
                chosen, chosen_issuer = tried
        return chosen, chosen_issuer

    def _path(
        self, order: Sequence[str], issuer: _Issuer, chosen: str, depth: int
    ) -> tuple[str, _Issuer] | None:
        """Return the path of one order, ``None`` as soon as it cannot be the least any more."""
        path, deeper = "", []
        for name in order:
            if name in self._canonical.issued:
                path += self._canonical.issued[name]
            else:
                if name not in issuer.issued:
                    deeper.append(name)
                path += issuer.issue(name)
            if _worse(path, chosen):
                return None
        for name in deeper:
            hashed, further = self._n_degree(name, issuer, depth + 1)
            path += f"{issuer.issue(name)}<{hashed}>"
            issuer = further
            if _worse(path, chosen):
                return None
        return path, issuer

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise TooMuchWork(_TANGLED)


def _worse(path: str, chosen: str) -> bool:
    return bool(chosen) and len(path) >= len(chosen) and path > chosen
