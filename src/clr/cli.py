"""The ``clr`` command."""


def main() -> None:
    """Stand by."""
