"""What a skill counts for in a deal, which gaps there are, and what the risk is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from shared.deals.domain.deal import Deal, DealContext, Meeting, in_framework
from shared.deals.domain.deal_readiness import DealReadiness, SkillForDeal, readiness_for
from shared.deals.domain.risk import assess
from shared.deals.wire.deal_words import words_of
from shared.frameworks.domain.framework import Framework
from shared.kernel.context import encode_skill
from shared.observations.domain.observation import Observation
from shared.ratings.domain.projection import Projection
from tests.ratings.builders import DEAL_SIZE, INDUSTRY, PARAMETERS, PERSONA, TODAY, field, framework, practice, state

SALES = replace(
    framework(core=("discovery",)),
    dimensions=(INDUSTRY, DEAL_SIZE, PERSONA),
    required_by_stage={"discovery": ("discovery",), "technical_demo": ("product_knowledge",)},
)
NO_AMOUNT = (None, "USD")
MEETING = Meeting(datetime(2026, 3, 1, tzinfo=UTC))
PEOPLE = ((None, "CISO"), ("executive", None))


def told(
    industry: str | None = "hospital",
    size: str | None = "enterprise",
    amount: tuple[float | None, str] = NO_AMOUNT,
    people: Sequence[tuple[str | None, str | None]] = (),
    products: Sequence[str] = (),
) -> Deal:
    words = words_of(industry, size, amount, people, products)
    return Deal("d1", "Acme", "Expansion", "Discovery", words, meeting=MEETING if people else None)


DEAL = told()
EVERYWHERE: dict[str, Any] = {"industry": "healthcare", "deal_size": "enterprise"}


def calls(score: float, times: int = 3, **context: Any) -> list[Observation]:
    return [field(score, **context) for _ in range(times)]


def readiness(*seen: Observation, deal: Deal = DEAL, days_left: int | None = 5, of: Framework = SALES) -> DealReadiness:
    projection = Projection(state(*seen), of, PARAMETERS, TODAY)
    return readiness_for(in_framework(deal, of), projection, days_left)


def test_a_deal_is_put_into_the_frameworks_words() -> None:
    deal = replace(told(people=PEOPLE, products=("gizmo",)), meeting=replace(MEETING, kind="Technical demo"))
    found = in_framework(deal, SALES)
    assert found == DealContext(
        (("buyer_persona", ("executive", "technical")), ("deal_size", ("enterprise",)), ("industry", ("healthcare",))),
        (),
        ("discovery", "product_knowledge"),
        stage_known=True,
        first_dimension="industry",
    )
    assert [dict(one)["buyer_persona"] for one in found.skills] == ["executive", "technical"]


@pytest.mark.parametrize(
    ("value", "currency", "size"),
    [
        (250_000, "USD", "enterprise"),
        (249_999.99, "USD", "mid-market"),
        (50_000, "USD", "mid-market"),
        (49_999, "USD", "smb"),
        (0, "USD", "smb"),
        (12_500_000, "JPY", None),
        (None, "USD", None),
    ],
)
def test_the_size_is_told_by_the_amount_in_dollars(value: float | None, currency: str, size: str | None) -> None:
    found = in_framework(told(size=None, amount=(value, currency)), SALES)
    assert dict(found.context).get("deal_size") == (None if size is None else (size,))


def test_more_personas_and_products_than_anybody_reads_leave_the_widest_dimension_out() -> None:
    wide = DealContext(
        (("industry", ("healthcare",)), ("product_line", tuple(f"p{number:02}" for number in range(30)))), (), (), True
    )
    assert wide.skills == ((("industry", "healthcare"),),)


@pytest.mark.parametrize(
    ("seen", "counts", "rated_in"),
    [
        ([], 40, None),
        (calls(85), 70, ""),
        (calls(85, industry="healthcare"), 70, "industry=healthcare"),
        (calls(85, **EVERYWHERE), 85, "deal_size=enterprise&industry=healthcare"),
        (calls(10), 0, ""),
        # The nearest one counts, though the general skill is better.
        ([*calls(95, 6), *calls(60, industry="healthcare")], 45, "industry=healthcare"),
        # Two are as near: the one that was seen more often.
        ([*calls(90, 3, industry="healthcare"), *calls(60, 4, deal_size="enterprise")], 45, "deal_size=enterprise"),
        # One role-play is no rating yet.
        ([practice(95)], 40, None),
        # What is stale counts nowhere as current.
        ([field(95, day=TODAY - 200) for _ in range(5)], 40, None),
    ],
)
def test_what_a_skill_counts_for(seen: list[Observation], counts: float, rated_in: str | None) -> None:
    (skill,) = readiness(*seen).skills
    assert (skill.counts / 100, None if skill.rated_in is None else encode_skill(skill.rated_in)) == (counts, rated_in)
    assert skill.low <= skill.high


def test_everybody_in_the_room_counts_and_the_weakest_decides() -> None:
    seen = [*calls(90, **EVERYWHERE, buyer_persona="technical"), *calls(55, **EVERYWHERE, buyer_persona="executive")]
    (skill,) = readiness(*seen, deal=told(people=PEOPLE)).skills
    assert (dict(skill.context)["buyer_persona"], skill.counts) == ("executive", 5500)


@pytest.mark.parametrize(
    ("seen", "days_left", "severity"),
    [
        ([], 3, "high"),
        ([], 2, "critical"),
        ([], None, "high"),
        (calls(95), 5, "high"),  # nothing of the deal's industry was ever seen
        (calls(49, **EVERYWHERE), 5, "high"),
        (calls(49, **EVERYWHERE), 2, "critical"),
        (calls(50, **EVERYWHERE), 2, "high"),
        (calls(64.99, **EVERYWHERE), 5, "high"),
        (calls(65, **EVERYWHERE), 5, "medium"),
        (calls(74.99, **EVERYWHERE), 5, "medium"),
        (calls(75, **EVERYWHERE), 5, "low"),
        (calls(79.99, **EVERYWHERE), 5, "low"),
        (calls(80, **EVERYWHERE), 5, None),
        (calls(90, industry="healthcare"), 5, "low"),
        (calls(95, industry="healthcare"), 5, None),
    ],
)
def test_how_bad_a_gap_is(seen: list[Observation], days_left: int | None, severity: str | None) -> None:
    assert [gap.severity for gap in readiness(*seen, days_left=days_left).gaps] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("seen", "days_left", "risk"),
    [
        (calls(85, **EVERYWHERE), 5, "low"),
        (calls(79, **EVERYWHERE), 5, "medium"),
        (calls(60, **EVERYWHERE), 5, "medium"),
        (calls(59, **EVERYWHERE), 5, "high"),
        (calls(85), 5, "medium"),
        (calls(85), 2, "high"),  # unknown in the industry, and no time: a step more
        (calls(96), 2, "medium"),
    ],
)
def test_the_risk_follows_readiness_and_a_critical_gap_raises_it(
    seen: list[Observation], days_left: int, risk: str
) -> None:
    found = readiness(*seen, days_left=days_left)
    assert assess(found, in_framework(DEAL, SALES), SALES, "Joe").overall_risk == risk


def test_a_stage_that_is_unknown_asks_for_the_core() -> None:
    found = in_framework(replace(DEAL, stage="6 - Wishful"), SALES)
    assert (found.competencies, found.stage_known) == (("discovery",), False)


def by_hand(competency: str, context: DealContext, projection: Projection) -> float:
    """What a skill counts for, once more: by looking at each context, and at each narrower one before the wider."""
    worst = 1e9
    for values in product(*(several for _, several in context.context)):
        pairs = [(name, value) for (name, _), value in zip(context.context, values, strict=True)]
        found = 40.0
        for size in range(len(pairs), -1, -1):
            near = [
                projection.row(competency, encode_skill(one))
                for one in combinations(pairs, size)
                if projection.row(competency, encode_skill(one)).rating is not None
                and not projection.row(competency, encode_skill(one)).stale
            ]
            if near:
                most = max(row.observations for row in near)
                best = min((row for row in near if row.observations == most), key=lambda row: row.context)
                found = max(0, (best.rating or 0) / 100 - (0 if size == len(pairs) else 15))
                break
        worst = min(worst, found)
    return worst


def test_random_people_count_for_random_deals_as_by_hand() -> None:
    chance = Random(11)
    values = {one.dimension: (*one.values, None) for one in (INDUSTRY, DEAL_SIZE, PERSONA)}
    for _ in range(60):
        seen = [
            chance.choice((field, practice))(
                chance.randrange(0, 101),
                TODAY - chance.randrange(150),
                **{name: value for name, several in values.items() if (value := chance.choice(several))},
            )
            for _ in range(chance.randrange(25))
        ]
        people = [(one, None) for one in chance.sample(PERSONA.values, chance.randrange(3))]
        deal = told(chance.choice(values["industry"]), chance.choice(values["deal_size"]), people=people)
        found = readiness(*seen, deal=deal)
        projection = Projection(state(*seen), SALES, PARAMETERS, TODAY)
        expected = [by_hand(one, in_framework(deal, SALES), projection) for one in ("discovery",)]
        assert [one.counts / 100 for one in found.skills] == pytest.approx(expected)
        assert found.low <= found.score <= found.high or not _is_inside(found.skills)


def _is_inside(skills: tuple[SkillForDeal, ...]) -> bool:
    """Tells whether each rating lies in its interval, which is of the level, and need not hold the mean."""
    return all(one.low <= one.counts <= one.high for one in skills)
