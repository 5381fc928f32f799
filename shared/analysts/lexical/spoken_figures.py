"""Reads numbers as they are spoken or written, so that one can tell that two people say the same one."""

from __future__ import annotations

import re

_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TEENS = ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LARGE = ("hundred", "thousand", "million")
_NUMBER = rf"(?:{'|'.join(_LARGE + _TENS + _TEENS + _SMALL)}|\d[\d.,]{{0,12}}\d|\d)"
_UNIT = (
    "seconds?|minutes?|hours?|days?|weeks?|months?|years?|people|engineers?|developers?|percent|times|tickets?"
    "|deployments?|k|euros?|dollars?|pounds?|million|thousand|%"
)
FIGURE = re.compile(
    rf"(?<![\w'])(?P<number>{_NUMBER}(?:(?:[\s-]{{1,3}}and)?[\s-]{{1,3}}{_NUMBER}){{0,6}})(?![\w'])"
    rf"(?:\s{{0,3}}(?P<unit>{_UNIT})(?!\w))?",
    re.IGNORECASE,
)
"""A number with its unit, where one follows."""


def figures_said(text: str) -> frozenset[str]:
    """Returns the figures in a text that mean something by themselves: over ten, or with a unit ("six weeks").

    A figure over ten is known by its number alone, since one side says "forty-six" and the other "forty-six days".
    """
    found = set()
    for match in FIGURE.finditer(text):
        number = re.sub(r"(?:\s|-|\band\b)+", " ", match["number"].lower()).strip()
        unit = (match["unit"] or "").lower()
        if number in _SMALL or number in {str(small) for small in range(11)}:
            if unit:
                found.add(f"{number} {unit.removesuffix('s')}")
        else:
            found.add(number)
    return frozenset(found)
