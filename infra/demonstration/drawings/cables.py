"""Cables and joints: cut through, from the side, stripped step by step, and the field inside them."""

from __future__ import annotations

from collections.abc import Sequence

from infra.demonstration.drawings.paper import (
    AMBER,
    BLACK,
    BLUE,
    COPPER,
    GREEN,
    GREY,
    INK,
    LEAD,
    PAPER_INSULATION,
    POLYMER,
    RED,
    WHITE,
    YELLOW,
    circle,
    colour,
    path,
    polygon,
    rect,
    words,
)  # fmt: skip

PHASES = ("#8a4b22", "#23282c", "#8b949b")
"""Brown, black, grey: L1, L2, L3."""


def _strands(x: float, y: float, r: float, metal: str = COPPER) -> str:
    """Draws a stranded conductor: one wire, six around it."""
    spots = [(0.0, 0.0), (0.62, 0.0), (0.31, 0.54), (-0.31, 0.54), (-0.62, 0.0), (-0.31, -0.54), (0.31, -0.54)]
    drawn = circle(x, y, r, metal, thick=2)
    return drawn + "".join(
        circle(x + dx * r, y + dy * r, r * 0.29, "#d99a5b", line=COPPER, thick=2) for dx, dy in spots
    )


XLPE_LAYERS = (
    ("sheath", 150, RED), ("screen", 132, WHITE), ("outer_semicon", 112, BLACK), ("insulation", 102, POLYMER),
    ("inner_semicon", 66, BLACK), ("conductor", 58, COPPER),
)  # fmt: skip
"""The layers of a single core of an 11 kV polymeric cable from outside, with the radius where each begins."""


def cable_section(*, kind: str = "xlpe", mark: str = "", fill: str = "") -> str:
    """Draws a cable cut across, 300 x 300. kind: xlpe (one core), triplex, pilc or lv; mark: the layer outlined."""
    if kind == "xlpe":
        return _xlpe_section(mark, fill)
    if kind == "triplex":
        cores = ((0, -72), (-66, 44), (66, 44))
        return "".join(
            f'<g transform="translate({x} {y}) scale(0.45)">{_xlpe_section(mark, fill)}</g>' for x, y in cores
        )
    if kind == "pilc":
        drawn = circle(0, 0, 150, BLACK) + circle(
            0, 0, 136, LEAD, line=YELLOW if mark == "lead" else INK, thick=10 if mark == "lead" else 3
        )
        drawn += circle(
            0, 0, 118, PAPER_INSULATION, line=YELLOW if mark == "paper" else INK, thick=10 if mark == "paper" else 3
        )
        for turn in (0, 120, 240):
            core = path(
                "M-50 -24 A52 52 0 0 1 50 -24 L10 -2 A12 12 0 0 1 -10 -2 Z", fill=COPPER, line="#f2dba6", thick=12
            )
            drawn += f'<g transform="rotate({turn}) translate(0 -34)">{core}</g>'
        return drawn
    drawn = circle(0, 0, 130, BLACK) + circle(0, 0, 116, "#c9ccd0")
    wires = "".join(circle(108 * x, 108 * y, 8, COPPER, thick=2) for x, y in _around(30))
    drawn += wires + circle(0, 0, 94, "#e9e6dc")
    for turn, core in zip((0, 120, 240), PHASES, strict=True):
        sector = path("M-44 -26 A48 48 0 0 1 44 -26 L8 0 A10 10 0 0 1 -8 0 Z", fill=LEAD, line=core, thick=12)
        drawn += f'<g transform="rotate({turn}) translate(0 -30)">{sector}</g>'
    return drawn


def _xlpe_section(mark: str, fill: str) -> str:
    drawn = ""
    for name, radius, ground in XLPE_LAYERS:
        ground = colour(fill) if fill and name == "sheath" else ground
        drawn += circle(0, 0, radius, ground)
        if name == "screen":
            drawn += "".join(circle(122 * x, 122 * y, 9, COPPER, thick=2) for x, y in _around(32))
        if name == "conductor":
            drawn += _strands(0, 0, radius)
    edges = [radius for _, radius, _ in XLPE_LAYERS]
    for place, (name, radius, _) in enumerate(XLPE_LAYERS):
        if name == mark:
            inner = edges[place + 1] if place + 1 < len(edges) else 0
            drawn += circle(0, 0, radius, "none", line=YELLOW, thick=11)
            drawn += circle(0, 0, inner, "none", line=YELLOW, thick=11) if inner else ""
    return drawn


def _around(count: int) -> list[tuple[float, float]]:
    from math import cos, pi, sin

    return [(round(cos(2 * pi * i / count), 4), round(sin(2 * pi * i / count), 4)) for i in range(count)]


