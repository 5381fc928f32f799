"""How well recall is foretold: FSRS with its published parameters beside what else could say when to ask again.

Each contestant says before every answer but the first how likely it is to be right:

    FSRS           our own fold (`shared/learning/domain/recall.py`), nothing learned from anybody here
    table          1, 3, 7, 14 days after right answers, the first again after a wrong one: 0.9 ** (days / interval)
    SM-2           P. A. Woźniak's intervals (1990): 1, 6, then times 2.5, and anew after a wrong answer; said likewise
    constant       0.9, whatever happened
    the simulator  what the answers were drawn by: no contestant can do better

Log loss is the mean of -ln(what was said of what came): lower is better, and a coin's is 0.693. In hindsight, each
contestant's chances are raised to the one power that is best for the very answers that it is judged by, which makes the
constant the share that was right; nobody has it beforehand. Told apart is how often, of a right and a wrong answer, the
right one was said to be likelier (the area under the ROC curve; 50 % is a coin's).

Two things are foretold: the next answer, whenever somebody asks, and the answer on a gateway's day, which is the last
one of each question and comes up to 120 days later, without a review until then. Where reviews come when about as much
is known each time, little is left to foretell of the next answer, and a constant is hard to beat.

Chances are cut to 0.1-99.9 %. The interval of a difference is over people (95 %, a person's answers being one draw).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.kernel.statistics import Z_NINETY_FIVE
from shared.learning.domain.recall import answered
from tests.learning import others_fsrs
from tests.proofs.forgetting import WORLDS, Answer, World, people

DAYS: Final = 240
SEED: Final = 20261130
BEGUN: Final = date(2026, 1, 1)
LEAST, MOST = 0.001, 0.999
TABLE: Final = (1, 3, 7, 14)
WHEN_DUE: Final = 0.9
"""What an interval promises when it has passed."""
SIMULATOR: Final = "the simulator"
BOUNDS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
"""Of what FSRS said, where it is looked at by that."""

CAVEAT: Final = (
    "The people are made up. They forget by a power law that is not FSRS's and that differs between them "
    "(`tests/proofs/forgetting.py`). How apprentices forget nobody has measured here, and the order of the contestants "
    "says nothing of them."
)

Chances = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to foretell. losses, hindsight: mean log loss by person, as it is and at its best power"""

    name: str
    losses: Chances
    hindsight: Chances
    loss: float
    loss_in_hindsight: float
    said: float
    apart: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was foretold in one world, the share of it that came out right, and what each contestant made of it."""

    world: World
    people: int
    answers: int
    right: float
    contestants: tuple[Contestant, ...]

    def named(self, name: str) -> Contestant:
        return next(one for one in self.contestants if one.name == name)


@dataclass(frozen=True, slots=True)
class Said:
    """How often FSRS said something between two chances, and how often that came right, of all answers of a world."""

    low: float
    high: float
    answers: int
    right: float


@dataclass(frozen=True, slots=True)
class Foretold:
    """One world, by what was foretold. said: FSRS's, by what it said"""

    next_answer: Result
    gateway: Result
    said: tuple[Said, ...]


def by_fsrs(history: Sequence[Answer]) -> Iterator[float]:
    """Recall before each answer but the first, by our own fold."""
    day, card = BEGUN, answered(None, history[0].right, BEGUN)
    for one in history[1:]:
        day += timedelta(days=one.days)
        yield card.recall_on(day)
        card = answered(card, one.right, day)


def by_table(history: Sequence[Answer]) -> Iterator[float]:
    """The table's, which goes a step on after a right answer."""
    step = -1
    for before, one in pairwise(history):
        step = min(step + 1, len(TABLE) - 1) if before.right else 0
        yield WHEN_DUE ** (one.days / TABLE[max(0, step)])


def by_sm2(history: Sequence[Answer]) -> Iterator[float]:
    """SM-2's: a right answer is a 4, which leaves the factor at 2.5, as an answer below 3 does."""
    repeated, interval = 0, 1.0
    for before, one in pairwise(history):
        repeated = repeated + 1 if before.right else 0
        interval = 1.0 if repeated <= 1 else 6.0 if repeated == 2 else interval * 2.5
        yield WHEN_DUE ** (one.days / interval)


