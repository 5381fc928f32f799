"""Makes up fifteen apprentices, their mentors and their employer, with four months of learning and of work.

Everything is invented. Like the sales organisation's half year, the same (seed, as_of) gives the same bytes, and each
person has a stream of chance of their own.

    answering    a question of a lesson seen g days ago is answered right with c + (1 - c) / (1 + g / S)     c = 0.25
    remembering  S days, drawn for each person; doubled by a right answer, less by a wrong one: a hyperbola, not the
                 curve by which the platform itself expects people to forget
    working      a skill begins at 35-55 points, a behaviour at 58-78; both rise with every fortnight on site
    learning     on a weekday with the person's own share (0.3-0.8), on other days with a fifth of it

Made to differ on purpose: NEW began a week ago; AWAY is on a break in learning; QUIET has stopped without one; UNSAFE
answered a hazard's question wrong and has not come back to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from infra.demonstration.dice import Dice
from infra.demonstration.events import iso
from infra.demonstration.lesson_files import LessonFile
from shared.kernel.ids import digest
from shared.kernel.json_values import JsonObject

DOMAIN: Final = "fellside-networks.example"
FRAMEWORK: Final = "cable_jointing_demo"
STANDARD: Final = "ST9901@1.0"
DAYS: Final = 120
"""Length of the history, ending on the day before `as_of`."""

MENTORS: Final = ("Moira Kerr", "Gethin Rowlands", "Abdul Rahim")
EMPLOYER: Final = "Judith Ashworth"
APPRENTICES: Final = (
    "Kit Lennox",
    "Aled Pritchard",
    "Shona Baird",
    "Danny Okoro",
    "Rhys Morgan",
    "Zofia Wrona",
    "Callie Stewart",
    "Imran Sadiq",
    "Jodie Fell",
    "Mateusz Lis",
    "Ewan Geddes",
    "Bronwen Hale",
    "Tyler Nwosu",
    "Freya Sinclair",
    "Liam Hartley",
)
NEW: Final = "Freya Sinclair"
AWAY: Final = "Imran Sadiq"
QUIET: Final = "Tyler Nwosu"
UNSAFE: Final = "Jodie Fell"
NEW_DAYS: Final = 6
AWAY_SINCE: Final = 33
QUIET_SINCE: Final = 19
UNSAFE_SINCE: Final = 9
GUESSED: Final = 0.25
"""Of four options one is hit by chance."""

SKILLS: Final = ("S1", "S2", "S3", "S4", "S5")
BEHAVIOURS: Final = ("B1", "B2", "B3")
LEVELS: Final = (0, 40, 60, 75, 90)
"""The rubrics' levels, of skills and behaviours alike."""
WORKSHOPS: Final = (
    ("demo-prove-dead-simulator", ("S1",)),
    ("demo-xlpe-preparation", ("S2",)),
    ("demo-lv-straight-joint", ("S3", "S2")),
    ("demo-indoor-termination", ("S4",)),
    ("demo-test-and-hand-back", ("S5",)),
)
WORDS: Final = (
    "Proved dead with the tester proved before and after; waited for the authorised person without being told.",
    "Stripped back to the template; one nick in the screen, saw it and said so.",
    "Took the connector torque in the order of the instruction and wrote the numbers down.",
    "Needed prompting on the earth continuity across the joint.",
    "Set up the barriers and walked the footway as the public would.",
    "Asked to stop when the drawing and the trench did not agree. Right call.",
)


MAY: Final = (
    ("Work beside a cable that is proved dead, in an open trench", "alone", 10, 365),
    ("Strip and prepare 11 kV XLPE cable", "supervised", 30, 180),
    ("Joint low voltage cable, straight joint", "supervised", 60, 62),
)
"""What a mentor lets an apprentice do: alone or supervised, from which day after they began on, for how many days."""


class Colleague(NamedTuple):
    """A row of the people's CSV. mentor: the mentor's address, "" for nobody"""

    name: str
    email: str
    role: str
    hire_date: str
    framework: str
    mentor: str
    zone: str
    country: str


def address(name: str) -> str:
    """Returns somebody's e-mail address."""
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def mentor_of(name: str) -> str:
    """Returns an apprentice's mentor."""
    return MENTORS[APPRENTICES.index(name) % len(MENTORS)]