STRIPPED = (
    ("sheath", 44, RED, 150), ("screen", 37, COPPER, 70), ("outer_semicon", 32, BLACK, 70),
    ("insulation", 28, POLYMER, 110), ("conductor", 16, COPPER, 60),
)  # fmt: skip
"""The layers of a prepared end from the sheath on: half its height and its length, 460 in all."""


def cable_end(*, mark: str = "", nick: str = "", dirt: bool = False, wet: bool = False) -> str:
    """Draws a prepared end, 460 x 100. mark: the layer outlined; nick: the one that is cut into; dirt, wet: on it."""
    drawn, x = "", -230.0
    for name, half, ground, length in STRIPPED:
        drawn += rect(x, -half, length, 2 * half, ground)
        if name == "screen":
            drawn += path(
                "".join(f"M{x + 4:g} {y} l{length - 8} 8 " for y in (-26, -12, 2, 16)), line="#7d4617", thick=3
            )
        if name == mark:
            drawn += rect(x, -half - 6, length, 2 * half + 12, "none", line=YELLOW, thick=9)
        if name == nick:
            cut = x + length / 2
            drawn += polygon([(cut - 9, -half), (cut + 9, -half), (cut, -half + 22)], INK, thick=0)
            drawn += circle(cut, -half + 6, 32, "none", line=RED, thick=6)
        x += length
    if dirt:
        drawn += "".join(
            circle(-230 + 300 + dx, dy, 5, "#3b2a1a", thick=0)
            for dx, dy in ((8, -14), (30, 6), (52, -8), (80, 12), (92, -16))
        )
    if wet:
        drawn += "".join(_drop(x, y) for x, y in ((84, -22), (110, -2), (136, -18), (156, 2), (74, 4)))
    return drawn


TAGS = {
    "live": (RED, "LIVE"),
    "dead": (GREEN, "PROVED DEAD"),
    "earthed": (GREEN, "EARTHED"),
    "charged": (AMBER, "CHARGED?"),
    "unknown": (AMBER, "LIVE OR DEAD?"),
    "isolated": (BLUE, "ISOLATED"),
}
"""What is known of a cable: the colour and the words of its tag."""


def cable_run(*, length: float = 420, kind: str = "hv", state: str = "", cut: bool = False, printed: str = "") -> str:
    """Draws a cable from the side, with a tag of its state (of TAGS) and what is printed on it. kind: hv or lv."""
    ground = RED if kind == "hv" else BLACK
    drawn = rect(-length / 2, -24, length, 48, ground, r=10) + rect(-length / 2, -16, length, 9, "#ffffff55", thick=0)
    if cut:
        drawn += polygon([(-26, -34), (22, -34), (8, 0), (26, 34), (-22, 34), (-8, 0)], "#f3f1ea", thick=0)
        drawn += path("M-26 -24 L-10 0 L-22 24 M22 -24 L8 0 L24 24", thick=4)
    if printed:
        drawn += words(0, 14, printed, size=28, fill=WHITE)
    if state:
        tag, text = TAGS[state]
        wide = 40 + len(text) * 17
        drawn += rect(-wide / 2, -86, wide, 46, tag, r=10, line=WHITE) + words(0, -54, text, size=27, fill=WHITE)
    return drawn


def joint(*, mark: str = "", shell: bool = True, wet: bool = False) -> str:
    """Draws a straight joint from the side, cut open, 480 x 140.

    mark: ferrule, stress_control, insulation, screen or shell
    """
    edge = {
        name: (YELLOW, 10) if name == mark else (INK, 3)
        for name in ("ferrule", "stress_control", "insulation", "screen", "shell")
    }
    drawn = rect(-250, -28, 500, 56, RED)
    if shell:
        drawn += rect(-190, -76, 380, 152, "#4a5157", r=40, line=edge["shell"][0], thick=edge["shell"][1])
    drawn += rect(-166, -58, 332, 116, COPPER, r=26, line=edge["screen"][0], thick=edge["screen"][1])
    drawn += rect(-156, -48, 312, 96, "#a5352b", r=22, line=edge["insulation"][0], thick=edge["insulation"][1])
    for side in (-1, 1):
        left = -130 if side < 0 else 66
        drawn += rect(
            left, -36, 64, 72, "#2d3d66", r=8, line=edge["stress_control"][0], thick=edge["stress_control"][1]
        )
    drawn += rect(-140, -15, 280, 30, POLYMER) + rect(-64, -10, 128, 20, COPPER)
    drawn += rect(-54, -22, 108, 44, "#d8a060", r=8, line=edge["ferrule"][0], thick=edge["ferrule"][1])
    if wet:
        drawn += "".join(_drop(x, y) for x, y in ((-206, -62), (-212, 20), (210, -58), (204, 24)))
    return drawn


