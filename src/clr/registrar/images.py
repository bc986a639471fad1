"""Pictures of achievements: PNG, of a size that a browser draws without effort."""

from clr.errors import TooLarge, WrongMedia

MOST_PIXELS = 2048
"""Longest side."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_ENDS = 24


def require_png(content: bytes) -> None:
    """Refuse what is no PNG, and a PNG that unpacks to a wall (PNG §11.2.1 IHDR)."""
    if not content.startswith(_SIGNATURE) or content[12:16] != b"IHDR" or len(content) < _HEADER_ENDS:
        raise WrongMedia("This is no PNG image.")
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise TooLarge(
            f"The image measures {width} by {height}; at most {MOST_PIXELS} by {MOST_PIXELS} is taken."
        )
