"""Makes up people who learn and forget by a power law that is not FSRS's, and what they answer.

How likely a person is to know an answer t days after the last one about the same question:

    p(t) = (1 + t) ** -(f / u)        f: how fast this person forgets this question; u: what practice has made of it

FSRS has one exponent for everybody and stretches time; here time is everybody's, and the exponent differs between
people and questions and falls with practice: u begins at 1, and a right answer adds g * (1 - p), so that what was easy
adds nothing. A wrong answer, after which the right one is told, changes nothing, and says nothing but whose and of what
it is; FSRS takes most of the stability away. Who does not know the answer guesses.

What is assumed was written down before anything was compared, and no proof tunes it: a median f of 0.25, after which
84 % are known on the next day and 59 % after a week; people's and questions' f differ by factors of e^0.5 and e^0.35 to
either side (one standard deviation), people's g (5 in the median) by e^0.3. Worlds beside it forget half and twice as
fast. Nobody asks when FSRS says so: after a wrong answer a question comes back on the next day, after right ones after
1, 3, 7, 14, 30 and 60 days, each earlier or later by a factor of e^0.7, as people are. The last answer is the
gateway's: it is asked once, on any of the 120 days after the one before, whatever is due then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final, NamedTuple

FIRST_RIGHT: Final = 0.85
"""Answers that are right just after the lesson."""
ASKED_AFTER: Final = (1, 3, 7, 14, 30, 60)
PEOPLE_APART: Final = 0.5
QUESTIONS_APART: Final = 0.35
GAINS_APART: Final = 0.3
EARLY_OR_LATE: Final = 0.7
GATEWAY_DAYS: Final = 120


@dataclass(frozen=True, slots=True)
class World:
    """What is assumed of a world. forgetting, gain: medians of f and g; guess: how often a guess is right"""

    name: str
    forgetting: float = 0.25
    gain: float = 5.0
    guess: float = 0.0


USUAL: Final = World("as assumed")
WORLDS: Final = (
    USUAL,
    replace(USUAL, name="forgetting half as fast", forgetting=0.125),
    replace(USUAL, name="forgetting twice as fast", forgetting=0.5),
    replace(USUAL, name="as assumed, and one guess in three is right", guess=1 / 3),
)


class Answer(NamedTuple):
    """One answer. days: since the one before, at first 0; chance: of being right, as the simulator has it"""

    days: int
    right: bool
    chance: float


def people(world: World, number: int, questions: int, days: int, seed: int) -> Iterator[list[list[Answer]]]:
    """Yields person by person the answers to each question in so many days, and the gateway's as the last of each.

    The same seed gives the same answers.
    """
    chance = Random(seed)
    hardness = [chance.lognormvariate(0, QUESTIONS_APART) for _ in range(questions)]
    for _ in range(number):
        forgetting = world.forgetting * chance.lognormvariate(0, PEOPLE_APART)
        gain = world.gain * chance.lognormvariate(0, GAINS_APART)
        begun = [chance.randrange(max(1, days // 2)) for _ in hardness]
        yield [
            list(_answers(chance, forgetting * hard, gain, world.guess, days - first))
            for hard, first in zip(hardness, begun, strict=True)
        ]


def _answers(chance: Random, forgetting: float, gain: float, guess: float, days: int) -> Iterator[Answer]:
    right = chance.random() < FIRST_RIGHT
    yield Answer(0, right, FIRST_RIGHT)
    practice, step, passed = 1.0, 0, 0
    while True:
        step = min(step + 1, len(ASKED_AFTER)) if right else 0
        usual = ASKED_AFTER[max(0, step - 1)]
        after = max(1, round(usual * chance.lognormvariate(0, EARLY_OR_LATE))) if right else 1
        passed += after
        gateway = passed > days
        if gateway:
            after = chance.randint(1, GATEWAY_DAYS)
        known = (1 + after) ** -(forgetting / practice)
        expected = known + (1 - known) * guess
        right = chance.random() < expected
        yield Answer(after, right, expected)
        if gateway:
            return
        if right:
            practice += gain * (1 - known)
