"""Holds what every drawing is made of: colours, shapes and words, as pieces of SVG.

A piece is drawn around its own middle (0, 0); who composes a picture moves and scales it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

INK: Final = "#14212b"
PAPER: Final = "#f3f1ea"
NAVY: Final = "#12324a"
WHITE: Final = "#ffffff"
RED: Final = "#c8281e"
GREEN: Final = "#1b7f3b"
YELLOW: Final = "#ffc81f"
AMBER: Final = "#e88b00"
BLUE: Final = "#1f6fb5"
GREY: Final = "#8b949b"
PALE: Final = "#d9dde0"
COPPER: Final = "#b8702f"
BLACK: Final = "#23282c"
SOIL: Final = "#8a6a4a"
LEAD: Final = "#9aa3ab"
POLYMER: Final = "#f7f4e6"
PAPER_INSULATION: Final = "#d9b878"

FONT: Final = "DejaVu Sans"
"""Condensed and bold, wherever words stand."""

NARROW: Final = frozenset("iljtfI.,:;'|!() ")
WIDE: Final = frozenset("mwMWΩ–…")


def colour(name: str) -> str:
    """Returns the colour of a name in a picture's text (`red`, `green` …), or the text itself (`#…`)."""
    named = {
        "red": RED, "green": GREEN, "yellow": YELLOW, "amber": AMBER, "blue": BLUE, "grey": GREY, "black": BLACK,
        "ink": INK, "white": WHITE, "copper": COPPER, "navy": NAVY, "pale": PALE, "lead": LEAD, "soil": SOIL,
    }  # fmt: skip
    return named.get(name, name)


def width_of(words: str, size: float) -> float:
    """Returns about how wide bold words are, in units of the picture; rather too wide than too narrow."""
    return sum(0.33 if c in NARROW else 0.9 if c in WIDE else 0.68 if c.isupper() else 0.58 for c in words) * size


def lines_of(words: str, size: float, width: float) -> list[str]:
    """Returns words broken into lines that are no wider than asked where their words allow it."""
    lines: list[str] = []
    for word in words.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def rect(x: float, y: float, w: float, h: float, fill: str, *, r: float = 0, line: str = INK, thick: float = 3) -> str:
    """Draws a rectangle from its left upper corner."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r:g}" fill="{fill}" {_line(line, thick)}/>'


def circle(x: float, y: float, r: float, fill: str, *, line: str = INK, thick: float = 3) -> str:
    """Draws a disc."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}" {_line(line, thick)}/>'


def oval(x: float, y: float, rx: float, ry: float, fill: str, *, line: str = INK, thick: float = 3) -> str:
    """Draws an ellipse."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}" {_line(line, thick)}/>'


def path(d: str, *, fill: str = "none", line: str = INK, thick: float = 4, dash: str = "") -> str:
    """Draws a path."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="{fill}" {_line(line, thick)}{dashes} stroke-linecap="round" stroke-linejoin="round"/>'


def polygon(points: Iterable[Sequence[float]], fill: str, *, line: str = INK, thick: float = 3) -> str:
    """Draws a closed outline."""
    corners = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polygon points="{corners}" fill="{fill}" {_line(line, thick)} stroke-linejoin="round"/>'


def words(x: float, y: float, text: str, *, size: float = 28, fill: str = INK, at: str = "middle") -> str:
    """Writes one line in bold; y is its base line, at: start, middle or end."""
    font = f'font-family="{FONT}" font-stretch="semi-condensed" font-weight="bold" font-size="{size:g}"'
    return f'<text x="{x:g}" y="{y:g}" {font} fill="{fill}" text-anchor="{at}">{escape(text)}</text>'


def block(x: float, y: float, text: str, *, width: float, size: float = 28, fill: str = INK, at: str = "middle") -> str:
    """Writes text over several lines around a middle height."""
    lines = lines_of(text, size, width)
    first = y - (len(lines) - 1) * size * 0.6 + size * 0.36
    return "".join(words(x, first + i * size * 1.2, line, size=size, fill=fill, at=at) for i, line in enumerate(lines))


def moved(piece: str, x: float, y: float, *, scale: float = 1, turn: float = 0) -> str:
    """Puts a piece somewhere, larger and turned (degrees, clockwise)."""
    turned = f" rotate({turn:g})" if turn else ""
    scaled = f" scale({scale:g})" if scale != 1 else ""
    return f'<g transform="translate({x:g} {y:g}){turned}{scaled}">{piece}</g>'


def _line(line: str, thick: float) -> str:
    return f'stroke="{line}" stroke-width="{thick:g}"' if thick else 'stroke="none"'
