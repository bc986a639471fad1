"""What the service promises to others is held to the standards' own schemas, where they are at hand."""

from tests.standards import pytest_collection_modifyitems, standards

__all__ = ["pytest_collection_modifyitems", "standards"]
