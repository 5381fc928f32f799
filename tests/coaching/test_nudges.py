"""Which nudge is due, when none is, and who is handed to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.coaching.domain.nudges import SILENT_DAYS, Silence, Situation, is_silent, nudge_of
from shared.coaching.domain.templates import Reach, via
from shared.coaching.domain.window import Template

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 11, 30)
TEN, SIX = datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 30, 18, tzinfo=UTC)
ALL = Situation(
    now=SIX,
    zone=LONDON,
    reachable=True,
    awake=True,
    streak=12,
    overdue={"Prove it dead": 2},
    due=4,
    lessons=("Cable colours",),
    shown={"Jointing": TODAY},
    reached={"first_joint": TODAY},
)
WITHOUT: list[dict[str, Any]] = [{"overdue": {}}, {"learned_today": True}, {"due": 0}, {"shown": {}}, {"reached": {}}]
ORDER = ["hazard", "streak", "due", "validated", "milestone"]


def kind(of: Situation) -> str | None:
    nudge = nudge_of(of)
    return None if nudge is None else nudge.kind


def test_what_presses_most_is_said_and_the_next_when_that_is_done() -> None:
    said, here = [], ALL
    for less in WITHOUT:
        said.append(kind(here))
        here = replace(here, **less)
    assert said == ORDER
    assert nudge_of(here) is None


def test_every_nudge_says_why_and_ends_in_one_tap_that_fits_a_button() -> None:
    here = ALL
    for less in WITHOUT:
        nudge = nudge_of(here)
        assert nudge is not None
        assert nudge.why.endswith(".")
        assert nudge.button.payload_id in ("quiz_me", "progress", "whats_next")
        assert 0 < len(nudge.button.title) <= 20
        here = replace(here, **less)
    assert "“Prove it dead”" in str(nudge_of(ALL))
    assert "for 2 days" in str(nudge_of(ALL))


@pytest.mark.parametrize(
    "why",
    [
        {"reachable": False},
        {"awake": False},
        {"on_break": True},
        {"nudged_on": TODAY},
        {"now": SIX.replace(hour=8, minute=29)},
        {"now": SIX.replace(hour=21)},
        {"silence": Silence(TODAY - timedelta(days=7), 7)},
        {"silence": Silence(TODAY - timedelta(days=1), 1, handed_over=True)},
    ],
)
def test_nobody_is_nudged_without_agreeing_in_a_break_at_night_or_twice_a_day(why: dict[str, Any]) -> None:
    assert nudge_of(ALL) is not None
    assert nudge_of(replace(ALL, **why)) is None


def test_a_day_is_the_learners_own() -> None:
    auckland = replace(
        ALL, zone=ZoneInfo("Pacific/Auckland"), nudged_on=TODAY, now=datetime(2026, 11, 30, 20, tzinfo=UTC)
    )
    assert auckland.today == date(2026, 12, 1)
    assert kind(auckland) == "hazard"
    assert kind(replace(auckland, now=datetime(2026, 11, 30, 11, tzinfo=UTC))) is None  # half past midnight there


def test_a_streak_is_spoken_of_in_the_evening_and_what_presses_less_waits_for_it() -> None:
    here = replace(ALL, overdue={})
    assert kind(replace(here, now=TEN)) is None
    assert kind(here) == "streak"
    assert kind(replace(here, now=TEN, evening_is_quiet=True)) == "streak"
    assert kind(replace(here, freezes=1)) == "due"
    assert kind(replace(here, streak=2)) == "due"
    assert kind(replace(ALL, now=TEN)) == "hazard"


def test_a_hazard_that_is_due_today_is_not_overdue_and_the_longest_comes_first() -> None:
    assert kind(replace(ALL, overdue={"Prove it dead": 0}, streak=0)) == "due"
    nudge = nudge_of(replace(ALL, overdue={"A": 1, "B": 3, "C": 3}))
    assert nudge is not None
    assert "“B”" in nudge.why


def test_what_is_good_news_is_told_once_and_not_weeks_later() -> None:
    here = replace(ALL, overdue={}, streak=0, due=0)
    nudge = nudge_of(here)
    assert nudge is not None
    assert (nudge.kind, nudge.tells) == ("validated", "shown:Jointing")
    assert kind(replace(here, told=["shown:Jointing"])) == "milestone"
    assert kind(replace(here, told=["shown:Jointing", "reached:first_joint"])) is None
    old = TODAY - timedelta(days=15)
    assert nudge_of(replace(here, shown={"Jointing": old}, reached={"first_joint": old})) is None


def test_a_week_of_silence_counts_expected_days_and_nothing_without_a_nudge() -> None:
    assert not is_silent(Silence(None, 99))
    assert not is_silent(Silence(TODAY, SILENT_DAYS - 1))
    assert is_silent(Silence(TODAY, SILENT_DAYS))


@given(
    hours=st.integers(0, 23),
    flags=st.sampled_from(list(product([True, False], repeat=4))),
    streak=st.integers(0, 40),
    due=st.integers(0, 9),
)
def test_whatever_is_so_one_of_the_five_or_none_is_said(
    hours: int, flags: tuple[bool, ...], streak: int, due: int
) -> None:
    reachable, awake, on_break, learned = flags
    here = replace(
        ALL, now=SIX.replace(hour=hours), reachable=reachable, awake=awake, on_break=on_break, learned_today=learned
    )
    nudge = nudge_of(replace(here, streak=streak, due=due))
    assert (nudge is not None) == (reachable and awake and not on_break and 9 <= hours < 21)


@pytest.mark.parametrize(
    ("reach", "template", "way"),
    [
        (Reach(True, TEN, False, False), None, "text"),
        (
            Reach(True, TEN - timedelta(hours=23, minutes=45), False, False),
            Template("t", "en", "utility"),
            "template",
        ),
        (Reach(True, None, False, False), Template("t", "en", "utility"), "template"),
        (Reach(True, None, False, False), Template("t", "en", "utility", usable=False), "notice"),
        (Reach(True, None, False, False), None, "notice"),
        (Reach(True, None, False, True), Template("t", "en", "marketing"), "notice"),
        (Reach(True, None, False, True), Template("t", "en", "utility"), "template"),
        (Reach(False, TEN, False, False), Template("t", "en", "utility"), "notice"),
        (Reach(True, TEN, True, False), Template("t", "en", "utility"), "notice"),
    ],
)
def test_outside_the_window_a_template_alone_and_where_it_may_not_go_a_notice(
    reach: Reach, template: Template | None, way: str
) -> None:
    assert via(reach, template, TEN) == way
