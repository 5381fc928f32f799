"""The street and what lies under it."""

from __future__ import annotations

from collections.abc import Sequence

from infra.demonstration.drawings.paper import (
    BLACK,
    BLUE,
    COPPER,
    GREEN,
    GREY,
    INK,
    PALE,
    RED,
    SOIL,
    WHITE,
    YELLOW,
    block,
    circle,
    oval,
    path,
    polygon,
    rect,
    words,
)  # fmt: skip

PLANT = {
    "hv": (RED, 24, "11 kV"), "hv2": (RED, 24, "11 kV"), "lv": (BLACK, 20, "LV"), "gas": ("#e0b400", 26, "gas"),
    "water": (BLUE, 24, "water"), "telecom": (GREEN, 16, "telecom"), "unknown": (GREY, 22, "?"),
    "black_hv": (BLACK, 24, "11 kV"), "duct": ("#b23a2e", 26, "duct"),
}  # fmt: skip
"""What lies in the ground: its colour, its radius and its name."""

SIZES = {1: 36, 2: 36, 3: 30, 4: 23}
"""How large the names are, by how many stand side by side."""


def trench(
    *,
    plant: Sequence[str] = ("hv",),
    mark: str = "",
    tile: bool = False,
    dug: bool = True,
    deep: str = "",
    names: bool = True,
) -> str:
    """Draws the ground cut open, 480 x 340, with plant from left to right.

    mark: the one ringed; deep: a depth; names: whether they stand below
    """
    drawn = rect(-250, -170, 500, 26, GREY) + rect(-250, -144, 500, 314, SOIL)
    drawn += "".join(
        circle(x, y, 6, "#75583b", thick=0)
        for x, y in ((-220, -60), (-190, 120), (210, -90), (224, 90), (-228, 20), (232, 0))
    )
    if dug:
        drawn += rect(-180, -172, 360, 250, "#cdb595", line="#5d452d", thick=4) + rect(
            -180, -176, 360, 34, "#dfeaf0", thick=0
        )
    spots = len(plant)
    for place, name in enumerate(plant):
        ground, radius, text = PLANT[name]
        x = 0 if spots == 1 else -130 + place * 260 / (spots - 1)
        drawn += circle(x, 30, radius, ground) + (
            circle(x, 30, radius * 0.5, COPPER) if name in {"hv", "hv2", "lv", "black_hv"} else ""
        )
        drawn += words(x, 118, text if names else "", size=SIZES[min(spots, 4)], fill=WHITE)
        if name == mark:
            drawn += circle(x, 30, radius + 16, "none", line=YELLOW, thick=9)
    if tile:
        drawn += rect(-170, -52, 340, 24, YELLOW, thick=2) + words(0, -33, "CAUTION ELECTRIC CABLE BELOW", size=18)
    if deep:
        drawn += path(
            "M-212 -140 L-212 28 M-224 -126 L-212 -142 L-200 -126 M-224 14 L-212 30 L-200 14", line=WHITE, thick=5
        )
        drawn += words(-196, -50, deep, size=34, at="start")
    return drawn


def barrier(*, text: str = "") -> str:
    """Draws a pedestrian barrier, 220 x 130."""
    drawn = rect(-110, -60, 220, 34, RED) + rect(-110, 6, 220, 34, RED)
    for x in (-80, -10, 60):
        drawn += polygon([(x, -60), (x + 30, -60), (x + 18, -26), (x - 12, -26)], WHITE, thick=0)
        drawn += polygon([(x, 6), (x + 30, 6), (x + 18, 40), (x - 12, 40)], WHITE, thick=0)
    drawn += path("M-96 -66 L-96 66 M96 -66 L96 66", thick=9)
    return drawn + (block(0, 100, text, width=230, size=26) if text else "")


def cone() -> str:
    """Draws a traffic cone, 70 x 100."""
    body = polygon([(-10, -50), (10, -50), (28, 36), (-28, 36)], "#ee5a1b") + rect(-40, 36, 80, 14, "#ee5a1b")
    return body + polygon([(-17, -16), (17, -16), (22, 8), (-22, 8)], WHITE, thick=0)


