"""An institution's theme: its two colours, held to lightness that is legible on our pages."""

from clr.drawing.colour import tones


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
