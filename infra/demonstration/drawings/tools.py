"""Tools and instruments of the jointer."""

from __future__ import annotations

from infra.demonstration.drawings.paper import (
    AMBER,
    BLACK,
    BLUE,
    COPPER,
    GREEN,
    GREY,
    INK,
    LEAD,
    NAVY,
    PALE,
    RED,
    WHITE,
    YELLOW,
    block,
    circle,
    colour,
    path,
    polygon,
    rect,
    words,
)  # fmt: skip


def locator(*, bars: int = 0, mode: str = "P") -> str:
    """Draws a cable avoidance tool, 110 x 300; bars: of six; mode: P (power), R (radio) or G (Genny)."""
    drawn = path("M-30 -130 Q0 -160 30 -130", thick=14) + rect(-44, -126, 88, 120, "#f2b705", r=14)
    for bar in range(6):
        drawn += rect(-32, -22 - bar * 12, 64, 9, RED if bar < bars else PALE, thick=0)
    drawn += circle(0, -104, 14, BLACK) + words(0, -97, mode, size=20, fill=WHITE)
    return drawn + rect(-26, -6, 52, 130, BLACK, r=8) + rect(-34, 116, 68, 22, "#f2b705", r=6)


def genny(*, clamp: bool = False) -> str:
    """Draws a signal generator, 180 x 130; clamp: with its signal clamp on a lead."""
    drawn = (
        rect(-90, -50, 180, 100, "#f2b705", r=14)
        + rect(-60, -74, 120, 24, BLACK, r=10)
        + words(0, 12, "GENNY", size=34)
    )
    if clamp:
        drawn += path("M90 10 C150 10 130 90 170 96", thick=7) + circle(200, 110, 36, "none", line=BLACK, thick=14)
    return drawn


def meter(*, show: str = "0.0", unit: str = "kV", good: str = "", leads: bool = True) -> str:
    """Draws an instrument, 220 x 240, with its reading; good: yes or no colours the screen."""
    screen = {"yes": "#bfeecb", "no": "#ffc9c2"}.get(good, "#d7e6c4")
    drawn = rect(-110, -120, 220, 230, NAVY, r=18) + rect(-90, -100, 180, 92, screen, r=8)
    drawn += words(0, -46, show, size=48 if len(show) < 6 else 36) + words(0, -16, unit, size=26)
    drawn += circle(0, 44, 38, BLACK, line=WHITE) + path("M0 44 L18 18", line=WHITE, thick=7)
    if leads:
        drawn += path("M-60 110 C-60 160 -110 150 -120 190", line=RED, thick=8) + path(
            "M60 110 C60 160 110 150 120 190", line=BLACK, thick=8
        )
    return drawn


def proving_unit(*, lamp: bool = True, text: str = "TESTER") -> str:
    """Draws a high-voltage tester on its insulating stick, 90 x 320; lamp: it shows voltage."""
    light = RED if lamp else "#5d6468"
    drawn = path("M0 40 L0 150", line="#e88b00", thick=22) + rect(-42, -80, 84, 124, NAVY, r=16)
    drawn += circle(0, -44, 20, light, line=WHITE, thick=4) + words(0, 12, text, size=19, fill=WHITE)
    drawn += path("M0 -80 L0 -150", line=LEAD, thick=10) + circle(0, -152, 9, LEAD)
    if lamp:
        drawn += path("M-34 -76 L-52 -94 M34 -76 L52 -94 M-46 -44 L-70 -44 M46 -44 L70 -44", line=RED, thick=6)
    return drawn


def spiking_gun(*, fired: bool = False, remote: bool = True) -> str:
    """Draws a spiking gun clamped on a cable, 460 x 260, with the line to where it is fired from."""
    drawn = rect(-200, 40, 300, 50, RED, r=8) + rect(-96, 26, 96, 78, "#596168", r=10)
    drawn += rect(-78, -86, 60, 114, "#596168", r=8) + rect(-88, -104, 80, 26, YELLOW, r=6)
    spike = 90 if fired else 40
    drawn += polygon([(-56, 26), (-40, 26), (-48, spike)], PALE)
    if remote:
        drawn += path("M-10 -92 C80 -130 120 20 214 -60", line=BLACK, thick=6, dash="14 9") + rect(
            196, -92, 44, 62, BLACK, r=8
        )
        drawn += circle(218, -62, 12, RED, thick=0)
    return drawn


def earth(*, on: bool = True) -> str:
    """Draws an earthing lead with its clamp and the sign of earth, 160 x 300; on: the clamp is closed."""
    tilt = 0 if on else 24
    clamp = rect(-40, -130, 80, 50, COPPER, r=8) + path("M0 -80 L0 -60", thick=14)
    drawn = f'<g transform="rotate({tilt})">{clamp}</g>' + path("M0 -60 C60 -20 -40 20 0 70", line=GREEN, thick=18)
    drawn += path("M0 -60 C60 -20 -40 20 0 70", line=YELLOW, thick=6, dash="18 18")
    return drawn + path("M0 70 L0 96 M-60 96 L60 96 M-38 114 L38 114 M-16 132 L16 132", thick=10)


def discharge_stick(*, spark: bool = False) -> str:
    """Draws a discharge stick, 70 x 320, with its lead to earth."""
    drawn = (
        path("M0 150 L0 -40", line="#e88b00", thick=20)
        + rect(-14, -96, 28, 60, GREY, r=4)
        + path("M0 -96 Q22 -126 -4 -140", thick=9)
    )
    drawn += path("M12 -50 C90 -40 70 60 84 120 M52 122 L116 122 M64 136 L104 136", line=GREEN, thick=8)
    return drawn + (
        polygon([(-6, -142), (16, -176), (2, -172), (14, -204), (-20, -164), (-6, -168)], YELLOW) if spark else ""
    )


