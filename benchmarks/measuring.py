"""Measuring two ways of doing one thing in turns, so that a noisy machine is noisy for both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Row:
    """One figure: seconds of ours and of the baseline for one act, and the ratio that must be reached.

    ``note`` says on how many of what each was measured, where that differs, and what else was seen.
    """

    name: str
    ours: float
    baseline: float
    floor: float
    unit: str = "s"
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.baseline / self.ours

    @property
    def holds(self) -> bool:
        """Whether the floor is reached."""
        return self.ratio >= self.floor


def in_turns(
    ours: Callable[[], object],
    baseline: Callable[[], object],
    *,
    prepare: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """Return the median seconds of each, run in turns; ``prepare`` runs before each of ours, unmeasured.

    A first round warms both up and is not counted.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        prepare()
        for act, taken in zip((ours, baseline), times, strict=True):
            started = time.perf_counter()
            act()
            taken.append(time.perf_counter() - started)
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])
