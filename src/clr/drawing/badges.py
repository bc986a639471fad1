"""Badge images for achievements that have none, drawn from what they are.

Pure: the same arguments give the same bytes, so an image can be cached, hashed and baked.
The silhouette says the kind, the engraving says which one, the colour says who issued it,
and the finish says where the learner stands. Nothing else is decoration.
"""

import hashlib
import math
import unicodedata
from collections.abc import Iterator
from html import escape
from typing import Literal

from clr.drawing.colour import tones

Kind = Literal["badge", "micro-credential", "credential", "external"]
State = Literal["earned", "in-progress", "eligible", "next", "locked", "expiring", "expired", "revoked"]
SILHOUETTES = ("badge", "micro-credential", "credential", "external")

CENTRE = 64.0
SHORT, FEW, HALF = 2, 12, 180
"""Letters of a mark set large; steps a ring shows with wide gaps; degrees of half a turn."""

SERIF = "Iowan Old Style,Sitka Text,Palatino Linotype,Noto Serif,Liberation Serif,Georgia,serif"
GLYPHS = {  # 24 x 24, drawn with a round 1.8 stroke
    "debate": "M3 5h11v8H8l-3 3v-3H3zM17 9h4v8h-2v3l-3-3h-5v-2",
    "lens": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21",
    "people": "M8 11a3 3 0 1 0 0-6a3 3 0 1 0 0 6M16.5 11a2.5 2.5 0 1 0 0-5M2.5 19c0-4 2.4-5.5 5.5-5.500s5.5 1.5 5.5 5.500M16 13.500c3 0 5.5 1.5 5.5 5.5",
    "pen": "M4 20l1-5L16 4l4 4L9 19zM13.5 6.500l4 4",
    "flask": "M9 3h6M10 3v6L4.5 19a1.5 1.5 0 0 0 1.3 2h12.400a1.5 1.5 0 0 0 1.3-2L14 9V3M7.5 15h9",
    "globe": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
    "book": "M12 6c-2-1.5-5-2-9-2v14c4 0 7 .5 9 2c2-1.5 5-2 9-2V4c-4 0-7 .5-9 2zM12 6v14",
    "chart": "M4 4v16h16M8 16l4-5l3 3l5-7",
    "heart": "M10 4h4v6h6v4h-6v6h-4v-6H4v-4h6z",
    "rings": "M8.5 5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M15.5 5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M12 10.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9",
}


def badge_svg(  # noqa: PLR0913  each argument says one thing of the picture
    name: str,
    kind: str = "badge",
    *,
    colour: str,
    state: State = "earned",
    done: int = 0,
    steps: int = 0,
    mark: str = "",
    glyph: str = "",
    left: float = 0.0,
    label: str | None = None,
    small: bool = False,
) -> str:
    """Return one badge as SVG, 128 by 128.

    ``left`` is the share of validity that remains (expiring only). ``label`` replaces the spoken name, and ``""``
    makes the image decorative. ``small`` leaves the engraving out, for 48 px and less. An unknown glyph gives way to
    the initials, an unknown kind to the badge's silhouette.
    """
    tone = tones("#6f7773" if state in ("expired", "revoked") else colour)
    solid = state in ("earned", "expiring", "expired", "revoked")
    ringed = state in ("in-progress", "eligible", "expiring")
    radius = 46.0 if ringed else 57.0 if solid else 52.0
    name, kind = printable(name), kind if kind in SILHOUETTES else "badge"
    engraved = "" if small else rosette(name, kind, radius / 57)
    weight = 2.2 if small else 1.0
    mark, size = printable(mark) or initials(name), radius * (1.22 if small else 1)
    body = (
        _struck(engraved, kind, radius, tone)
        if solid
        else _blank(engraved, kind, radius, tone, state, weight)
    )
    parts = [_opened(name, kind, state, label), *body]
    parts.append(_centre(mark, glyph, size, tone, solid=solid, state=state))
    if ringed:
        parts += _ring(state, done, steps, left, tone, 5 * min(weight, 1.8))
    if state == "revoked":
        parts.append(_BAR)
    return "".join([*parts, "</svg>"])


_BAR = (
    '<path d="M24 104L104 24" stroke="light-dark(#fff,#0f1311)" stroke-width="9"/>'
    '<path d="M24 104L104 24" stroke="light-dark(#b3261e,#ff9a8f)" stroke-width="4"/>'
)
"""What is struck through was revoked."""


def _opened(name: str, kind: str, state: State, label: str | None) -> str:
    """Open the picture, with what it is called aloud."""
    said = f"{name}, {kind}, {state.replace('-', ' ')}" if label is None else printable(label)
    tag = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" class="badge-art" data-state="{state}"'
    return tag + (f' role="img" aria-label="{escape(said)}">' if said else ' aria-hidden="true">')