def by_constant(history: Sequence[Answer]) -> Iterator[float]:
    return (WHEN_DUE for _ in history[1:])


def by_simulator(history: Sequence[Answer]) -> Iterator[float]:
    return (one.chance for one in history[1:])


CONTESTANTS: Final[tuple[tuple[str, Callable[[Sequence[Answer]], Iterator[float]]], ...]] = (
    ("FSRS", by_fsrs),
    ("table of 1, 3, 7, 14 days", by_table),
    ("SM-2", by_sm2),
    ("constant", by_constant),
    (SIMULATOR, by_simulator),
)


def losses(said: Chances, right: Flags) -> Chances:
    """-ln of what was said of what came, answer by answer."""
    cut = np.clip(said, LEAST, MOST)
    found: Chances = -np.log(np.where(right, cut, 1 - cut))
    return found


def best_power(said: Chances, right: Flags) -> float:
    """The power with the least log loss, from a twentieth to twenty: golden section of its logarithm."""
    low, high, golden = -np.log(20), np.log(20), (sqrt(5) - 1) / 2
    for _ in range(30):
        left, later = high - golden * (high - low), low + golden * (high - low)
        if losses(said ** np.exp(left), right).mean() < losses(said ** np.exp(later), right).mean():
            high = later
        else:
            low = left
    return float(np.exp((low + high) / 2))


def told_apart(said: Chances, right: Flags) -> float:
    """The area under the ROC curve; ties count half."""
    _, place, number = np.unique(said, return_inverse=True, return_counts=True)
    rank = (number.cumsum() - (number - 1) / 2)[place]
    came = int(right.sum())
    return float((rank[right].sum() - came * (came + 1) / 2) / (came * (len(right) - came)))


def measure(world: World, number: int, questions: int, seed: int = SEED) -> Foretold:
    """Has every contestant foretell the same answers."""
    histories = list(people(world, number, questions, DAYS, seed))
    right = np.array([one.right for mine in histories for history in mine for one in history[1:]])
    whose = np.repeat(np.arange(number), [sum(len(history) - 1 for history in mine) for mine in histories])
    last = np.concatenate([np.arange(len(history) - 1) == len(history) - 2 for mine in histories for history in mine])
    said = {
        name: np.array([chance for mine in histories for history in mine for chance in foretell(history)])
        for name, foretell in CONTESTANTS
    }
    next_answer, gateway = (_result(world, said, right, whose, which) for which in (~last, last))
    return Foretold(next_answer, gateway, tuple(_by_what_was_said(said["FSRS"], right)))


def _by_what_was_said(said: Chances, right: Flags) -> Iterator[Said]:
    for low, high in pairwise(BOUNDS):
        which = (said >= low) & (said < high)
        if which.any():
            yield Said(low, min(1.0, high), int(which.sum()), float(right[which].mean()))


def _result(world: World, every: dict[str, Chances], right: Flags, whose: NDArray[np.int64], which: Flags) -> Result:
    """Judges all contestants by some of the answers. whose: the person of each, which: those that count"""
    right, whose = right[which], whose[which]
    _, whose = np.unique(whose, return_inverse=True)
    number = np.bincount(whose)

    def judged(name: str, said: Chances) -> Contestant:
        usual, powered = losses(said, right), losses(said ** best_power(said, right), right)
        means = [float(one.mean()) for one in (usual, powered, said)]
        by_person = [np.bincount(whose, one) / number for one in (usual, powered)]
        return Contestant(name, by_person[0], by_person[1], means[0], means[1], means[2], told_apart(said, right))

    contestants = tuple(judged(name, said[which]) for name, said in every.items())
    return Result(world, len(number), len(right), float(right.mean()), contestants)


def more(one: Chances, other: Chances) -> tuple[float, float]:
    """How much more one loses than another, by person: the mean and half its 95 % interval."""
    apart = one - other
    return float(apart.mean()), float(Z_NINETY_FIVE * apart.std(ddof=1) / sqrt(len(apart)))


