"""The process in which documents of strangers are verified: one JSON message a line, in and out."""

import base64
import json
import resource
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clr.net.checking import report_json, run_here
from clr.records.contexts import Contexts
from clr.records.findings import Needs
from clr.records.reading import NotADocument


def main() -> None:
    """Answer documents until the input ends; the one argument is the most memory to use, in bytes."""
    most = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    contexts = Contexts(_told())
    _tell({"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            report = run_here(
                base64.b64decode(asked["data"]),
                asked["media_type"],
                at=datetime.fromisoformat(asked["at"]),
                contexts=contexts,
                resolve=_ask,
            )
            _tell(report_json(report))
        except NotADocument as fault:
            _tell({"not_a_document": str(fault)})


def _ask(needs: Needs) -> Mapping[str, Any] | None:
    _tell({"needs": {"kind": needs.kind, "url": needs.url}})
    answer: Mapping[str, Any] | None = _told()
    return answer


def _tell(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _told() -> Any:
    return json.loads(sys.stdin.readline())


if __name__ == "__main__":
    main()
