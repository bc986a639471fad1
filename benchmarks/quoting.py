"""The table that the README quotes, made of the figures as they were last measured and of nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


WHOLE = 10
"""From which ratio on the digits after the point say nothing."""


def quoted(results: Sequence[dict[str, Any]]) -> str:
    """Return the rows of comparisons, each ratio rounded down; what is measured against a bound is left to the run."""
    lines = ["| figure | times faster | at least |", "|---|---:|---:|"]
    lines += [
        f"| {row['name'].partition(':')[2]} | {_down(row['ratio'])} | {row['floor']:g} |"
        for row in results
        if row["ratio"] >= 1 and row["floor"] > 1
    ]
    return "\n".join(lines) + "\n"


def quote(results: Sequence[dict[str, Any]]) -> None:
    """Write the table into the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}{quoted(results)}{END}{after}", encoding="utf-8")


def _down(ratio: float) -> str:
    return f"{int(ratio):,}".replace(",", " ") if ratio >= WHOLE else f"{int(ratio * 10) / 10:g}"
