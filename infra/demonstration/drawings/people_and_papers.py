"""People in their protective equipment, and what they read, sign, hang up and look out for."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from infra.demonstration.drawings.paper import (
    AMBER,
    BLACK,
    BLUE,
    GREEN,
    GREY,
    INK,
    NAVY,
    PALE,
    PAPER,
    RED,
    WHITE,
    YELLOW,
    block,
    circle,
    colour,
    lines_of,
    oval,
    path,
    polygon,
    rect,
    width_of,
    words,
)  # fmt: skip

SKIN = "#c98f68"
ARMS = {
    "stand": "M-38 -40 L-52 50 M38 -40 L52 50",
    "stop": "M-38 -40 L-52 50 M38 -40 L70 -60 L74 -120",
    "point": "M-38 -40 L-52 50 M38 -40 L96 -20",
    "phone": "M-38 -40 L-52 50 M38 -40 L66 -50 L36 -96",
    "hold": "M-38 -40 L-10 20 L50 14 M38 -40 L52 10 L80 14",
    "kneel": "M-38 -40 L-30 60 L10 70 M38 -40 L60 10 L84 60",
}
HANDS = {
    "stand": (52, 52),
    "stop": (74, -124),
    "point": (98, -20),
    "phone": (36, -98),
    "hold": (82, 14),
    "kneel": (86, 62),
}
"""By how a person stands: where the arms go, and the right hand."""


def person(
    *,
    pose: str = "stand",
    helmet: str = "white",
    visor: bool = False,
    ppe: bool = True,
    stick: bool = False,
    name: str = "",
) -> str:
    """Draws a person, 150 x 300. pose: stand, stop, point, phone, hold or kneel.

    ppe: hi-vis and helmet; stick: the white one of somebody who does not see
    """
    coat = "#e2e800" if ppe else "#7a5ea8"
    legs = "M-22 60 L-26 142 M22 60 L26 142"
    if pose == "kneel":
        legs = "M-20 55 L-46 100 L-10 140 M20 55 L42 96 L60 140"
    arms = ARMS[pose]
    hand = HANDS[pose]
    body = path(legs, line=NAVY, thick=30) + path(arms, line=coat, thick=24)
    body += rect(-42, -62, 84, 128, coat, r=16)
    if ppe:
        body += rect(-42, -10, 84, 15, PALE, thick=0) + rect(-42, 28, 84, 15, PALE, thick=0)
    body += circle(hand[0], hand[1], 15, "#d98200" if ppe else SKIN)
    body += circle(0, -98, 32, SKIN)
    if ppe:
        body += path("M-38 -106 A38 36 0 0 1 38 -106 Z", fill=colour(helmet)) + rect(
            -44, -108, 88, 9, colour(helmet), r=4
        )
    else:
        body += path("M-32 -104 A32 32 0 0 1 32 -104 Z", fill="#4b3426")
    if visor:
        body += '<rect x="-34" y="-102" width="68" height="46" rx="12" fill="#9fd3f2" fill-opacity="0.65"/>'
    if pose == "stop":
        body += rect(60, -162, 30, 36, "#d98200" if ppe else SKIN, r=10)
    if stick:
        body += path("M88 16 L150 140", line=WHITE, thick=12) + path("M88 16 L150 140", thick=3)
    return body + (_tag(0, 196, name) if name else "")


def _tag(x: float, y: float, text: str) -> str:
    return block(x, y, text, width=220, size=28)


def badge(*, kind: str = "tick", hour: float = 4) -> str:
    """Draws a sign, 120 x 120. kind: tick, cross, question, warning, flash, stop or clock, which shows an hour."""
    if kind in {"warning", "flash"}:
        sign = polygon([(0, -62), (66, 54), (-66, 54)], YELLOW, thick=8)
        if kind == "warning":
            return sign + rect(-7, -24, 14, 42, INK, r=5, thick=0) + circle(0, 34, 8, INK, thick=0)
        return sign + polygon([(6, -34), (-20, 12), (-2, 12), (-8, 44), (20, -6), (2, -6)], INK, thick=0)
    if kind == "stop":
        corners = [(-26, -62), (26, -62), (62, -26), (62, 26), (26, 62), (-26, 62), (-62, 26), (-62, -26)]
        return polygon(corners, RED, line=WHITE, thick=6) + words(0, 14, "STOP", size=38, fill=WHITE)
    if kind == "clock":
        return circle(0, 0, 58, WHITE, thick=8) + path(_hands(hour), thick=8) + circle(0, 0, 6, INK)
    ground = {"tick": GREEN, "cross": RED, "question": AMBER}[kind]
    mark = {
        "tick": path("M-28 2 L-8 24 L30 -22", line=WHITE, thick=14),
        "cross": path("M-24 -24 L24 24 M24 -24 L-24 24", line=WHITE, thick=14),
        "question": words(0, 30, "?", size=84, fill=WHITE),
    }[kind]
    return circle(0, 0, 56, ground, line=WHITE, thick=6) + mark


def _hands(hour: float) -> str:
    turn = 2 * pi * hour / 12
    return f"M0 -38 L0 0 L{28 * sin(turn):.1f} {-28 * cos(turn):.1f}"


def note(*, text: str, width: float = 300, size: float = 30, fill: str = "white", ink: str = "ink") -> str:
    """Draws a box of words, as wide as told and as high as they need."""
    lines = lines_of(text, size, width - 32)
    height = len(lines) * size * 1.2 + 30
    box = rect(-width / 2, -height / 2, width, height, colour(fill), r=14, thick=4)
    return box + block(0, 0, text, width=width - 32, size=size, fill=colour(ink))


def label(*, text: str, size: float = 28, ink: str = "ink", width: float = 240, to: Sequence[float] = ()) -> str:
    """Writes words on a white ground, with a line from them to a place (relative to them)."""
    lines = lines_of(text, size, width)
    height = len(lines) * size * 1.2 + 12
    wide = 1.05 * max(20, *(width_of(line, size) for line in lines)) + 22
    lead = path(f"M0 0 L{to[0]:g} {to[1]:g}", thick=4) + circle(to[0], to[1], 7, INK) if to else ""
    ground = rect(-wide / 2, -height / 2, wide, height, f"{WHITE}eb", r=8, thick=0)
    return lead + ground + block(0, 0, text, width=width, size=size, fill=colour(ink))


def arrow(*, to: Sequence[float], ink: str = "ink", thick: float = 10) -> str:
    """Draws an arrow from (0, 0)."""
    x, y = to
    length = (x * x + y * y) ** 0.5
    ux, uy = x / length, y / length
    head = [(x, y), (x - ux * 30 - uy * 19, y - uy * 30 + ux * 19), (x - ux * 30 + uy * 19, y - uy * 30 - ux * 19)]
    shaft = path(f"M0 0 L{x - ux * 24:g} {y - uy * 24:g}", line=colour(ink), thick=thick)
    return shaft + polygon(head, colour(ink), thick=0)


def steps(*, lines: Sequence[str], done: int = 0, now: int = 0, size: float = 30, width: float = 450) -> str:
    """Draws a list of steps: done ones ticked, the one of now marked."""
    gap = size * 2.3
    top = -gap * (len(lines) - 1) / 2
    drawn = ""
    for place, line in enumerate(lines, start=1):
        y = top + (place - 1) * gap
        marked = place == now
        drawn += rect(-width / 2, y - gap * 0.43, width, gap * 0.86, YELLOW if marked else WHITE, r=12)
        drawn += circle(-width / 2 + 36, y, size * 0.72, GREEN if place <= done else NAVY, thick=0)
        if place <= done:
            drawn += path(f"M{-width / 2 + 25:g} {y:g} l8 9 l15 -18", line=WHITE, thick=6)
        else:
            drawn += words(-width / 2 + 36, y + size * 0.3, str(place), size=size * 0.85, fill=WHITE)
        drawn += words(-width / 2 + 72, y + size * 0.36, line, size=size, at="start")
    return drawn


def permit(*, title: str = "PERMIT TO WORK", lines: Sequence[str] = (), ticked: int = 0, signed: bool = False) -> str:
    """Draws a form, 320 x 380, with lines of which some are ticked, and a signature or its empty place."""
    form = rect(-160, -190, 320, 380, WHITE, r=8, thick=5) + rect(-160, -190, 320, 60, RED, r=8)
    form += words(0, -150, title, size=28, fill=WHITE)
    for place, line in enumerate(lines):
        y = -98 + place * 50
        form += rect(-144, y - 16, 32, 32, PAPER, r=4)
        if place < ticked:
            form += path(f"M-138 {y:g} l8 9 l16 -22", line=GREEN, thick=7)
        form += words(-100, y + 9, line, size=25, at="start")
    form += path("M-144 168 L144 168", line=GREY, thick=3)
    if signed:
        return form + path(
            "M-100 160 c20 -50 30 -40 24 0 c20 -40 40 -40 44 -6 c20 -30 30 -20 50 -2 l40 -10", line=BLUE, thick=5
        )
    return form + words(-144, 158, "Signed:", size=22, fill=GREY, at="start")


def padlock(*, closed: bool = True, notice: str = "") -> str:
    """Draws a safety padlock, 100 x 130, with a caution notice below it."""
    shackle = (
        "M-30 -10 L-30 -44 A30 30 0 0 1 30 -44 L30 -10" if closed else "M-30 -10 L-30 -54 A30 30 0 0 1 30 -54 L30 -44"
    )
    lock = path(shackle, line=GREY, thick=15) + rect(-48, -12, 96, 78, RED, r=10) + circle(0, 20, 10, BLACK)
    lock += rect(-4, 20, 8, 26, BLACK, thick=0)
    if not notice:
        return lock
    return lock + rect(-110, 84, 220, 100, YELLOW, r=8, thick=4) + block(0, 134, notice, width=200, size=24)


def phone(*, text: str = "") -> str:
    """Draws a telephone, 110 x 200, with words on its screen."""
    frame = rect(-58, -104, 116, 208, BLACK, r=18) + rect(-48, -84, 96, 164, "#dff0fb", r=6)
    return frame + block(0, -4, text, width=92, size=24)


def plan(*, routes: Sequence[str] = ("hv",), doubt: bool = False, title: str = "") -> str:
    """Draws a utility plan, 380 x 300. routes: hv, lv, gas, water, telecom, in their colours."""
    sheet = rect(-190, -150, 380, 300, "#fbfaf4", r=4, thick=4)
    sheet += path("M-190 -74 L190 -74 M-190 70 L190 70", line=GREY, thick=3)
    for x in (-170, -60, 50):
        sheet += rect(x, -140, 86, 50, "#e7e2d5", line=GREY, thick=2)
    inks = {"hv": RED, "lv": BLACK, "gas": "#d7a900", "water": BLUE, "telecom": GREEN}
    for place, route in enumerate(routes):
        y = -48 + place * 28
        dash = "16 12" if doubt else ""
        sheet += path(f"M-186 {y:g} C-60 {y - 12:g} 40 {y + 14:g} 186 {y - 4:g}", line=inks[route], thick=6, dash=dash)
        sheet += words(-176, y - 8, route.upper() if len(route) == 2 else route, size=22, fill=inks[route], at="start")
    return sheet + block(0, 112, title, width=360, size=26)


def rain() -> str:
    """Draws a cloud with rain, 220 x 190."""
    cloud = (
        oval(-50, -40, 60, 44, GREY, thick=0)
        + oval(40, -44, 70, 50, GREY, thick=0)
        + oval(0, -66, 64, 46, GREY, thick=0)
    )
    drops = "".join(
        f"M{x} {y} l-12 34 " for x, y in ((-80, 20), (-40, 30), (0, 18), (40, 32), (80, 20), (-20, 70), (50, 76))
    )
    return cloud + path(drops, line=BLUE, thick=7)


def crowd() -> str:
    """Draws a hall full of people and its one narrow door, 440 x 420."""
    hall = path("M-40 190 L-40 110 L-210 110 L-210 -200 L210 -200 L210 110 L40 110 L40 190", thick=10)
    heads = [(x, y) for y in (-150, -80, -10) for x in range(-160 + (y == -80) * 30, 170, 70)]
    heads += [(-48, 50), (-16, 54), (16, 50), (48, 56), (-22, 92), (20, 94), (0, 134)]
    drawn = "".join(circle(x, y, 17, BLUE if y < 40 else RED) for x, y in heads)
    return hall + drawn + path("M0 190 L0 236 M-16 218 L0 238 L16 218", line=RED, thick=9)
