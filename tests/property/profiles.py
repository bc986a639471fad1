"""How many worlds each rule is held against: what every change can afford, or ``CLR_PROPERTY=thorough``."""

import os

from hypothesis import HealthCheck, settings

THOROUGH = 10_000


def examples(number):
    """Settings for a rule that is held against ``number`` worlds, always the same ones."""
    thorough = os.environ.get("CLR_PROPERTY") == "thorough"
    return settings(
        max_examples=max(number, THOROUGH) if thorough else number,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
