"""What others than the employee are told, over any history: no more than they see, and all of that.

While a call is closed to others, facts are the difference between two profiles without it. Two worlds that differ in
closed scores alone tell the same; and who keeps a copy by what is told has at every moment what an export gives.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from infra.wiring.ratings import ratings
from shared.intake.contract import VoidBody
from shared.kernel.errors import Rejected
from shared.platform.records.changes import HORIZON
from shared.ratings.messages import SkillChanged
from shared.subscriptions.contract import ChangedSkill, SkillChangedData
from shared.subscriptions.usecases.facts import of_skills
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.harness.sent_events import call, role_play
from tests.harness.speed import examples
from tests.proofs.mirror import MACHINE, Copy
from tests.ratings.builders import GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE), framework_id="sales_engineering")
JOE, MIA = PEOPLE = ("joe@example.com", "mia@example.com")
TOPICS = ("skill-changed", "discrepancy-changed")
SLOW = settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])

scores = st.sampled_from([20, 55, 70, 74, 80, 86, 100])
competencies = st.sampled_from(["discovery", "product_knowledge"])
industries = st.sampled_from([None, "retail", "hospital"])


class Act(NamedTuple):
    """One thing that happens. secret: another analysis of the same call, which only one of two worlds has"""

    kind: str
    raw: Mapping[str, Any] = {}
    secret: Mapping[str, Any] = {}
    hours: float = 0
    days_ago: float = 0


KNOWN = [
    *(Act("practice", {"name": f"k{n}", "score": 92, "competency": "discovery"}, days_ago=9) for n in range(3)),
    *(
        Act("call", {"name": f"k{n}", "source_id": f"k{n}", "analysis": 1, "industry": None}, days_ago=20)
        for n in range(3, 5)
    ),
]
"""What Joe had done: with one more call practice and field may disagree."""

analyses = st.fixed_dictionaries(
    {"scores": st.dictionaries(competencies, scores, min_size=1), "confidence": st.sampled_from([0.3, 0.9])}
)


@st.composite
def acts(draw: st.DrawFn) -> list[Act]:
    """What happens to Joe: practice, calls of today and of long ago, analyses that replace others, voids, hours."""
    found: list[Act] = []
    for number in range(draw(st.integers(4, 18))):
        kind = draw(st.sampled_from(["practice", "call", "call", "again", "void", "hours", "hours", "night", "sweep"]))
        days_ago = draw(st.sampled_from([0.1, 0.5, 1.9, 5, 13.5, 20, 60]))
        if kind == "practice":
            raw = {"name": f"p{number}", "score": draw(scores), "competency": draw(competencies)}
            context = draw(st.sampled_from([{}, {"industry": "retail"}]))
            found.append(Act(kind, {**raw, **context}, days_ago=days_ago))
        elif kind in ("call", "again"):
            known = [one for one in found if one.kind in ("call", "again")]
            again = draw(st.sampled_from(known)) if kind == "again" and known else None
            source_id = f"c{number}" if again is None else again.raw["source_id"]
            industry = draw(industries) if again is None else again.raw["industry"]
            raw = {"name": f"c{number}", "source_id": source_id, "analysis": number, "industry": industry}
            one, other = draw(analyses), draw(analyses)
            found.append(
                Act("call", {**raw, **one}, {**raw, **other}, days_ago=days_ago if again is None else again.days_ago)
            )
        elif kind == "void" and found:
            found.append(Act(kind, draw(st.sampled_from(found)).raw))
        elif kind == "hours":
            found.append(Act(kind, hours=draw(st.sampled_from([1, 5, 11, 24, 30]))))
        else:
            found.append(Act("night" if kind == "night" else "sweep"))
    return found


class History:
    """A world in which acts happen to Joe. about: a call; opens: when its analyses do; otherwise: the other ones were
    made of it"""

    def __init__(self, world: CrashHarness, about: str | None, *, otherwise: bool) -> None:
        self.world = world
        self._about = about
        self._otherwise = otherwise
        self._posted: dict[str, str] = {}
        self._happened: dict[str, datetime] = {}
        self.opens: list[datetime] = []

    def begin(self) -> Copy:
        """Lets everything happen that had happened before, and returns a copy of then."""
        for act in KNOWN:
            getattr(self, f"_{act.kind}")(act)
        self.world.deliver()
        self.settle()
        return Copy.begun(self.world.process(), MACHINE)

    def do(self, act: Act) -> None:
        """Lets one thing happen, and everything that follows from it."""
        self.world.clock.forward(milliseconds=1)
        since = len(self.world.facts)
        day = self.world.clock.now().date()
        getattr(self, f"_{act.kind}")(act)
        if self.world.clock.now().date() != day:
            self._night(act)
        self.world.deliver(since=since)

    def settle(self) -> None:
        """Tells what has opened, and lets the log of changes come to now, also to what that changed for everybody."""
        self.world.clock.forward(seconds=HORIZON.total_seconds() + 1)
        opened = ratings(self.world.process().on).rate_opened.sweep()
        self.world.deliver(since=len(self.world.facts))
        if opened:
            self.world.clock.forward(seconds=HORIZON.total_seconds() + 1)

    def _practice(self, act: Act) -> None:
        self._post("voice-roleplay", role_play(at=self._ago(act), **act.raw))

    def _call(self, act: Act) -> None:
        source_id = act.raw["source_id"]
        happened = self._happened.setdefault(source_id, self._ago(act))
        if source_id == self._about and act.days_ago < 13:
            self.opens.append(max(happened + timedelta(hours=48), self.world.clock.now() + timedelta(hours=24)))
        secret = source_id == self._about and act.days_ago < 13 and self._otherwise
        self._post("gong", call(at=happened, **(act.secret if secret else act.raw)))

    def _void(self, act: Act) -> None:
        name = str(act.raw.get("name"))
        if name in self._posted:
            body = VoidBody(event_id=name, source=self._posted[name], reason="By mistake")
            self.world.process().voiding.void(MACHINE, body)

    def _hours(self, act: Act) -> None:
        self.world.clock.forward(hours=act.hours)

    def _night(self, act: Act) -> None:
        self.world.process().recalculate_shard({"employee_ids": PEOPLE, "run_id": "n", "shard": 0, "nightly": True})

    def _sweep(self, act: Act) -> None:
        ratings(self.world.process().on).rate_opened.sweep()

    def _ago(self, act: Act) -> datetime:
        return self.world.clock.now() - timedelta(days=act.days_ago)

    def _post(self, source: str, raw: dict[str, Any]) -> None:
        (outcome,) = self.world.process().record(raw)
        assert not isinstance(outcome, Rejected), outcome
        self._posted[raw.get("event_id") or raw["observation_id"]] = source


@contextmanager
def fresh_history(about: str | None = None, *, otherwise: bool = False) -> Iterator[History]:
    with tempfile.TemporaryDirectory() as folder:
        world = new_crash_harness(Path(folder), FRAMEWORK, PEOPLE)
        try:
            yield History(world, about, otherwise=otherwise)
        finally:
            world.store.close()


def seen(history: History, copy: Copy) -> list[str]:
    """What others are told, read in the log of changes, and export."""
    platform = history.world.process()
    page = platform.changes.page(MACHINE, copy.cursor, every=True, limit=100)
    lines = platform.export.lines(MACHINE, every=True, after=None)
    facts = history.world.told_others(*TOPICS, "ratings-snapshotted")
    return [json.dumps(facts), *(one.model_dump_json() for one in (*page.items, *lines))]


def until_it_opens(happens: Sequence[Act], about: str, *, otherwise: bool) -> list[list[str]]:
    """What others learn after each act, until the first analysis of a call opens."""
    found = []
    with fresh_history(about, otherwise=otherwise) as history:
        copy = history.begin()
        for act in happens:
            history.do(act)
            history.settle()
            if history.opens and history.world.clock.now() >= min(history.opens):
                break
            found.append(seen(history, copy))
    return found


@SLOW
@given(st.data())
def test_nothing_that_others_learn_depends_on_the_scores_of_a_closed_call(data: st.DataObject) -> None:
    happens = data.draw(acts())
    calls = [act.raw["source_id"] for act in happens if act.kind == "call" and act.days_ago < 13]
    about = data.draw(st.sampled_from(calls or ["none"]))
    event(f"{len([act for act in happens if act.raw.get('source_id') == about])} analyses")

    one, other = (until_it_opens(happens, about, otherwise=otherwise) for otherwise in (False, True))

    assert one == other


Rows = dict[tuple[str, str], dict[str, Any]]
NOTHING: dict[str, Any] = {"current_rating": None, "interval_low": None, "interval_high": None, "confidence": "unknown"}
NOTHING |= {"status": "not_started", "trend": "insufficient", "stale": False}


def saying_something(rows: Iterator[dict[str, Any]]) -> Rows:
    found: Rows = {}
    for row in rows:
        key = row.pop("competency"), json.dumps(row.pop("context") or {}, sort_keys=True)
        if row != NOTHING:
            found[key] = row
    return found


def mirrored(world: CrashHarness) -> tuple[Rows, set[tuple[str, str]]]:
    """The rows that a receiver of webhooks keeps, the last told of each; and which of them were told today."""
    last: dict[tuple[str, str], tuple[int, ChangedSkill]] = {}
    today: set[tuple[str, str]] = set()
    for fact in world.told_others("skill-changed"):
        told = of_skills(SkillChanged(**fact)).data()
        assert isinstance(told, SkillChangedData)
        for skill in told.skills:
            key = skill.competency, json.dumps(skill.context, sort_keys=True)
            if last.get(key, (0, skill))[0] < told.revision:
                last[key] = told.revision, skill
                if told.as_of == world.clock.now().date().isoformat():
                    today.add(key)
    return saying_something(skill.model_dump() for _, skill in last.values()), today


def exported(world: CrashHarness) -> Rows:
    lines = world.process().export.lines(MACHINE, every=True, after=None)
    rows = [row for line in lines if line.employee_id == JOE for row in line.skills]
    return saying_something(
        {
            **row.model_dump(include=set(ChangedSkill.model_fields)),
            "interval_low": row.interval[0] if row.interval else None,
            "interval_high": row.interval[1] if row.interval else None,
        }
        for row in rows
    )


@SLOW
@given(acts())
def test_who_keeps_a_copy_by_what_is_told_has_what_an_export_gives(happens: list[Act]) -> None:
    with fresh_history() as history:
        copy = history.begin()
        for act in happens:
            history.do(act)
            history.settle()
            told, today = mirrored(history.world)
            there = exported(history.world)
            assert told.keys() == there.keys()
            assert {key: told[key] for key in today & told.keys()} == {key: there[key] for key in today & there.keys()}
            # The passing of a day moves figures a little, which it does not tell.
            for lasting in ("status", "confidence"):
                assert {key: row[lasting] for key, row in told.items()} == {
                    key: row[lasting] for key, row in there.items()
                }
            copy.poll()
            assert copy.profiles == copy.exported()
