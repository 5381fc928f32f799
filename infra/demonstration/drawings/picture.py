"""A picture: a heading and things from the vocabulary of this folder, as `pictures/*.yaml` beside the lessons says.

A thing is one key, the name of a function of the vocabulary, with `at: [x, y]`, perhaps `scale:` and `turn:`, and that
function's own arguments. A picture is 540 x 960; its lowest sixth is left to the captions that a player lays over it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from infra.demonstration.drawings import cables, ground_and_street, networks_and_traces, people_and_papers, tools
from infra.demonstration.drawings.paper import (
    INK,
    NAVY,
    PALE,
    PAPER,
    SOIL,
    WHITE,
    YELLOW,
    block,
    colour,
    lines_of,
    moved,
    polygon,
    rect,
    words,
)  # fmt: skip

WIDTH: Final = 540
HEIGHT: Final = 960
NOTICE: Final = "SYNTHETIC · not reviewed by a competent person"

Drawing: TypeAlias = Callable[..., str]
Argument: TypeAlias = bool | int | float | str | list[float] | list[str]


class Picture(BaseModel):
    """A picture as it is written: its heading, its ground, and its drawings from the back to the front."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(max_length=60)
    ground: Literal["paper", "street", "night"] = "paper"
    draw: tuple[dict[str, dict[str, Argument]], ...] = Field(min_length=1)


MODULES: Final = (people_and_papers, cables, ground_and_street, tools, networks_and_traces)


def vocabulary() -> dict[str, Drawing]:
    """Returns every drawing of this folder by its name."""
    found: dict[str, Drawing] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_"):
                found[name] = value
    return found


VOCABULARY: Final[Mapping[str, Drawing]] = vocabulary()


class PictureError(ValueError):
    """A picture names what is not in the vocabulary, or an argument that a drawing does not take."""


def svg_of(name: str, picture: Picture, *, hazard: bool) -> str:
    """Returns a picture as SVG.

    Raises PictureError naming the picture and what is accepted.
    """
    drawn = "".join(_thing(name, thing) for thing in picture.draw)
    ground = _ground(picture.ground)
    heading = _heading(picture.title, hazard=hazard)
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{drawn}{heading}</svg>'


def _thing(name: str, thing: dict[str, dict[str, Argument]]) -> str:
    if len(thing) != 1:
        raise PictureError(f"{name}: each entry of draw is one drawing; found {', '.join(thing)}")
    ((word, arguments),) = thing.items()
    drawing = VOCABULARY.get(word)
    if drawing is None:
        raise PictureError(f"{name}: no drawing {word!r}; there are {', '.join(sorted(VOCABULARY))}")
    given = dict(arguments)
    x, y = _numbers(given.pop("at", [WIDTH / 2, 520]))
    (scale,), (turn,) = _numbers(given.pop("scale", 1)), _numbers(given.pop("turn", 0))
    taken = signature(drawing).parameters
    unknown = sorted(given.keys() - taken.keys())
    if unknown:
        raise PictureError(f"{name}: {word} takes {', '.join(taken)}; found {', '.join(unknown)}")
    return moved(drawing(**given), x, y, scale=scale, turn=turn)


def _numbers(value: Argument) -> list[float]:
    return [float(each) for each in (value if isinstance(value, list) else [value])]


def _ground(kind: str) -> str:
    if kind == "street":
        return (
            rect(0, 0, WIDTH, HEIGHT, "#dcebf3", thick=0)
            + rect(0, 640, WIDTH, 320, SOIL, thick=0)
            + rect(0, 640, WIDTH, 22, "#8b949b", thick=0)
        )
    if kind == "night":
        return rect(0, 0, WIDTH, HEIGHT, "#2a3d4d", thick=0)
    return rect(0, 0, WIDTH, HEIGHT, PAPER, thick=0) + rect(0, 820, WIDTH, 140, PALE, thick=0)


def _heading(title: str, *, hazard: bool) -> str:
    size = 42.0 if len(lines_of(title, 42, 500)) <= 2 else 36.0
    lines = len(lines_of(title, size, 500))
    bottom = 46 + lines * size * 1.2 + 24
    drawn = rect(0, 0, WIDTH, bottom, NAVY, thick=0)
    drawn += rect(0, 0, WIDTH, 40, INK, thick=0) + words(WIDTH / 2, 27, NOTICE, size=20, fill=YELLOW)
    drawn += block(WIDTH / 2, 46 + (bottom - 46) / 2 - 2, title, width=500, size=size, fill=WHITE)
    if hazard:
        stripes = "".join(
            polygon([(x, bottom + 18), (x + 18, bottom), (x + 40, bottom), (x + 22, bottom + 18)], INK, thick=0)
            for x in range(-20, WIDTH, 44)
        )
        drawn += rect(0, bottom, WIDTH, 18, colour("yellow"), thick=0) + stripes
    return drawn
