"""Names broken into lines that fit, without a font to measure: a letter counts one, an East Asian one two."""

from collections.abc import Iterator
from unicodedata import east_asian_width

from clr.drawing.badges import printable


def lines(words: str, letters: int, most: int) -> tuple[str, ...]:
    """Return ``words`` in at most so many lines of so many letters; what is left out leaves an ellipsis."""
    found = list(_wrapped(" ".join(printable(words).split()) or "?", letters))
    if len(found) <= most:
        return tuple(found)
    last = found[most - 1]
    while last and _length(last) >= letters:
        last = last[:-1]
    return (*found[: most - 1], f"{last.rstrip()}…")


def _wrapped(words: str, letters: int) -> Iterator[str]:
    line = ""
    for word in words.split(" "):
        for piece in _pieces(word, letters):
            if line and _length(line) + 1 + _length(piece) > letters:
                yield line
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    yield line


def _pieces(word: str, letters: int) -> Iterator[str]:
    """Yield a word, broken where it is too long for a line."""
    piece = ""
    for letter in word:
        if _length(piece + letter) > letters:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _length(words: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)
