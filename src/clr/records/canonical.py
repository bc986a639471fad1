"""The canonical form of a JSON-LD document: what a signature covers, and nothing that it does not.

PyLD drops terms that no context defines, drops nodes whose id is no address, and signs relative addresses as if they
were absolute. All are refused here ("safe mode"), as is every context that is not pinned, and every second way of
writing a member: a reader of the JSON would miss an expiry date that is written as an address or under ``@nest``,
while the signature still held. PyLD expands; canonicalisation is our own.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

from pyld.jsonld import JsonLdError, JsonLdProcessor

from clr.records.contexts import Contexts
from clr.records.rdfc import MAX_WORK, Quad, canonical_quads

DEPTH_LIMIT = 64
_SENTINEL = "x-relative:///"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANGUAGE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_ESCAPES = {
    **{code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)},
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}
"""Escapes of canonical N-Quads (RDFC-1.0 §5)."""


_ADDRESS = re.compile(r"""(?:[A-Za-z][A-Za-z0-9+.-]*|_):[^\s\x00-\x20\x7f\ufeff<>"{}|^`\\]*""")
"""An absolute IRI as N-Quads can tell it, or the name of a blank node."""


_MOST, _LEAST = 2**53, 1e-6
"""Numbers that every reader writes alike: beyond them JSON readers round, each in its own way (RFC 8259 §6)."""


class Unsafe(ValueError):
    """A document of which a signature would not cover everything it says; the message names what."""


def canonical(document: Mapping[str, Any], contexts: Contexts, *, max_work: int = MAX_WORK) -> bytes:
    """Return the canonical N-Quads of ``document``, or raise ``Unsafe``."""
    return canonical_quads(quads_of(document, contexts), max_work=max_work).encode()


def quads_of(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """Return the RDF dataset a document says, in safe mode."""
    require_contexts(document, contexts)
    options = {"documentLoader": _loader(contexts), "base": _SENTINEL, "extractAllScripts": False}
    try:
        dataset = _Strict(on_property_dropped=_dropped).to_rdf(_copied(document), options)
    except JsonLdError as fault:
        cause = fault.__cause__ if isinstance(fault.__cause__, Unsafe) else fault
        raise Unsafe(f"The document is not sound JSON-LD: {_reason(cause)}") from None
    return list(_quads(dataset))


def require_contexts(document: Any, contexts: Contexts) -> None:
    """Refuse contexts that are not pinned or stand elsewhere than atop a credential, and members that are no plain words."""
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEPTH_LIMIT:
            raise Unsafe(f"The document is nested deeper than {DEPTH_LIMIT} levels.")
        if isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, dict):
            _require_words(value, contexts, top=depth == 0)
            waiting += [(item, depth + 1) for name, item in value.items() if name != "@context"]


def _require_words(node: Mapping[str, Any], contexts: Contexts, *, top: bool) -> None:
    for name in node:
        if name == "@context":
            continue
        if name.startswith("@") or ":" in name or name[:1].isupper():
            raise Unsafe(
                f'"{name[:120]}" is another way of writing a member; write the word that a context defines.'
            )
    if "@context" not in node:
        return
    if not top and "VerifiableCredential" not in listed(node.get("type")):
        raise Unsafe("A context stands inside the document; only a credential may begin with one.")
    for given in listed(node["@context"]):
        if not isinstance(given, str) or given not in contexts.documents:
            raise Unsafe(f"The context {str(given)[:120]} is not one of those this service knows.")


class _Strict(JsonLdProcessor):  # type: ignore[misc]  # PyLD ships no types
    """PyLD, but what it would leave out of the dataset without a word is refused."""

    def _graph_to_rdf(self, graph: Any, issuer: Any, options: Any) -> Any:
        for name in graph:
            _require_address(name)
        return super()._graph_to_rdf(graph, issuer, options)

    def _object_to_rdf(self, item: Any, issuer: Any, triples: Any, options: Any) -> Any:
        found = super()._object_to_rdf(item, issuer, triples, options)
        if found is None:
            _require_address(str(item.get("@id", item)))
            raise Unsafe("A signature would not cover one of the values.")
        return found


def _copied(value: Any) -> Any:
    """Return a copy to hand to PyLD, in which 3.0 is 3: to JSON they are one number, to PyLD two."""
    if isinstance(value, Mapping):
        return {name: _copied(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(part) for part in value]
    if isinstance(value, int | float):
        if abs(value) > _MOST or not math.isfinite(value) or 0 < abs(value) < _LEAST:
            raise Unsafe("A number is too large or too small for all to read it alike, or is none.")
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return value


def is_address(value: str) -> bool:
    """Whether ``value`` is an absolute address that can stand in a canonical form as it is."""
    return bool(_ADDRESS.fullmatch(value)) and not value.startswith("_:")


def is_web_address(value: str) -> bool:
    """Whether ``value`` is an address of the web that can stand in a canonical form as it is."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for what is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_address(value)


def listed(value: Any) -> list[Any]:
    """Return what may be written as one thing or as a list of things, as a list."""
    return value if isinstance(value, list) else [value]


def _loader(contexts: Contexts) -> Any:
    def load(url: str, _: Any = None) -> dict[str, Any]:
        if url not in contexts.documents:
            raise Unsafe(f"The context {url[:120]} is not one of those this service knows.")
        document = contexts.documents[url]
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": document,
            "contentType": "application/ld+json",
            "tag": "static",
        }

    return load


def _dropped(name: str) -> NoReturn:
    raise Unsafe(f'No context defines "{str(name)[:120]}", so a signature would not cover it.')


def _reason(fault: BaseException) -> str:
    return str(fault.args[0] if fault.args else fault)[:200]


def _quads(dataset: Mapping[str, Any]) -> Iterator[Quad]:
    for graph, triples in dataset.items():
        name = "" if graph == "@default" else _node({"type": _kind(graph), "value": graph})
        for triple in triples:
            yield _node(triple["subject"]), _node(triple["predicate"]), _object(triple["object"]), name


def _kind(value: str) -> str:
    return "blank node" if value.startswith("_:") else "IRI"


def _node(node: Mapping[str, str]) -> str:
    value = node["value"]
    _require_address(value)
    return value if node["type"] == "blank node" else f"<{value}>"


def _require_address(value: str) -> None:
    if value.startswith("x-relative:") or ":" not in value:
        raise Unsafe(
            f'"{value.removeprefix(_SENTINEL)[:120]}" is a relative address; only absolute ones can be signed.'
        )
    if not _ADDRESS.fullmatch(value):
        raise Unsafe(f'"{value[:120]}" is no address.')


def _object(node: Mapping[str, str]) -> str:
    if node["type"] != "literal":
        return _node(node)
    literal = f'"{node["value"].translate(_ESCAPES)}"'
    datatype = node.get("datatype", _STRING)
    if datatype == _LANGUAGE:
        return f"{literal}@{node['language']}"
    return literal if datatype == _STRING else f"{literal}^^{_node({'type': 'IRI', 'value': datatype})}"
