"""Quiet hours, the daily summary and later attempts, where the person is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from shared.notifications.domain.channels import RULES
from shared.notifications.domain.telling import SENTENCES, told
from shared.notifications.domain.timing import DELAYS, LONGEST_ASKED, Hours, again_at
from shared.platform.domain.notice_kind import NoticeKind

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (time(20), time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "awake"),
    [
        (NIGHT, "2026-03-04T18:59", "2026-03-04T18:59"),
        (NIGHT, "2026-03-04T19:00", "2026-03-05T06:00"),
        (NIGHT, "2026-03-05T05:59", "2026-03-05T06:00"),
        (NIGHT, "2026-03-05T06:00", "2026-03-05T06:00"),
        # The clocks go forward in the night of 29 March: seven o'clock comes an hour earlier in UTC.
        (NIGHT, "2026-03-28T22:00", "2026-03-29T05:00"),
        ((time(12), time(14)), "2026-03-04T11:30", "2026-03-04T13:00"),
        ((time(12), time(14)), "2026-03-04T13:00", "2026-03-04T13:00"),
        (None, "2026-03-04T02:00", "2026-03-04T02:00"),
    ],
)
def test_what_is_not_urgent_waits_for_the_morning(quiet: tuple[time, time] | None, now: str, awake: str) -> None:
    assert Hours(BERLIN, quiet, time(8)).awake(at(now)) == at(awake)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-04T06:59", "2026-03-04T07:00"),
        ("2026-03-04T07:00", "2026-03-05T07:00"),
        ("2026-03-28T12:00", "2026-03-29T06:00"),
    ],
)
def test_the_summary_comes_at_its_hour_where_the_person_is(now: str, due: str) -> None:
    assert Hours(BERLIN, NIGHT, time(8)).summary(at(now)) == at(due)


def test_an_hour_that_is_skipped_has_a_moment_all_the_same() -> None:
    hours = Hours(BERLIN, None, time(2, 30))
    assert hours.summary(at("2026-03-28T12:00")) == at("2026-03-29T01:30")


def test_later_attempts_are_further_apart_and_end() -> None:
    now = at("2026-03-04T12:00")
    waits = [again_at("d", tries, now) for tries in range(1, len(DELAYS) + 1)]
    assert None not in waits
    assert waits == sorted(waits, key=lambda one: one or now)
    assert again_at("d", len(DELAYS) + 1, now) is None
    assert again_at("d", 1, now, 900.0) == now + timedelta(seconds=900)
    assert again_at("d", 1, now, 10**9) == now + LONGEST_ASKED


def test_every_kind_of_notice_has_its_rule_and_its_words() -> None:
    assert set(RULES) == set(SENTENCES) == set(get_args(NoticeKind))
    for kind in RULES:
        facts = {
            "to": "joe@example.com",
            "by": "dana@example.com",
            "account": "Acme",
            "channel": "email",
            "title": "is due",
        }
        said = told(kind, facts, {"joe@example.com": "Joe"}, UTC)
        assert said.sentence
        assert "{" not in said.sentence
        assert said.page[0].startswith("/")
