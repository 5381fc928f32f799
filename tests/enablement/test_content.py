"""Preparation takes at most 45 minutes: the shortest that covers the worst gaps first."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.declarations.content import shipped_content
from infra.frameworks.shipped import framework_file
from shared.deals.domain.deal_readiness import DealGap, SkillForDeal
from shared.enablement.domain.content import MOST_MINUTES, ContentItem, choose, items_of
from shared.frameworks.domain.framework import framework_from_dict
from shared.kernel.context import Context

SALES = framework_from_dict(yaml.safe_load(framework_file("sales_engineering").read_text("utf-8")))
HEALTHCARE: Context = (("deal_size", "enterprise"), ("industry", "healthcare"))
NAMES = sorted(SALES.by_competency)


def gap(competency: str, context: Context = HEALTHCARE, *, rated: bool = False, counts: int = 4000) -> DealGap:
    rated_in = context if rated else None
    return DealGap(SkillForDeal(competency, context, rated_in, counts, 0, 10_000, "unknown"), "high")


def item(name: str, minutes: int, competency: str, **context: str) -> ContentItem:
    return ContentItem(name, name, "podcast", minutes, (competency,), tuple(sorted(context.items())))


def names(gaps: list[DealGap], items: list[ContentItem]) -> list[str]:
    return [one.item.content_id for one in choose(gaps, items, SALES)]


def test_what_ships_is_about_known_skills_and_contexts_and_every_id_is_one_thing() -> None:
    items = items_of(SALES, shipped_content())
    assert len(items) == len(shipped_content()) + len(SALES.scenarios)
    assert len({one.content_id for one in items}) == len(items)
    for one in shipped_content():
        assert set(one.competencies) <= set(NAMES), one
        for dimension, value in one.context:
            assert value in SALES.by_dimension[dimension].values, one


def test_one_of_the_context_comes_before_a_shorter_one_for_everywhere() -> None:
    items = [item("general", 5, "discovery"), item("healthcare", 15, "discovery", industry="healthcare")]
    assert names([gap("discovery")], items) == ["healthcare"]


def test_of_another_context_nothing_helps() -> None:
    assert names([gap("discovery")], [item("fintech", 5, "discovery", industry="fintech")]) == []
    assert names([gap("discovery")], [item("platform", 5, "discovery", product_line="platform")]) == []


def test_the_shortest_of_equals_and_nothing_twice() -> None:
    items = [item("long", 20, "discovery"), item("short", 6, "discovery")]
    assert names([gap("discovery"), gap("discovery")], items) == ["short"]


def test_an_item_covers_every_gap_that_it_is_about() -> None:
    both = ContentItem("both", "both", "podcast", 9, ("discovery", "listening"))
    assert names([gap("discovery"), gap("listening")], [both, item("listening", 3, "listening")]) == ["both"]


def test_the_worst_gap_comes_first_and_what_takes_too_long_is_passed() -> None:
    items = [item("first", 40, "discovery"), item("second", 10, "listening"), item("third", 5, "closing")]
    assert names([gap("discovery"), gap("listening"), gap("closing")], items) == ["first", "third"]


def test_the_reason_says_what_was_seen() -> None:
    items = [item("one", 5, "discovery", industry="healthcare")]
    (unseen,) = choose([gap("discovery")], items, SALES)
    (seen,) = choose([gap("discovery", rated=True, counts=5850)], items, SALES)
    assert unseen.reason == "No healthcare discovery experience detected"
    assert seen.reason == "Discovery is at 59 in healthcare"


@given(
    st.lists(st.sampled_from(NAMES), max_size=12).map(lambda found: [gap(name) for name in found]),
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from(NAMES)), max_size=30),
)
def test_never_longer_than_there_is_time_and_never_for_no_gap(gaps: list[DealGap], made: list[tuple[int, str]]) -> None:
    items = [item(f"{number}", minutes, name) for number, (minutes, name) in enumerate(made)]
    chosen = choose(gaps, items, SALES)
    assert sum(one.item.minutes for one in chosen) <= MOST_MINUTES
    wanted = {one.skill.competency for one in gaps}
    assert all(wanted.intersection(one.item.competencies) for one in chosen)
    assert len({one.item.content_id for one in chosen}) == len(chosen)
    left = MOST_MINUTES - sum(one.item.minutes for one in chosen)
    covered = {name for one in chosen for name in one.item.competencies}
    assert not [one for one in items if set(one.competencies) & (wanted - covered) and one.minutes <= left]