def _drop(x: float, y: float) -> str:
    return path(f"M{x} {y} q-12 18 0 24 q12 -6 0 -24", fill=BLUE, thick=2)


def cable_laid(*, loop: bool = False) -> str:
    """Draws a cable as it lies in the ground, 480 x 160: it snakes; loop: a spare length lies in a ring."""
    ring = "C-40 0 -60 -90 20 -90 C100 -90 80 0 20 0 L60 0" if loop else "C-90 -70 -40 70 40 10"
    way = f"M-240 0 C-200 40 -160 40 -120 0 {ring} C110 -40 180 60 240 -10"
    return path(way, line=INK, thick=44) + path(way, line=RED, thick=38)


def ferrule(*, crimps: int = 0, gap: bool = False, burr: bool = False, aluminium: bool = False) -> str:
    """Draws a ferrule on two conductors, 420 x 100, with crimps, a gap at a conductor that is not home, or a burr."""
    out = 40 if gap else 0
    drawn = rect(-210, -26, 190, 52, COPPER) + rect(20 + out, -26, 190 - out, 52, "#c3c9ce" if aluminium else COPPER)
    drawn += rect(-90, -40, 180, 80, "#dcae74", r=10, thick=4)
    for place in range(crimps):
        drawn += rect(-76 + place * 44 + (8 if place > 1 else 0), -44, 22, 88, "#8f6130", r=6)
    if gap:
        drawn += '<rect x="-18" y="-24" width="58" height="48" fill="#14212b" fill-opacity="0.8"/>'
    if burr:
        drawn += polygon([(50, -44), (64, -74), (70, -44)], "#8f6130") + circle(60, -60, 30, "none", line=RED, thick=6)
    return drawn


def field(*, control: bool = False) -> str:
    """Draws the field lines where a screen ends, 440 x 260: bunched at its edge, or spread by stress control."""
    drawn = rect(-220, 40, 440, 44, COPPER) + rect(-220, -20, 440, 60, POLYMER) + rect(-220, -42, 190, 22, BLACK)
    if control:
        drawn += rect(-120, -62, 220, 42, "#2d3d66", r=8)
    ends = (-26, -6, 14, 36, 60, 86) if control else (-36, -34, -32, -30, -28, -26)
    tops = (-20, 4, 28, 52, 78, 104) if control else (-24, -8, 8, 24, 44, 66)
    high = -118 if control else -110
    for end, top, place in zip(ends, tops, range(6), strict=True):
        bend = -62 if control else -26
        foot, knee, top_end = -20 + place * 26, -20 + place * 20, high + place * 4
        curve = f"M{foot} 40 C{knee} 0 {end} 0 {end} {bend} C{end} -90 {top} -96 {top} {top_end}"
        drawn += path(curve, line=BLUE, thick=4)
    for x in (-190, -150, -110, -70):
        drawn += path(f"M{x} 40 L{x} -20", line=BLUE, thick=4)
    if not control:
        drawn += polygon(
            [
                (-30, -66),
                (-12, -40),
                (12, -44),
                (-4, -20),
                (8, 4),
                (-22, -8),
                (-46, 6),
                (-42, -22),
                (-62, -40),
                (-38, -44),
            ],
            AMBER,
        )
    return drawn


def cores(*, names: Sequence[str] = ("L1", "L2", "L3"), crossed: bool = False) -> str:
    """Draws three cores that meet three cores, 440 x 260; crossed: two of them exchanged."""
    heights = (-80, 0, 80)
    to = (0, -80, 80) if crossed else heights
    drawn = ""
    for y, end, ground, name in zip(heights, to, PHASES, names, strict=True):
        drawn += path(f"M-180 {y} C-60 {y} 60 {end} 180 {end}", line=ground, thick=30)
        drawn += words(-214, y + 10, name, size=30) + words(214, end + 10, name, size=30)
    return drawn + (circle(0, -40, 56, "none", line=RED, thick=8) if crossed else "")


def water_in_paper(*, crackle: bool = True) -> str:
    """Draws paper tape in hot oil, 260 x 240: it crackles where it is damp."""
    drawn = rect(-120, 0, 240, 100, LEAD, r=16) + rect(-108, 6, 216, 40, "#8a5a1c", thick=0)
    drawn += path("M40 -110 C20 -70 60 -40 24 20", line=PAPER_INSULATION, thick=20)
    if crackle:
        drawn += "".join(
            circle(x, y, r, "#dff0fb") for x, y, r in ((0, 4, 12), (40, -12, 9), (62, 8, 13), (-20, -10, 7))
        )
    return drawn + path("M-70 120 q10 -26 0 -10 M0 120 M70 120", line=GREY, thick=1)
