"""``python -m benchmarks``: print the table, write ``results.json`` and the README's table, fail when results differ."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import agreement, cohort, documents, engine
from benchmarks.measuring import Row
from benchmarks.quoting import quote

RESULTS = Path(__file__).parent / "results.json"
SUITES = (engine.rows, cohort.rows, agreement.rows, documents.rows)


def main() -> None:
    """Measure everything; a difference between compared results ends with an error, not with a table."""
    rows = [row for suite in SUITES for row in suite()]
    told = [_told(row) for row in rows]
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    quote(told)
    table = Table("figure", "ours", "baseline", "times faster", "at least", "holds", box=None)
    for row in rows:
        table.add_row(
            row.name,
            _time(row.ours) if row.unit == "s" else f"{row.ours:,.0f} {row.unit}",
            _time(row.baseline) if row.unit == "s" else f"{row.baseline:,.0f} {row.unit}",
            f"{row.ratio:.1f}",
            f"{row.floor:g}",
            "yes" if row.holds else "NO",
        )
    console = Console(width=140)
    console.print(table)
    for row in rows:
        if row.note:
            console.print(f"{row.name}: {row.note}")
    if not all(row.holds for row in rows):
        sys.exit(1)


def _told(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "ours": row.ours,
        "baseline": row.baseline,
        "ratio": row.ratio,
        "floor": row.floor,
        "unit": row.unit,
        "holds": row.holds,
        "note": row.note,
    }


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:,.1f} µs"


if __name__ == "__main__":
    main()
