"""Who may need help, and why: each reason by its bound, and none in a break."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.learning.domain.at_risk import RISKS, Situation, reasons
from shared.learning.domain.breaks import Break
from shared.learning.domain.estimate import Estimate
from shared.learning.domain.mastery import Attained, Mastery
from shared.learning.domain.review import QuestionKey
from tests.learning.examples import TODAY, card

HAZARD = QuestionKey("danger", "q1")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def mastery(
    competency: str, attained: Attained = "in_progress", gateway: float | None = None, category: str = "knowledge"
) -> Mastery:
    expected = None if gateway is None else Estimate(gateway, gateway - 0.1, gateway + 0.1)
    return Mastery(competency, category, attained, 4, 4, None, None, expected, (), "in_progress", 0, None, 0.0)


FINE = Situation(
    today=TODAY,
    begun=ago(60),
    last_active=ago(1),
    hazards=[HAZARD],
    cards={HAZARD: card(5)},
    masteries=[mastery("K1", "shown"), mastery("S1")],
)


def whys(of: Situation) -> list[str]:
    return [one.why for one in reasons(of)]


def test_who_learns_and_is_on_time_is_not_at_risk() -> None:
    assert reasons(FINE) == []


@pytest.mark.parametrize(
    ("last", "why"),
    [(6, []), (7, ["No answer for 7 days."]), (None, ["Not begun in 60 days."])],
)
def test_silence_is_told_after_a_week(last: int | None, why: list[str]) -> None:
    assert whys(replace(FINE, last_active=None if last is None else ago(last))) == why


def test_a_break_explains_silence_and_its_days_do_not_count_after_it() -> None:
    quiet = replace(FINE, last_active=ago(20), cards={HAZARD: card(-20)})
    assert len(reasons(quiet)) == 2
    assert reasons(replace(quiet, breaks=[Break(ago(19), None, "illness")])) == []
    back = [Break(ago(19), ago(3), "illness")]
    assert whys(replace(quiet, breaks=back)) == ["1 question about hazards overdue by 3 days or more."]
    assert reasons(replace(quiet, breaks=[Break(ago(19), ago(2), "illness")])) == []


@pytest.mark.parametrize(
    ("due_in", "right", "told"),
    [(-2, True, False), (-3, True, True), (1, False, False), (-3, False, True), (5, True, False)],
)
def test_a_hazard_may_be_due_for_a_long_weekend(due_in: int, right: bool, told: bool) -> None:
    of = replace(FINE, cards={HAZARD: card(due_in, right=right)})
    assert whys(of) == (["1 question about hazards overdue by 3 days or more."] if told else [])


def test_hazards_that_were_never_answered_are_told_after_two_weeks() -> None:
    of = replace(FINE, cards={}, begun=ago(14))
    assert whys(of) == ["1 question about hazards never answered in 14 days."]
    assert whys(replace(of, begun=ago(13))) == []


@pytest.mark.parametrize(
    ("gateway", "recall", "category", "told"),
    [
        (56, 0.79, "knowledge", True),
        (56, 0.8, "knowledge", False),
        (57, 0.3, "knowledge", False),
        (0, 0.3, "knowledge", True),
        (-1, 0.3, "knowledge", False),
        (30, 0.3, "skill", False),
        (30, None, "knowledge", False),
    ],
)
def test_recall_at_the_gateway_is_looked_at_when_it_is_near(
    gateway: int, recall: float | None, category: str, told: bool
) -> None:
    of = replace(FINE, gateway=ago(-gateway), masteries=[mastery("K3", gateway=recall, category=category)])
    assert [(one.risk, one.competencies) for one in reasons(of)] == ([("recall", ("K3",))] if told else [])


def test_a_number_is_told_with_how_sure_it_is() -> None:
    of = replace(FINE, gateway=ago(-10), masteries=[mastery("K3", gateway=0.5)])
    assert whys(of) == ["K3: recall at the gateway 50 % (40–60 %) without reviews."]


def test_what_nobody_has_seen_is_told_when_nobody_looks_or_the_gateway_is_near() -> None:
    of = replace(FINE, missing={"S2": 3, "B1": 1, "S1": 0}, last_observed=ago(27))
    assert whys(of) == []
    assert whys(replace(of, last_observed=ago(28))) == ["Nothing observed for 28 days; still missing: B1 (1), S2 (3)."]
    assert whys(replace(of, last_observed=None)) == ["Nothing observed for 60 days; still missing: B1 (1), S2 (3)."]
    near = replace(of, gateway=ago(-84))
    assert whys(near) == ["Still to be observed before the gateway: B1 (1), S2 (3)."]
    assert whys(replace(near, gateway=ago(-85))) == []
    assert reasons(near)[0].competencies == ("B1", "S2")
    assert whys(replace(near, missing={"S1": 0})) == []


def test_slow_is_who_has_shown_much_less_than_the_time_that_has_passed() -> None:
    plan = replace(FINE, milestone=["K1", "K2", "S1", "S2"], due_on=TODAY + timedelta(days=60))
    assert whys(plan) == [], "a quarter shown, half of the time gone"
    nothing = replace(plan, masteries=[mastery("K1", "fading")])
    assert whys(nothing) == ["0 of 4 competencies of the plan shown in 50 % of its time."]
    assert reasons(nothing)[0].competencies == ("K1", "K2", "S1", "S2")
    assert whys(replace(nothing, begun=ago(27))) == [], "too early to tell"
    away = [Break(ago(50), ago(11))]
    assert whys(replace(nothing, breaks=away)) == [], "20 of 80 days"
    late = replace(plan, due_on=ago(1), masteries=[mastery(name, "shown") for name in ("K1", "K2", "S1")])
    assert whys(late) == ["3 of 4 competencies of the plan shown in 100 % of its time."]
    assert whys(replace(late, masteries=[*late.masteries, mastery("S2", "shown")])) == []


def test_reasons_come_with_the_most_pressing_first() -> None:
    everything = replace(
        FINE,
        last_active=ago(30),
        cards={HAZARD: card(-9)},
        gateway=ago(-20),
        masteries=[mastery("K1", gateway=0.2)],
        missing={"S1": 2},
        milestone=["K1"],
        due_on=ago(0),
    )
    assert [one.risk for one in reasons(everything)] == list(RISKS)