def chamber(*, gas: bool = False, water: bool = False, lid: bool = True, person_in: bool = False) -> str:
    """Draws an underground chamber, 460 x 380, with gas that lies in it, water, and its lid lifted."""
    drawn = rect(-250, -120, 500, 300, SOIL) + rect(-250, -140, 500, 26, GREY)
    drawn += rect(-170, -114, 340, 270, "#b9bec2", thick=8) + rect(-60, -144, 120, 34, "#dfe8ee", thick=0)
    if lid:
        drawn += rect(84, -166, 130, 20, "#4a5157", r=4)
    drawn += path("M-52 -110 L-52 150 M-20 -110 L-20 150", line="#6b5a2a", thick=7)
    drawn += path("".join(f"M-52 {y} L-20 {y} " for y in range(-90, 150, 34)), line="#6b5a2a", thick=6)
    drawn += rect(-170, 70, 340, 30, RED, thick=2)
    if gas:
        drawn += "".join(
            f'<ellipse cx="{x}" cy="{y}" rx="{r}" ry="{r * 0.55:g}" fill="#9b59b6" fill-opacity="0.5"/>'
            for x, y, r in ((-90, 116, 70), (20, 126, 90), (110, 104, 60), (60, 70, 70), (-30, 60, 60))
        )
    if water:
        drawn += '<rect x="-166" y="96" width="332" height="58" fill="#1f6fb5" fill-opacity="0.65"/>'
    if person_in:
        drawn += (
            circle(80, -10, 22, "#c98f68")
            + rect(54, 14, 54, 74, "#e2e800", r=12)
            + path("M54 -16 A26 26 0 0 1 106 -16 Z", fill=WHITE)
        )
    return drawn


def van(*, text: str = "TEST VAN") -> str:
    """Draws a van, 320 x 170."""
    body = path("M-160 50 L-160 -70 L60 -70 L120 -20 L160 -8 L160 50 Z", fill=WHITE, thick=5) + rect(
        64, -52, 46, 36, "#9fd3f2", r=6
    )
    body += rect(-160, 4, 320, 18, YELLOW, thick=2) + circle(-96, 56, 30, BLACK) + circle(98, 56, 30, BLACK)
    return body + circle(-96, 56, 12, GREY) + circle(98, 56, 12, GREY) + words(-50, -20, text, size=32)


def tent() -> str:
    """Draws a jointer's tent, 300 x 200."""
    return polygon([(-150, 100), (-110, -60), (0, -100), (110, -60), (150, 100)], "#e8e2c8", thick=5) + polygon(
        [(-60, 100), (-36, -40), (36, -40), (60, 100)], "#6b6a58"
    )


def houses(*, lit: bool = True) -> str:
    """Draws two houses, 320 x 170; lit: they have supply."""
    pane = "#ffd75e" if lit else "#39424a"
    drawn = ""
    for x in (-80, 80):
        drawn += rect(x - 66, -20, 132, 100, "#c9876a") + polygon([(x - 78, -20), (x, -84), (x + 78, -20)], "#7a4436")
        drawn += rect(x - 48, 2, 36, 34, pane) + rect(x + 12, 2, 36, 34, pane) + rect(x - 12, 44, 24, 36, INK)
    return drawn


def spade(*, insulated: bool = True) -> str:
    """Draws a spade, 70 x 260."""
    handle = "#e88b00" if insulated else "#8a5a2c"
    return (
        path("M0 -110 L0 50", line=handle, thick=16)
        + path("M-26 -118 L26 -118", line=handle, thick=16)
        + path("M-34 40 L34 40 L34 96 Q0 140 -34 96 Z", fill=PALE)
    )


def breaker() -> str:
    """Draws a road breaker, 110 x 240."""
    body = (
        rect(-34, -70, 68, 110, "#e0b400", r=10) + path("M-60 -86 L60 -86", thick=16) + path("M0 -86 L0 -70", thick=14)
    )
    return body + polygon([(-10, 40), (10, 40), (3, 130), (-3, 130)], GREY)


def cloud_of_fire() -> str:
    """Draws the flash of a short circuit, 260 x 220."""
    upper = [(-54, -48), (0, -110), (34, -52), (98, -74), (76, -14), (128, 24), (66, 36)]
    outer = [*upper, (70, 98), (14, 62), (-34, 104), (-44, 46), (-116, 50), (-76, 2), (-122, -44)]
    return (
        polygon(outer, "#ff8a00")
        + polygon([(x * 0.58, y * 0.58) for x, y in outer], "#ffe566", thick=0)
        + oval(0, 0, 22, 18, WHITE, thick=0)
    )
