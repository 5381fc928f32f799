"""Line diagrams of a feeder, and what instruments draw."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, exp, pi, sin

from infra.demonstration.drawings.paper import (
    AMBER,
    BLACK,
    BLUE,
    GREEN,
    GREY,
    INK,
    PALE,
    RED,
    WHITE,
    YELLOW,
    circle,
    path,
    polygon,
    rect,
    words,
)  # fmt: skip


def feeder(
    *, left: str = "closed", right: str = "closed", live: str = "all", fault: bool = False, earths: bool = False,
    locks: bool = False, job: bool = False, ends: Sequence[str] = ("A", "B"),
) -> str:  # fmt: skip
    """Draws a cable between two switches, 480 x 260.

    left, right: closed or open; live: all, sides or none; fault, earths, locks, job: what is drawn on it.
    """
    middle = RED if live == "all" else GREEN
    side = GREEN if live == "none" else RED
    drawn = path("M-240 0 L-170 0 M170 0 L240 0", line=side, thick=14) + path("M-110 0 L110 0", line=middle, thick=14)
    for place, state, name in ((-140, left, ends[0]), (140, right, ends[1])):
        drawn += rect(place - 34, -34, 68, 68, WHITE, r=6, thick=5)
        ink = middle if live == "all" else INK
        drawn += path(
            f"M{place - 30} 0 L{place + 30} 0" if state == "closed" else f"M{place - 30} 0 L{place + 16} -26",
            line=ink,
            thick=9,
        )
        drawn += words(place, -52, f"{name} {state}", size=26)
        if locks:
            drawn += path(f"M{place - 14} 56 l0 -12 a14 14 0 0 1 28 0 l0 12", line=GREY, thick=7) + rect(
                place - 20, 54, 40, 34, RED, r=5
            )
    if earths:
        for x in (-88, 88):
            drawn += path(
                f"M{x} 6 L{x} 46 M{x - 24} 46 L{x + 24} 46 M{x - 14} 58 L{x + 14} 58 M{x - 5} 70 L{x + 5} 70",
                line=GREEN,
                thick=7,
            )
    if fault:
        drawn += polygon([(6, -52), (-20, 0), (-2, 0), (-8, 44), (22, -14), (4, -14)], AMBER)
    if job:
        drawn += circle(0, 0, 26, YELLOW, thick=5) + words(
            0, -44 if earths else 62, "YOUR JOINT", size=24 if earths else 26
        )
    return drawn


TRACES = {
    "healthy": ((0.82, 1.0),), "open": ((0.55, 1.0),), "short": ((0.55, -1.0),), "joint": ((0.3, 0.24), (0.82, 1.0)),
    "fault": ((0.3, 0.22), (0.6, -0.8)),
}  # fmt: skip
"""The reflections of a pulse, by where along the screen and how high; up is a rise of impedance, down a fall."""


def trace(*, kind: str = "open", over: str = "", cursor: str = "", name: str = "") -> str:
    """Draws the screen of a pulse echo instrument, 460 x 290; over: a second trace; cursor: a distance."""
    drawn = rect(-230, -145, 460, 290, "#0e1b22", r=14, thick=6)
    drawn += path(
        "".join(f"M{x} -135 L{x} 135 " for x in range(-180, 200, 60)) + "M-224 0 L224 0", line="#2c4450", thick=2
    )
    if over:
        drawn += _pulses(TRACES[over], "#ff7a6b")
    drawn += _pulses(TRACES[kind], "#5dff9b")
    last = TRACES[kind][-1][0]
    if cursor:
        x = -220 + 440 * last
        drawn += path(f"M{x - 12:g} -135 L{x - 12:g} 135", line=YELLOW, thick=5, dash="12 8")
        drawn += rect(x - 12 - 62 - max(0, x - 140), -138, 124, 44, YELLOW, r=6, thick=0) + words(
            x - 12 - max(0, x - 140), -106, cursor, size=30
        )
    return drawn + (words(-214, 128, name, size=26, fill=WHITE, at="start") if name else "")


def _pulses(pulses: Sequence[tuple[float, float]], ink: str) -> str:
    points = []
    for step in range(0, 221, 2):
        at = step / 220
        high = 0.9 * exp(-(((at - 0.06) / 0.02) ** 2))
        high += sum(tall * exp(-(((at - place) / 0.03) ** 2)) for place, tall in pulses)
        points.append(f"{-220 + 2 * step:g} {-100 * high:.1f}")
    return path("M" + " L".join(points), line=ink, thick=5)


def peak(*, places: Sequence[str] = (), wide: bool = False) -> str:
    """Draws a locator's signal across the footway, 440 x 220: a sharp peak over the cable, or a wide one."""
    points = []
    for step in range(111):
        at = (step - 55) / 55
        high = exp(-((at / (0.6 if wide else 0.22)) ** 2)) * (0.6 if wide else 1)
        points.append(f"{at * 210:.1f} {90 - 170 * high:.1f}")
    curve = path("M-210 90 L" + " L".join(points) + " L210 90 Z", fill="#f9d9a0", line=AMBER, thick=6)
    marks = "".join(words(-140 + place * 140, 126, text, size=26) for place, text in enumerate(places))
    return curve + path("M-220 90 L220 90", thick=5) + marks


def wave(*, kind: str = "vlf", minutes: str = "") -> str:
    """Draws a test voltage over time, 440 x 240. kind: vlf (slow sine), dc, power (fast sine) or decay."""
    turns = {"vlf": 1.5, "power": 14.0}
    points = []
    for step in range(221):
        at = step / 220
        high = {"dc": min(1.0, at * 6), "decay": exp(-at * 3)}.get(kind, sin(2 * pi * turns.get(kind, 1) * at))
        points.append(f"{-210 + 420 * at:.1f} {-84 * high:.1f}")
    ink = {"vlf": BLUE, "dc": RED, "power": GREY, "decay": GREEN}[kind]
    drawn = rect(-220, -110, 440, 220, WHITE, r=10, thick=4) + path("M-212 0 L212 0", line=PALE, thick=4)
    drawn += path("M" + " L".join(points), line=ink, thick=7)
    return drawn + (words(0, 146, minutes, size=30) if minutes else "")


def bars(*, names: Sequence[str], heights: Sequence[float], good: Sequence[float] = ()) -> str:
    """Draws columns of readings, 440 x 280; good: which (from 1) are as they should be."""
    drawn = path("M-210 100 L210 100", thick=5)
    wide = 400 / len(names)
    for place, (name, high) in enumerate(zip(names, heights, strict=True)):
        x = -200 + wide * (place + 0.5)
        tall = max(4.0, 200 * high)
        drawn += rect(x - wide * 0.3, 100 - tall, wide * 0.6, tall, GREEN if place + 1 in good else RED) + words(
            x, 134, name, size=26
        )
    return drawn


def dial(*, share: float = 0.5) -> str:
    """Draws a pointer between red and green, 260 x 150. share: 0 is red, 1 green."""
    drawn = path("M-110 50 A110 110 0 0 1 -40 -52", line=RED, thick=26) + path(
        "M-34 -54 A110 110 0 0 1 34 -54", line=AMBER, thick=26
    )
    drawn += path("M40 -52 A110 110 0 0 1 110 50", line=GREEN, thick=26)
    angle = pi * (1 - share)
    return (
        drawn
        + path(f"M0 50 L{86 * cos(angle):.1f} {50 - 86 * sin(angle):.1f}", line=BLACK, thick=10)
        + circle(0, 50, 14, BLACK)
    )