def people(as_of: date) -> list[Colleague]:
    """Returns everybody, those who teach before those who learn."""
    rows = [_colleague(name, "mentor", as_of - timedelta(days=2_400)) for name in MENTORS]
    rows.append(_colleague(EMPLOYER, "employer", as_of - timedelta(days=3_000)))
    rows += [_colleague(name, "employee", begun_on(as_of, name), address(mentor_of(name))) for name in APPRENTICES]
    return rows


def _colleague(name: str, role: str, hired: date, mentor: str = "") -> Colleague:
    return Colleague(name, address(name), role, hired.isoformat(), FRAMEWORK, mentor, "Europe/London", "GB-SCT")


def begun_on(as_of: date, name: str) -> date:
    """Returns the day on which an apprentice began."""
    days = NEW_DAYS if name == NEW else Dice(1, "begun", name).whole(DAYS - 14, DAYS)
    return as_of - timedelta(days=days)


def authorisations(as_of: date, name: str) -> list[JsonObject]:
    """Returns what an apprentice may do by now and for how long, as POST …/authorisations takes it."""
    begun = begun_on(as_of, name)
    given = [(what, scope, begun + timedelta(days=after), days) for what, scope, after, days in MAY]
    return [
        {
            "activity": what,
            "scope": scope,
            "begins": begins.isoformat(),
            "ends": (begins + timedelta(days=days)).isoformat(),
        }
        for what, scope, begins, days in given
        if begins <= as_of <= begins + timedelta(days=days)
    ]


@dataclass
class _Item:
    """A question that somebody has answered: how long they keep it (days), and when they saw it last."""

    keeps: float
    seen: date