def printable(words: str) -> str:
    """Leave out what no XML document can carry: control characters and unpaired surrogates (XML 1.0 §2.2)."""
    return "".join(
        letter
        for letter in words
        if letter in "\t\n"
        or (letter >= " " and not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff")
    )


_UNSEEN = ("Cf", "Mn", "Me")
"""Characters without a shape of their own: joiners, turns of direction, marks upon a letter."""


def initials(name: str) -> str:
    """At most two capitals that stand for the name: "Reading Arguments" -> RA; never one that cannot be seen."""
    seen = "".join(letter for letter in name if unicodedata.category(letter) not in _UNSEEN)
    words = [word for word in seen.replace("-", " ").split() if word[0].isupper()] or [seen.strip() or "?"]
    return (words[0][0] + (words[1][0] if len(words) > 1 else "")).upper()


def _struck(engraved: str, kind: str, radius: float, tone: dict[str, str]) -> Iterator[str]:
    """The finished form: rim, enamel, engraving. Fixed colours, so it reads on any ground."""
    scale = radius / 57
    yield outline(kind, radius, f'fill="{tone["tint"]}"')
    yield outline(kind, radius - 2.2 * scale, f'fill="{tone["deep"]}"')
    if not engraved:
        return
    yield f'<path d="{engraved}" fill="none" stroke="{tone["soft"]}" stroke-width="{0.75 * scale:.2f}"/>'
    yield outline(
        kind, radius - 5.5 * scale, f'fill="none" stroke="{tone["tint"]}" stroke-width="{1.1 * scale:.2f}"'
    )
    if kind == "credential":  # a beaded edge, as on a coin
        bead = math.tau * 31.2 / 48 * scale
        yield (
            f'<circle cx="64" cy="64" r="{31.2 * scale:.2f}" fill="none" stroke="{tone["tint"]}" stroke-width="{1.9 * scale:.2f}" '
            f'stroke-linecap="round" stroke-dasharray="0 {bead:.3f}"/>'
        )


def _blank(
    engraved: str, kind: str, radius: float, tone: dict[str, str], state: State, weight: float
) -> Iterator[str]:
    """The form not yet struck: paper and line, in the colours of the page's theme."""
    line = (
        "light-dark(#7f8a83,#75817a)" if state == "locked" else f"light-dark({tone['deep']},{tone['glow']})"
    )
    paper = "light-dark(#fff,#171c19)"
    dash = f' stroke-dasharray="{3 * weight:.0f} {4 * weight:.0f}"' if state == "locked" else ""
    yield outline(
        kind,
        radius,
        f'fill="{paper}" stroke="{line}" stroke-width="{(1.5 if state == "locked" else 2) * weight:.1f}"{dash}',
    )
    if engraved and state != "locked":
        faint = f"light-dark({tone['wash']},{tone['dusk']})"
        yield f'<path d="{engraved}" fill="none" stroke="{faint}" stroke-width=".8"/>'


def _centre(mark: str, glyph: str, radius: float, tone: dict[str, str], *, solid: bool, state: State) -> str:
    """Initials in the record's own serif, or one plain glyph, on a quiet disc."""
    scale = radius / 57
    line = (
        "light-dark(#5f6a63,#98a39c)" if state == "locked" else f"light-dark({tone['deep']},{tone['glow']})"
    )
    ink, paper = (tone["deep"], "#fff") if solid else (line, "light-dark(#fff,#171c19)")
    disc = f'<circle cx="64" cy="64" r="{28.5 * scale:.1f}" fill="{paper}"/>'
    if solid:
        disc += f'<circle cx="64" cy="64" r="{25.8 * scale:.1f}" fill="none" stroke="{tone["soft"]}" stroke-width=".8"/>'
    if glyph in GLYPHS:
        size = (1.42 if solid else 1.6) * scale
        place = f"translate({CENTRE - 12 * size:.1f} {CENTRE - 12 * size:.1f}) scale({size:.3f})"
        return (
            f'{disc}<path d="{GLYPHS[glyph]}" transform="{place}" fill="none" stroke="{ink}" '
            'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'
        )
    size = ((29 if solid else 33) if len(mark) <= SHORT else 21) * scale
    return (
        f'{disc}<text x="64" y="{CENTRE + size * 0.335:.1f}" text-anchor="middle" font-family="{SERIF}" '
        f'font-size="{size:.1f}" font-weight="700" fill="{ink}">{escape(mark)}</text>'
    )


def _ring(
    state: State, done: int, steps: int, left: float, tone: dict[str, str], width: float
) -> Iterator[str]:
    """Steps as segments of one turn from noon; time left as one arc."""
    stroke = f'fill="none" stroke-width="{width:.0f}" stroke='
    track = f'{stroke}"light-dark(#d5dbd6,#343e38)"'
    if state == "expiring":
        amber = f'{stroke}"light-dark(#9a5b00,#f0b45a)"'
        yield f'<circle cx="64" cy="64" r="58" {track}/><path d="{arc(58, 0, 360 * left)}" {amber}/>'
        return
    full = f'{stroke}"light-dark({tone["deep"]},{tone["glow"]})"'
    gap, turn = (5.0 if steps <= FEW else 3.0) if steps > 1 else 0.0, 360 / max(steps, 1)
    for step in range(steps):
        span = arc(58, step * turn + gap / 2, (step + 1) * turn - gap / 2)
        yield f'<path d="{span}" {full if step < done or state == "eligible" else track}/>'


def outline(kind: str, radius: float, paint: str) -> str:
    """Circle, hexagon, eight-lobed seal, rounded square: told apart at 20 px."""
    if kind == "badge":
        return f'<circle cx="64" cy="64" r="{radius:.1f}" {paint}/>'
    if kind == "external":
        half = radius * 0.86
        return f'<rect x="{CENTRE - half:.1f}" y="{CENTRE - half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}" rx="{half * 0.3:.1f}" {paint}/>'
    if kind == "micro-credential":
        corners = [point(radius * 1.07, 60 * i) for i in range(6)]
        path = ""
        for i, (x, y) in enumerate(corners):  # each corner becomes a short curve
            (px, py), (nx, ny) = corners[i - 1], corners[(i + 1) % 6]
            path += f"{'L' if path else 'M'}{x + (px - x) * 0.2:.1f} {y + (py - y) * 0.2:.1f}Q{x:.1f} {y:.1f} {x + (nx - x) * 0.2:.1f} {y + (ny - y) * 0.2:.1f}"
        return f'<path d="{path}Z" {paint}/>'
    cusps = [point(radius * 0.93, 22.5 + 45 * i) for i in range(8)]
    lobe = radius * 0.43
    path = f"M{cusps[-1][0]:.1f} {cusps[-1][1]:.1f}" + "".join(
        f"A{lobe:.1f} {lobe:.1f} 0 0 1 {x:.1f} {y:.1f}" for x, y in cusps
    )
    return f'<path d="{path}Z" {paint}/>'


def rosette(name: str, kind: str, scale: float) -> str:
    """An interlaced curve as on a diploma; petals and windings come from the name's hash."""
    seed = hashlib.sha256(name.encode()).digest()
    petals, turns = {
        "badge": [(11, 3), (13, 4), (15, 4), (17, 5), (9, 2)],
        "micro-credential": [(18, 5), (24, 7), (18, 7), (24, 5)],
        "credential": [(32, 9), (40, 11), (32, 7), (24, 7)],
        "external": [(12, 5), (16, 5), (20, 7)],
    }[kind][seed[0] % 3]
    inner, outer = (
        (34.0 if kind == "credential" else 31.0) * scale,
        {"micro-credential": 45.0, "external": 46.0}.get(kind, 49.0) * scale,
    )
    count = petals * 6
    spots = [
        point((inner + outer) / 2 + (outer - inner) / 2 * math.cos(petals / turns * turn), math.degrees(turn))
        for turn in (2 * math.pi * turns * i / count for i in range(count))
    ]
    path = ""
    for (ax, ay), (bx, by) in zip(spots, [*spots[1:], spots[0]], strict=True):
        path += f"{f'Q{ax:.1f} {ay:.1f} ' if path else 'M'}{(ax + bx) / 2:.1f} {(ay + by) / 2:.1f}"
    return (
        path
        + f"Q{spots[0][0]:.1f} {spots[0][1]:.1f} {(spots[0][0] + spots[1][0]) / 2:.1f} {(spots[0][1] + spots[1][1]) / 2:.1f}"
    )


def point(radius: float, degrees: float) -> tuple[float, float]:
    """Clockwise from noon."""
    angle = math.radians(degrees - 90)
    return CENTRE + radius * math.cos(angle), CENTRE + radius * math.sin(angle)


def arc(radius: float, start: float, end: float) -> str:
    """Return the path of an arc between two angles, clockwise from noon."""
    (ax, ay), (bx, by) = point(radius, start), point(radius, min(end, start + 359.9))
    return f"M{ax:.1f} {ay:.1f}A{radius} {radius} 0 {int(end - start > HALF)} 1 {bx:.1f} {by:.1f}"
