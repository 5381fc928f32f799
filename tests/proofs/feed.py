"""The feed of many learners: how long it takes to order each, and whether the same answers give the same bytes.

Each has a framework of lessons (a quarter of them hazards, each after another), and the reviews of some months made up
by `tests/proofs/forgetting.py`. A feed is timed from the set of reviews as they are stored: folded into cards, then
weighed into mastery and gaps, put in order and written as JSON. All are made twice, in two processes of their own whose
hashes of strings differ, the second time with what is stored in another order of arrival. Processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import process_time_ns
from typing import Final
from zoneinfo import ZoneInfo

from shared.frameworks.domain.framework import Competency
from shared.learning.domain.feed import Cards, FeedItem, finished, order
from shared.learning.domain.lesson import TOPICS, Lesson, Question
from shared.learning.domain.mastery import Known, gaps, masteries
from shared.learning.domain.recall import cards
from shared.learning.domain.review import Review
from tests.proofs.forgetting import USUAL, people

ROOT: Final = Path(__file__).resolve().parents[2]
SEED: Final = 20261130
TODAY: Final = date(2026, 11, 30)
DAYS: Final = 120
ZONE: Final = ZoneInfo("Europe/London")
COMPETENCIES: Final = tuple(
    Competency(f"{letter}{n}", f"{letter}{n}".lower(), f"{letter}{n}", category=category)
    for letter, category in (("K", "knowledge"), ("S", "skill"), ("B", "behaviour"))
    for n in range(1, 6)
)
QUESTIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Pass:
    """One time that all feeds were made. milliseconds, ordering, digests: by learner; ordering: after the fold"""

    milliseconds: list[float]
    ordering: list[float]
    digests: list[str]
    reviews: int
    items: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Both passes of so many learners with so many lessons."""

    lessons: int
    first: Pass
    second: Pass

    @property
    def same(self) -> int:
        """How many feeds were the same bytes both times."""
        return sum(one == other for one, other in zip(self.first.digests, self.second.digests, strict=True))


def lessons_of(number: int, chance: Random) -> list[Lesson]:
    """So many lessons; each but the first three comes after one of those before it."""
    questions = tuple(Question(f"q{n}", "Which?", ("this", "that", "none"), 1, "So.") for n in range(1, QUESTIONS + 1))
    return [
        Lesson(
            lesson_id=f"lesson_{n:03}",
            version=1,
            framework_id="cable_jointing_demo",
            title=f"Lesson {n}",
            topic=TOPICS[n % len(TOPICS)],
            hazard=n % 4 == 0,
            competencies=tuple(one.competency for one in chance.sample(COMPETENCIES, 2)),
            prerequisites=(f"lesson_{chance.randrange(n):03}",) if n > 2 else (),
            reviewer=None,
            script=(),
            questions=questions,
        )
        for n in range(number)
    ]


def learners(number: int, lessons: Sequence[Lesson]) -> Iterator[list[Review]]:
    """The reviews of each learner, who has begun some of the lessons; the last day of all is today."""
    chance = Random(SEED)
    keys = [(key, one) for one in lessons for key in one.keys]
    begun = datetime(TODAY.year, TODAY.month, TODAY.day, 18, tzinfo=UTC) - timedelta(days=DAYS)
    for found in people(USUAL, number, len(keys), DAYS, SEED):
        done = chance.randint(0, len(lessons)) * QUESTIONS
        mine = []
        for (key, lesson), answers in zip(keys[:done], found, strict=False):
            at = begun + timedelta(days=chance.randrange(DAYS // 2), minutes=chance.randrange(360))
            for n, one in enumerate(answers[:-1]):
                at += timedelta(days=one.days)
                name = f"{key.lesson_id}-{key.question_id}-{n}"
                mine.append(Review(name, key, 1, lesson.competencies, one.right, lesson.hazard, at, at))
        yield [one for one in mine if one.answered_at.date() <= TODAY]


def feed_of(lessons: Sequence[Lesson], competencies: Sequence[Competency], folded: Cards) -> list[FeedItem]:
    """The feed, from the cards."""
    lacking = gaps(masteries(competencies, lessons, {}, Known(folded, TODAY)))
    return order(lessons, folded, lacking, finished(lessons, folded), TODAY)


def written(items: Sequence[FeedItem]) -> bytes:
    return json.dumps(
        [(one.lesson.lesson_id, one.lesson.version, one.reason, one.why, one.asked) for one in items]
    ).encode()


def one_pass(number: int, lessons: int, shuffled: bool) -> Pass:
    """Makes every learner's feed. shuffled: what is stored comes in another order"""
    chance = Random(number)
    known, competencies = lessons_of(lessons, Random(SEED)), list(COMPETENCIES)
    made = Pass([], [], [], 0, 0)
    reviewed = offered = 0
    for reviews in learners(number, known):
        if shuffled:
            for one in (reviews, known, competencies):
                chance.shuffle(one)
        begun = process_time_ns()
        folded = cards(reviews, ZONE)
        between = process_time_ns()
        items = feed_of(known, competencies, folded)
        text = written(items)
        ended = process_time_ns()
        made.milliseconds.append((ended - begun) / 1e6)
        made.ordering.append((ended - between) / 1e6)
        made.digests.append(sha256(text).hexdigest())
        reviewed, offered = reviewed + len(reviews), offered + len(items)
    return Pass(made.milliseconds, made.ordering, made.digests, reviewed, offered)


def measure(number: int, lessons: int) -> Measured:
    """Makes the feeds of so many learners twice, each time in a process of its own."""
    found = []
    for shuffled, hashes in ((False, "1"), (True, "2")):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.proofs.feed", "--pass", str(int(shuffled))),
                *("--learners", str(number), "--lessons", str(lessons)),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hashes},
            stdout=subprocess.PIPE,
            check=True,
        )
        found.append(Pass(**json.loads(done.stdout)))
    return Measured(lessons, *found)


def report(found: Sequence[Measured]) -> str:
    lines = [
        "| lessons | learners | reviews each | items each | ms, median | 95 % below | longest | after the fold, median "
        "| same bytes twice |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in found:
        times, number = sorted(one.first.milliseconds), len(one.first.milliseconds)
        lines.append(
            f"| {one.lessons} | {number:,} | {one.first.reviews / number:.0f} | {one.first.items / number:.1f} "
            f"| {median(times):.2f} | {times[int(0.95 * (number - 1))]:.2f} | {times[-1]:.2f} "
            f"| {median(one.first.ordering):.2f} | {one.same:,} of {number:,} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=10_000)
    parser.add_argument("--lessons", type=int, default=20)
    parser.add_argument("--pass", dest="number", type=int, choices=(0, 1), help="prints this pass alone, as JSON")
    chosen = parser.parse_args()
    if chosen.number is not None:
        print(json.dumps(asdict(one_pass(chosen.learners, chosen.lessons, bool(chosen.number)))))
        return 0
    found = [measure(chosen.learners, chosen.lessons), measure(max(1, chosen.learners // 50), 10 * chosen.lessons)]
    print(report(found))
    return 0 if all(one.same == len(one.first.digests) for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