class Apprenticeship:
    """One apprentice's months, played day by day."""

    def __init__(self, seed: int, as_of: date, name: str, lessons: Sequence[LessonFile]) -> None:
        self.name, self.email = name, address(name)
        self._as_of = as_of
        self._dice = Dice(seed, "apprentice", name)
        self._lessons = _in_order(lessons)
        self._share = self._dice.between(0.3, 0.8)
        self._keeps = self._dice.between(1.2, 4.0)
        self._skill = {one: self._dice.between(35, 55) for one in SKILLS}
        self._skill |= {one: self._dice.between(58, 78) for one in BEHAVIOURS}
        self._rises = self._dice.between(2.5, 7.5)
        self._known: dict[tuple[str, str], _Item] = {}
        self._done: set[str] = set()
        self._number = 0

    def days(self) -> Iterator[date]:
        """Yields the days on which the person was there."""
        last = {AWAY: AWAY_SINCE, QUIET: QUIET_SINCE}.get(self.name, 1)
        day = begun_on(self._as_of, self.name)
        while day <= self._as_of - timedelta(days=last):
            yield day
            day += timedelta(days=1)

    def answers(self) -> list[JsonObject]:
        """Returns what the person answered, in order of time, as POST /api/v1/learning/answers takes it."""
        found: list[JsonObject] = []
        for day in self.days():
            if self._dice.chance(self._share if day.weekday() < 5 else self._share / 5):
                found += self._session(day)
        return found

    def _session(self, day: date) -> Iterator[JsonObject]:
        """Answers for some minutes: what is due of earlier lessons, then a lesson that is new."""
        at = datetime.combine(day, time(self._dice.whole(6, 20), self._dice.whole(0, 59)), UTC)
        due = [one for one in self._lessons if one.lesson_id in self._done and self._is_due(one, day)]
        new = [one for one in self._lessons if one.lesson_id not in self._done and self._may_begin(one)]
        for lesson in (*due[:2], *new[: 1 if due else 2]):
            at += timedelta(seconds=self._dice.whole(100, 150))
            for question in lesson.questions:
                at += timedelta(seconds=self._dice.whole(8, 40))
                right = self._recalls((lesson.lesson_id, question.question_id), day)
                if self._slips(lesson, day):
                    right = False
                others = [one for one in range(1, len(question.options) + 1) if one != question.right]
                option = question.right if right else self._dice.pick(others)
                yield self._answer(lesson, question.question_id, option, at)
            self._done.add(lesson.lesson_id)

    def _is_due(self, lesson: LessonFile, day: date) -> bool:
        items = [self._known[lesson.lesson_id, one.question_id] for one in lesson.questions]
        return any((day - one.seen).days >= one.keeps for one in items)

    def _may_begin(self, lesson: LessonFile) -> bool:
        return all(one in self._done for one in lesson.prerequisites)

    def _recalls(self, key: tuple[str, str], day: date) -> bool:
        item = self._known.get(key)
        gone = 0.25 if item is None else (day - item.seen).days
        keeps = self._keeps if item is None else item.keeps
        right = self._dice.chance(GUESSED + (1 - GUESSED) / (1 + gone / (keeps * 6)))
        self._known[key] = _Item(min(60.0, keeps * 2) if right else max(1.0, keeps * 0.6), day)
        return right

    def _slips(self, lesson: LessonFile, day: date) -> bool:
        return self.name == UNSAFE and lesson.hazard and (self._as_of - day).days <= UNSAFE_SINCE

    def _answer(self, lesson: LessonFile, question_id: str, option: int, at: datetime) -> JsonObject:
        self._number += 1
        return {
            "key": digest("answer", self.email, self._as_of.isoformat(), str(self._number))[:32],
            "lesson_id": lesson.lesson_id,
            "lesson_version": lesson.version,
            "question_id": question_id,
            "option": option,
            "answered_at": iso(at),
        }

    def observations(self) -> Iterator[JsonObject]:
        """Yields what the mentor saw on site, as POST /api/v1/learning/observations takes it."""
        dice = Dice(1, "observed", self.name)
        for number, day in enumerate(self._every(dice, 6, 12)):
            seen = dice.some(SKILLS, dice.whole(1, 3))
            yield {
                **self._seen("observation", number, day, dice, seen),
                "supervision": "supervised" if self._at(day, "S1") < 80 else dice.pick(("supervised", "alone")),
                "context": {
                    "voltage": [dice.pick(("lv", "11kv"))],
                    "cable_type": [dice.pick(("xlpe", "paper_insulated", "transition"))],
                    "environment": [dice.pick(("footway", "carriageway", "substation"))],
                },
            }

    def verifications(self) -> Iterator[JsonObject]:
        """Yields what the employer verified, as POST /api/v1/learning/verifications takes it."""
        dice = Dice(1, "verified", self.name)
        for number, day in enumerate(self._every(dice, 9, 15)):
            yield self._seen("verification", number, day, dice, BEHAVIOURS)

    def workshops(self) -> Iterator[JsonObject]:
        """Yields workshop assessments, as POST /api/v1/validation-events takes them."""
        dice = Dice(1, "assessed", self.name)
        for number, day in enumerate(self._every(dice, 10, 16)):
            scenario, skills = WORKSHOPS[number % len(WORKSHOPS)]
            score = round(min(98.0, self._at(day, skills[0]) + dice.normal(4, 4)))
            yield {
                "event_id": f"workshop-{self._as_of.isoformat()}-{self.email.split('@')[0]}-{number}",
                "employee_id": self.email,
                "event_type": "hands_on_lab",
                "event_source": "training_centre",
                "timestamp": iso(datetime.combine(day, time(14, 30), UTC)),
                "overall_score": score,
                "passed": score >= 75,
                "competency_scores": [{"competency": one, "score": score} for one in skills],
                "session_metadata": {"scenario_id": scenario},
            }

    def _every(self, dice: Dice, least: int, most: int) -> Iterator[date]:
        """Yields working days some days apart."""
        wait = dice.whole(least, most)
        for day in self.days():
            wait -= 1
            if wait <= 0 and day.weekday() < 5:
                wait = dice.whole(least, most)
                yield day

    def _at(self, day: date, one: str) -> float:
        fortnights = (day - begun_on(self._as_of, self.name)).days / 14
        return min(95.0, self._skill[one] + self._rises * fortnights)

    def _seen(self, kind: str, number: int, day: date, dice: Dice, competencies: Sequence[str]) -> JsonObject:
        scores: list[JsonObject] = []
        for one in competencies:
            points = self._at(day, one) + dice.normal(0, 6)
            scores.append({"competency": one, "level": max(level for level in LEVELS if level <= max(0.0, points))})
        return {
            "key": f"{kind}-{self._as_of.isoformat()}-{self.email.split('@')[0]}-{number}",
            "employee_id": self.email,
            "observed_at": iso(datetime.combine(day, time(dice.whole(8, 15), dice.whole(0, 59)), UTC)),
            "competency_scores": scores,
            "words": dice.pick(WORDS),
        }


def _in_order(lessons: Sequence[LessonFile]) -> list[LessonFile]:
    """Returns what keeps people from harm first."""
    return sorted(lessons, key=lambda one: (not one.hazard, one.topic, one.lesson_id))
