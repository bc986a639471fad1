"""The standards' published schemas, vectors and samples, where they are at hand."""

import os
from pathlib import Path

import pytest

STANDARDS = Path(os.environ.get("CLR_STANDARDS_DIR") or Path(__file__).parents[2] / "shared" / "standards")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where they are absent one test says so, once for all that need them."""
    needing = [item for item in items if "standards" in getattr(item, "fixturenames", ())]
    if needing and not STANDARDS.is_dir():
        config.hook.pytest_deselected(items=needing[1:])
        items[:] = [item for item in items if item not in needing[1:]]


@pytest.fixture(scope="session")
def standards() -> Path:
    """The folder of what is published; CLR_STANDARDS_DIR names it where it lies elsewhere."""
    if not STANDARDS.is_dir():
        pytest.skip("the standards' schemas and vectors are not here; name their folder in CLR_STANDARDS_DIR")
    return STANDARDS