def report(found: Sequence[Foretold]) -> str:
    """The tables, their caveat, and to whom FSRS loses."""
    return "\n\n".join(
        [
            CAVEAT,
            table("The next answer", [one.next_answer for one in found]),
            table("On a gateway's day, without a review until then", [one.gateway for one in found]),
            calibration(found),
        ]
    )


def calibration(found: Sequence[Foretold]) -> str:
    """The table of what came where FSRS said so much."""
    lines = ["| FSRS said | " + " | ".join(one.next_answer.world.name for one in found) + " |"]
    lines.append("|---|" + "---:|" * len(found))
    for low, high in pairwise(BOUNDS):
        cells = [next((said for said in one.said if said.low == low), None) for one in found]
        came = ["" if one is None else f"{one.right:.0%} right, of {one.answers:,}" for one in cells]
        lines.append(f"| {low:.0%} to {min(1.0, high):.0%} | {' | '.join(came)} |")
    return "\n".join(lines)


def table(title: str, results: Sequence[Result]) -> str:
    """One table, and what it says of FSRS in words."""
    lines = [
        f"| {title} | log loss | more than FSRS | in hindsight | more than FSRS | said, on average | told apart |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        world = f"{result.people:,} people, {result.answers:,} answers, {result.right:.1%} right"
        lines.append(f"| **{result.world.name}**: {world} | | | | | | |")
        fsrs = result.named("FSRS")
        for one in result.contestants:
            compared = (more(one.losses, fsrs.losses), more(one.hindsight, fsrs.hindsight))
            first, second = ("" if one is fsrs else f"{mean:+.3f} ± {half:.3f}" for mean, half in compared)
            lines.append(
                f"| {one.name} | {one.loss:.3f} | {first} | {one.loss_in_hindsight:.3f} | {second} | {one.said:.1%} "
                f"| {one.apart:.0%} |"
            )
    return "\n".join([*lines, "", *(f"- {lost(one)}" for one in results)])


def lost(result: Result) -> str:
    """Says to whom FSRS loses in a world, as it is and in hindsight; who is within the interval is not told apart."""
    fsrs, world = result.named("FSRS"), result.world.name
    others = [one for one in result.contestants if one is not fsrs and one.name != SIMULATOR]
    now = _judged({one.name: more(one.losses, fsrs.losses) for one in others})
    then = _judged({one.name: more(one.hindsight, fsrs.hindsight) for one in others})
    return f"{world[0].upper()}{world[1:]}: FSRS {now}; in hindsight it {then}."


def _judged(found: dict[str, tuple[float, float]]) -> str:
    parts = {
        "loses to": [name for name, (mean, half) in found.items() if mean < -half],
        "beats": [name for name, (mean, half) in found.items() if mean > half],
        "is alike to": [name for name, (mean, half) in found.items() if abs(mean) <= half],
    }
    return ", ".join(f"{verb} {' and '.join(names)}" for verb, names in parts.items() if names)


def beside_others(number: int) -> str:
    """Says how far our fold and ts-fsrs are apart."""
    found = others_fsrs.installed()
    name = f"ts-fsrs {others_fsrs.VERSION}"
    if found is None:
        return f"Not held beside {name}: it is not installed here (./scripts/test installs it)."
    one = others_fsrs.compared(others_fsrs.histories(number, SEED), found)
    return (
        f"Beside {name}, the same weights, no fuzz, no learning steps, reviews a day apart or more: {one.histories:,} "
        f"histories, {one.reviews:,} reviews; stability, difficulty and recall differ by at most {one.apart:.1e} "
        f"(it rounds to eight decimals), the day due in {one.other_days:,} reviews."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--histories", type=int, default=5000, help="that are held beside ts-fsrs")
    chosen = parser.parse_args()
    print(report([measure(world, chosen.people, chosen.questions) for world in WORLDS]))
    print(f"\n{beside_others(chosen.histories)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