def gas_detector(*, oxygen: str = "20.9", flammable: str = "0", alarm: bool = False) -> str:
    """Draws a gas detector, 180 x 260, with oxygen (%) and flammable gas (% of the lower explosive limit)."""
    drawn = rect(-90, -120, 180, 240, RED if alarm else "#f2b705", r=20) + rect(-72, -96, 144, 130, "#d7e6c4", r=8)
    drawn += words(-66, -62, "O₂", size=24, at="start") + words(67, -62, f"{oxygen}%", size=29, at="end")
    drawn += words(-66, -16, "LEL", size=24, at="start") + words(67, -16, f"{flammable}%", size=29, at="end")
    drawn += words(0, 22, "ALARM" if alarm else "OK", size=27, fill=RED if alarm else GREEN)
    return drawn + circle(-38, 76, 20, BLACK) + circle(38, 76, 20, BLACK)


def knife(*, guide: bool = False) -> str:
    """Draws a stripping knife, 240 x 70; guide: a tool whose depth is set."""
    if guide:
        drawn = circle(0, 0, 62, "none", line="#596168", thick=26) + path("M0 -62 L0 -110", line=BLACK, thick=20)
        return drawn + polygon([(-8, -50), (8, -50), (0, -26)], PALE) + rect(-26, -134, 52, 28, YELLOW, r=6)
    return rect(-120, -16, 130, 32, "#a8322a", r=12) + polygon([(10, -14), (120, -14), (104, 14), (10, 14)], PALE)


def wipes(*, way: str = "right") -> str:
    """Draws a lint-free wipe and the way it goes, 200 x 120; way: right, both or none."""
    drawn = polygon([(-70, -40), (50, -50), (64, 40), (-56, 52)], WHITE, thick=4) + path(
        "M-40 -16 Q0 -30 34 -20 M-44 12 Q0 0 40 8", line=PALE, thick=5
    )
    if way == "none":
        return drawn
    head = path("M-60 84 L70 84 M46 66 L72 84 L46 102", line=GREEN if way == "right" else RED, thick=9)
    return drawn + head + (path("M-36 66 L-62 84 L-36 102", line=RED, thick=9) if way == "both" else "")


def press(*, die: str = "") -> str:
    """Draws a hydraulic compression tool, 220 x 250, with the number of its die."""
    drawn = path("M-60 -20 L-60 -90 Q0 -140 60 -90 L60 -20", line="#b3261e", thick=30) + rect(
        -76, -24, 152, 54, "#b3261e", r=10
    )
    drawn += rect(-34, -66, 68, 38, GREY, r=4) + words(0, -38, die, size=24) + rect(-22, 30, 44, 96, BLACK, r=8)
    return drawn


def torch() -> str:
    """Draws a gas torch with its flame, 250 x 90."""
    flame = path("M10 0 C60 -44 100 -20 126 0 C100 20 60 44 10 0 Z", fill="#ff8a00", thick=0) + path(
        "M10 0 C40 -20 60 -10 74 0 C60 10 40 20 10 0 Z", fill="#4aa3ff", thick=0
    )
    return rect(-120, -12, 100, 24, BLACK, r=8) + rect(-24, -20, 36, 40, COPPER, r=6) + flame


def resin(*, mixed: bool = True) -> str:
    """Draws a bag of two-part resin, 170 x 190."""
    if mixed:
        return rect(-80, -90, 160, 180, "#6d5a48", r=20) + words(0, 10, "RESIN", size=34, fill=WHITE)
    return (
        rect(-80, -90, 78, 180, "#d9c08a", r=14)
        + rect(2, -90, 78, 180, "#54463a", r=14)
        + path("M0 -100 L0 100", line=RED, thick=9)
    )


def headphones() -> str:
    """Draws the ground microphone of a fault locator with its headphones, 220 x 260."""
    drawn = (
        path("M-60 -40 A60 64 0 0 1 60 -40", thick=14)
        + rect(-78, -46, 34, 60, BLACK, r=12)
        + rect(44, -46, 34, 60, BLACK, r=12)
    )
    return (
        drawn
        + path("M60 14 C70 50 10 40 10 70", thick=6)
        + rect(-40, 70, 100, 60, AMBER, r=12)
        + path("M-30 130 L-30 144 M50 130 L50 144", thick=9)
    )


def surge(*, waves: int = 3) -> str:
    """Draws a thump underground: rings around a spark, 240 x 240."""
    rings = "".join(circle(0, 0, 34 + 30 * wave, "none", line=BLUE, thick=6) for wave in range(waves))
    return rings + polygon([(4, -30), (-18, 6), (-2, 6), (-8, 30), (18, -8), (2, -8)], YELLOW)


def fire_point(*, kind: str = "extinguisher") -> str:
    """Draws an extinguisher or an eye wash, 80 x 170."""
    if kind == "extinguisher":
        return (
            rect(-32, -50, 64, 136, RED, r=20) + rect(-12, -72, 24, 22, BLACK) + path("M12 -64 Q56 -60 50 10", thick=9)
        )
    return rect(-40, -60, 80, 140, GREEN, r=14) + block(0, 10, "EYE WASH", width=76, size=24, fill=WHITE)


def tape(*, length: str = "") -> str:
    """Draws a measure with two ends, 420 x 60."""
    drawn = path("M-200 0 L200 0 M-200 -24 L-200 24 M200 -24 L200 24", thick=6)
    return (
        drawn + rect(-20 - len(length) * 9, -24, 40 + len(length) * 18, 48, WHITE, r=8) + words(0, 11, length, size=30)
    )


def lamp(*, ink: str = "red") -> str:
    """Draws a lamp, 60 x 60."""
    return circle(0, 0, 28, colour(ink), line=INK, thick=5)
