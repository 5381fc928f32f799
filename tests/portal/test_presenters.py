"""Presenters: from a view model to what a page draws and says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from functions.portal.analysts import page as analysts
from functions.portal.calibration import page as calibration
from functions.portal.erasures import page as erasures
from functions.portal.health import page as health
from functions.portal.people import page as people
from functions.portal.profile import page as profile
from functions.portal.readiness import page as readiness
from functions.portal.shell import figures, words
from functions.portal.shell.rendering import render
from functions.portal.skill_history import page as skill_history
from shared.operations.contract import HealthAnswer
from shared.ratings.contract import CellView
from shared.ratings.domain.discrepancy import Reason
from shared.ratings.domain.gaps import Cause, Severity
from shared.ratings.domain.weights import HEAT_LEVELS
from shared.reviews.contract import RecentScores
from tests.portal import samples as samples


@pytest.mark.parametrize("name", samples.PAGES)
def test_every_sample_page_is_well_formed_and_without_inline_style_or_script(name: str) -> None:
    template, variables = samples.PAGES[name]
    frame = None if name in samples.WITHOUT_SESSION else samples.frame()

    html = render(template, frame=frame, here=name, **variables())

    assert " style=" not in html
    assert "<script>" not in html
    assert "javascript:" not in html
    assert html.count("<main") == 1
    assert html.count("<h1") == 1
    for picture in [part.split("</svg>")[0] + "</svg>" for part in html.split('<svg class="interval')[1:]]:
        ElementTree.fromstring('<svg class="interval' + picture)


def test_a_stacked_bar_fills_its_width_and_leaves_out_what_is_empty() -> None:
    segments = figures.stacked((("a", 30), ("b", 0), ("c", 10)))

    assert [(s.name, s.start, s.width) for s in segments] == [("a", "0.00%", "75.00%"), ("c", "75.00%", "25.00%")]
    assert figures.stacked((("a", 0),)) == ()


@pytest.mark.parametrize(
    ("mean", "level", "shown"), [(69.6, 0, "69.6"), (69.4, 0, "69"), (70.0, 1, "70"), (89.9, 3, "90"), (90, 4, "90")]
)
def test_a_weak_cell_is_never_rounded_up_to_the_bar(mean: float, level: int, shown: str) -> None:
    rated = CellView(value="v", mean=mean, interval=[mean - 4, mean + 4], people=7, suppressed=False, weak=mean < 70)
    heat = readiness.HeatMap("d", ("d",), ("v",), (readiness.HeatRow("C", (rated,)),))
    view = samples.readiness_page()
    variables = readiness.present(replace(view, heat_map=heat), (), "d").variables

    cell = variables["heat_rows"][0][1][0]

    assert (cell.level, cell.mean, cell.weak) == (level, shown, level == 0)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (HEAT_LEVELS, ["▼ weak, below 70", "70–74", "75–79", "80–89", "90 and above"]),
        ((7000, 7200, 8500, 9500), ["▼ weak, below 70", "70–71", "72–84", "85–94", "95 and above"]),
    ],
)
def test_the_legend_of_the_heat_map_names_the_bounds_of_its_shades(
    levels: tuple[int, ...], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "HEAT_LEVELS", levels)
    page = readiness.present(samples.readiness_page(), (), "d")
    html = render(page.template, frame=samples.frame(), here="readiness", **page.variables)

    legend = re.findall(r'<li><span class="swatch level-(\d)"></span>([^<]*)</li>', html)

    assert legend == [(str(level), words) for level, words in enumerate(said)]


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=59), "5 hours ago"),
        (timedelta(days=3, hours=2), "3 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_sensible_unit(past: timedelta, said: str) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert words.ago(now - past, now) == said


@pytest.mark.parametrize(("difference", "said"), [(3, "+3"), (-2.4, "−2.4"), (0.04, "±0"), (0.6, "+0.6"), (-3.0, "−3")])
def test_differences_carry_a_real_sign(difference: float, said: str) -> None:
    assert words.signed(difference) == said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("mid_market", "Mid market"),
        ("smb", "SMB"),
        ("vp_sales", "VP sales"),
        ("office_of_the_cto", "Office of the CTO"),
    ],
)
def test_identifiers_are_written_as_people_write_them(word: str, said: str) -> None:
    assert words.plain(word) == said


@pytest.mark.parametrize(
    ("scorer_id", "said", "version"),
    [
        ("claude:a-model:rubric-3:prompt-2", "Claude (a-model)", "rubric-3, prompt-2"),
        ("lexical:lexical-1:rubric-3:-", "Counting, without a language model", "rubric-3"),
        ("somebody-elses", "Somebody elses", ""),
        ("claude:of:another", "Claude:of:another", ""),
    ],
)
def test_a_scorer_is_named_and_its_version_apart(scorer_id: str, said: str, version: str) -> None:
    assert (words.scorer(scorer_id), words.version(scorer_id)) == (said, version)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (2094, "34 min"),
        (3600, "1 h"),
        (86_400, "1 day"),
        (200_000, "2 days"),
    ],
)
def test_how_long_is_said_in_the_largest_sensible_unit(seconds: float, said: str) -> None:
    assert words.lasting(seconds) == said


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("held_scores", "Held scores"),
        ("individuals.field_timeline, look 1", "Field timeline (individuals), first look"),
        ("raw.call_analysed, look 2", "Call analysed (raw), second look"),
    ],
)
def test_what_was_erased_is_said_in_words(part: str, said: str) -> None:
    assert erasures.part(part) == said


def test_an_axis_marks_at_most_six_months_and_keeps_their_names_inside() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ticks = figures.month_ticks(start, timedelta(days=364))

    assert len(ticks) <= 6
    assert ticks[-1].words == "Dec"
    assert all(0 <= float(tick.x.rstrip("%")) <= 100 for tick in ticks)


def test_calibration_says_in_points_what_was_learnt_and_what_was_not() -> None:
    shown = calibration.present(samples.CALIBRATION).variables
    closing, discovery = shown["competencies"]
    assert (closing.basis, closing.figures.call, closing.figures.sigma) == (
        "Default: too few scores so far",
        "±15",
        "σ 12.0",
    )
    assert (discovery.basis, discovery.figures.call) == ("Learnt from 12,408 scores, since version 7", "±18")
    assert (closing.figures.wander, closing.figures.drift, closing.figures.people) == ("±4", "0.35 per √day", "75 ± 8")
    learnt, not_learnt = shown["scorers"]
    assert (learnt.lean, learnt.figures) == ("Scores 4 points low", "−4.2 ± 1.1")
    assert (not_learnt.lean, not_learnt.figures) == ("Not learnt", "0 ± 4.0")


@pytest.mark.parametrize("closed", [None, samples.NOW])
def test_a_skill_s_history_says_that_the_employee_sees_the_newest_scores_first(closed: datetime | None) -> None:
    view = replace(samples.profile_page(), scores_open_at=closed)
    page = skill_history.present(view, view.skills[0])
    html = render(page.template, frame=samples.frame(), here="people", **page.variables)
    assert ("The employee sees their scores first" in html) is (closed is not None)


def test_calibration_blames_no_lack_of_scores_before_the_first_night() -> None:
    shown = calibration.present(samples.CALIBRATION.model_copy(update={"published_at": None})).variables
    assert shown["competencies"][0].basis == "Default: not learnt yet"


@pytest.mark.parametrize(
    ("then", "at_first", "now", "by_now", "said"),
    [
        (13, (2, 24), 14, (3, 25), "May be chance: between 2–24 then and 3–25 now (80 %)"),
        (3, (1, 6), 14, (10, 19), ""),
        (13, (2, 24), 14, None, ""),
        (78.4, None, 78.6, (74, 84), ""),
    ],
)
def test_a_change_within_both_intervals_may_be_chance(
    then: float, at_first: tuple[float, float] | None, now: float, by_now: tuple[float, float] | None, said: str
) -> None:
    assert readiness._doubt(then, at_first, now, by_now) == said


def test_health_puts_what_fails_first_and_says_so() -> None:
    shown = health.present(samples.HEALTH, samples.WAITING, samples.NOW).variables

    assert shown["verdict"] == "1 integration failing."
    assert [item.state for item in shown["integrations"]] == ["failing", "stale", "ok"]


def test_a_late_health_check_is_not_taken_for_health() -> None:
    latest = HealthAnswer(state="unknown", checked_at=samples.NOW - timedelta(hours=1), integrations=[])
    shown = health.present(latest, replace(samples.WAITING, dead_letters=0), samples.NOW).variables

    assert shown["verdict"] == "The health check itself is late."


def test_text_from_outside_is_escaped() -> None:
    view = samples.people_page()
    evil = type(view.people[0])(**{**view.people[0].__dict__, "name": "<script>alert(1)</script>"})
    from functions.portal.people import page as people

    page = people.present(people.People("all", (evil,)))
    html = render(page.template, frame=samples.frame(), here="people", **page.variables)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    ("waiting", "certified", "said"),
    [
        (50, 0, "Not yet: every score of Claude waits for a person (its newest 20 conversations)."),
        (
            10,
            0,
            "Partly: 80 % of the scores of Claude count without a person; it is certified for none of 6 skills "
            "(its newest 20 conversations).",
        ),
        (
            5,
            6,
            "Yes: Claude agrees with people on 6 skills, and 90 % of its scores count without a person "
            "(its newest 20 conversations).",
        ),
    ],
)
def test_leadership_reads_in_one_line_whether_the_analyst_can_be_relied_on(
    waiting: int, certified: int, said: str
) -> None:
    recent = RecentScores(
        scorer="claude:a-model:rubric-3:prompt-2",
        calls=20,
        scores=50,
        waiting=waiting,
        competencies=6,
        counting=6,
        certified=certified,
    )
    assert analysts.conclusion([recent]) == said


@pytest.mark.parametrize("name", ["people", "profile", "readiness"])
def test_a_readiness_stands_with_its_interval(name: str) -> None:
    template, variables = samples.PAGES[name]
    html = render(template, frame=samples.frame(), here=name, **variables())

    assert re.search(r'(Readiness|readiness|ready)[^"]*interval \d+( to |–)\d+', html)


@pytest.mark.parametrize(
    ("cause", "severity", "said"),
    [
        ("below", "high", ("Below the bar", "large gap")),
        ("declining", "low", ("Declining", "small gap")),
        ("unrated", "low", ("Not rated yet", "low priority")),
        ("not_lately", "high", ("Not seen lately", "high priority")),
        ("expired", "medium", ("Expired", "medium priority")),
        ("expiring", "low", ("Expiring", "low priority")),
        ("unseen", "medium", ("Not seen yet", "medium priority")),
    ],
)
def test_a_gap_is_called_what_it_is(cause: Cause, severity: Severity, said: tuple[str, str]) -> None:
    """A baseline of 82 is not below a bar, and what was rated 100 when last seen is no large gap."""
    gap = profile.Recommendation("Discovery", "", cause, severity, "A baseline of 82 from one practice", "")
    view = replace(samples.profile_page(), recommendations=(gap,), further={cause: 2})
    page = profile.present(view)
    (shown,) = page.variables["gaps"]
    assert shown[1:] == said
    assert page.variables["further"] == f"2 {said[0].lower()}"
    html = render(page.template, frame=samples.frame(), here="people", **page.variables)
    assert f"{said[0]}</span>" in html


def test_people_are_told_apart_by_the_reasons_of_their_discrepancies() -> None:
    view = samples.people_page()
    reasons: dict[Reason, int] = {"ratings_apart": 1, "field_below_bar": 2, "validation_ended": 1}
    one = replace(view.people[0], expired=1, declining=0, discrepancies=reasons)
    (row,) = people.present(replace(view, people=(one,))).variables["rows"]
    assert row["look_at"] == [
        "1 expired",
        "1 apart",
        "2 below the bar in the field",
        "1 validation ended by the field",
    ]


def test_all_contexts_of_a_skill_can_be_reached_and_stale_ones_are_marked() -> None:
    view = samples.profile_page()
    skill = view.skills[0]
    several = [
        skill.view.model_copy(update={"context": {"industry": f"i{n}"}, "current_rating": 50 + n, "stale": n == 30})
        for n in range(31)
    ]
    one = replace(skill, contexts=tuple(several))
    seen: list[str] = []
    start = 0
    for further in (19, 7, 0):
        page = skill_history.present(view, one, start)
        html = render(page.template, frame=samples.frame(), here="people", **page.variables)
        seen += [context.name for context in page.variables["contexts"]]
        assert (f"{further} more</a>" in html) is (further > 0)
        assert ("Nothing in 90 days" in html.partition('id="contexts"')[2]) is (further == 0)
        start += len(page.variables["contexts"])
        assert (f"from={start}" in html) is (further > 0)
    assert len(set(seen)) == 31


def test_contexts_come_the_lowest_first_and_what_was_not_seen_lately_last() -> None:
    view = samples.profile_page().skills[0].view

    def ranked(**changes: object) -> tuple[bool, bool, float, str]:
        return profile._lowest_first(view.model_copy(update={"stale": False, **changes}))

    low, high = ranked(current_rating=40), ranked(current_rating=90)
    baseline = ranked(current_rating=None, preliminary_rating=30)
    stale = ranked(current_rating=20, stale=True)
    assert sorted([stale, baseline, high, low]) == [low, high, baseline, stale]
