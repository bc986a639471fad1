"""An institution's theme: its two colours, held to lightness that is legible on our pages."""

from dataclasses import dataclass

from clr.drawing.colour import tones

_SERIF = (
    "Iowan Old Style,Sitka Text,Palatino Linotype,Source Serif 4,Noto Serif,Liberation Serif,Georgia,serif"
)
_SANS = "-apple-system,Segoe UI,Roboto,Noto Sans,Liberation Sans,Helvetica Neue,Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class Paint:
    """What a drawing is painted with: the page's own properties, and the same colours where it stands alone."""

    brand: str
    accent: str
    page: str = "var(--page, light-dark(#ffffff, #0f1311))"
    ground: str = "var(--sunk, light-dark(#f4f6f3, #161b18))"
    ink: str = "var(--ink, light-dark(#121815, #eef2ee))"
    ink_3: str = "var(--ink-3, light-dark(#5b6660, #9aa59e))"
    line: str = "var(--line, light-dark(#d8ded9, #2b342f))"
    line_2: str = "var(--line-2, light-dark(#7c8780, #74807a))"
    edge: str = "light-dark(#b3bdb6, #4b5750)"
    serif: str = f"var(--serif, {_SERIF})"
    sans: str = f"var(--sans, {_SANS})"


def paint_of(colour: str, second: str) -> Paint:
    """Return what the drawings of an institution are painted with."""
    first, other = tones(colour), tones(second)
    return Paint(
        f"var(--brand, light-dark({first['deep']}, {first['glow']}))",
        f"var(--accent, light-dark({other['deep']}, {other['glow']}))",
    )


def theme_css(colour: str, second: str) -> str:
    """Custom properties for both schemes; only hue and chroma come from the institution."""
    first, other = tones(colour), tones(second)
    return f""":root {{
  --brand: light-dark({first["deep"]}, {first["glow"]});
  --on-brand: light-dark(#ffffff, #0b120e);
  --brand-block: {first["deep"]};
  --brand-tint: color-mix(in oklab, {first["soft"]} 13%, var(--page));
  --accent: light-dark({other["deep"]}, {other["glow"]});
  --accent-tint: color-mix(in oklab, {other["soft"]} 13%, var(--page));
}}
"""
