"""One hue at fixed lightness (OKLCH), so any institution's colour is legible and sits well beside any other."""

import math

LINEAR_BELOW, GAMMA_BELOW = 0.04045, 0.0031308
"""Where the sRGB curve is a straight line (IEC 61966-2-1)."""


def tones(colour: str) -> dict[str, str]:
    """The six tones a hue is used in; only hue and (bounded) chroma come from `colour`, as #rrggbb."""
    chroma, hue = _chroma_hue(colour)
    depth = min(chroma, 0.115)
    return {
        "deep": _hex(0.415, depth, hue),
        "soft": _hex(0.66, depth * 0.75, hue),
        "tint": _hex(0.90, depth * 0.42, hue),
        "wash": _hex(0.88, depth * 0.38, hue),
        "dusk": _hex(0.38, depth * 0.5, hue),
        "glow": _hex(0.80, depth * 0.9, hue),
    }


def _chroma_hue(colour: str) -> tuple[float, float]:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(max(c, 0), 1))):02x}" for c in channels)


def _linear(value: float) -> float:
    return value / 12.92 if value <= LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return 12.92 * value if value <= GAMMA_BELOW else 1.055 * value ** (1 / 2.4) - 0.055


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
