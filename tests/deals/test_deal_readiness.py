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
from shared.deals.domain.risk import Factor, RiskAssessment, assess
from shared.deals.wire.deal_words import words_of
from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.phrases import PhraseGroup
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
    account: str = "Acme",
) -> Deal:
    words = words_of((industry, account), size, amount, people, products)
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
        stage="discovery",
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


PHRASES = (
    PhraseGroup("fintech", ("*bank", "health insur*")),
    PhraseGroup("healthcare", ("hospital*", "health")),
)
FREE = replace(SALES, dimensions=(replace(INDUSTRY, phrases=PHRASES), DEAL_SIZE, PERSONA))


@pytest.mark.parametrize(
    ("industry", "account", "value", "unmapped"),
    [
        ("Hospitals & Clinics (private)", "Acme", "healthcare", ()),
        ("Health Insurance", "Acme", "fintech", ()),
        # The name tells where the industry does not; what nobody understood is listed all the same, a name never is.
        ("Higher Education", "Acme University Hospital", "healthcare", (("industry", "Higher Education"),)),
        (None, "Acme Hospital", "healthcare", ()),
        (None, "Acme", None, ()),
        ("Forestry", "Acme", None, (("industry", "Forestry"),)),
        # What the industry says counts before the name.
        ("Sparbank", "Hospital Finance", "fintech", ()),
    ],
)
def test_an_industry_is_understood_in_free_words_and_else_by_the_accounts_name(
    industry: str | None, account: str, value: str | None, unmapped: tuple[tuple[str, str], ...]
) -> None:
    deal = replace(told(industry, account=account), account=account)
    found = in_framework(deal, FREE)
    assert (dict(found.context).get("industry"), found.unmapped) == (value and (value,), unmapped)


def test_a_size_in_a_word_that_nobody_knows_is_told_by_the_amount() -> None:
    found = in_framework(told(size="tier 7", amount=(60_000, "USD")), SALES)
    assert dict(found.context)["deal_size"] == ("mid-market",)


def test_a_stage_is_understood_in_a_crms_words_and_only_as_one_that_asks_for_something() -> None:
    of = replace(SALES, stage_phrases=(PhraseGroup("discovery", ("disco*", "needs analysis")),))
    for word in ("1 - Discovery", "Needs Analysis", "DISCO call", "discovery"):
        assert in_framework(replace(DEAL, stage=word), of).stage == "discovery"
    assert in_framework(replace(DEAL, stage="Won?"), of).stage is None


def test_more_personas_and_products_than_anybody_reads_leave_the_widest_dimension_out() -> None:
    wide = DealContext(
        (("industry", ("healthcare",)), ("product_line", tuple(f"p{number:02}" for number in range(30)))), (), (), None
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


ASKS_MUCH = replace(
    framework(competencies=("discovery", "product_knowledge", "closing"), core=("discovery",)),
    dimensions=(INDUSTRY, DEAL_SIZE, PERSONA),
    required_by_stage={"discovery": ("discovery", "product_knowledge", "closing")},
    little_at_stake=(("deal_size", "smb"),),
)


def risk_of(*seen: Observation, deal: Deal = DEAL, days_left: int = 5) -> RiskAssessment:
    found = readiness(*seen, deal=deal, days_left=days_left, of=ASKS_MUCH)
    return assess(found, in_framework(deal, ASKS_MUCH), ASKS_MUCH, "Joe")


def both(score: float, **context: Any) -> list[Observation]:
    return [one for name in ("discovery", "product_knowledge") for one in calls(score, competency=name, **context)]


def test_what_was_never_seen_is_told_and_does_not_decide() -> None:
    """81, 81 and nothing: the readiness is that of 40 for nothing, the risk that of what is known."""
    found = risk_of(*both(81, **EVERYWHERE))
    assert (found.overall_risk, Factor("Closing was never seen", "medium") in found.factors) == ("low", True)
    assert readiness(*both(81, **EVERYWHERE), of=ASKS_MUCH).tier == "medium"
    assert risk_of(*both(81, **EVERYWHERE), days_left=1).overall_risk == "low"


def test_where_most_was_never_seen_that_decides() -> None:
    assert risk_of(*calls(90, **EVERYWHERE)).overall_risk == "high"
    assert risk_of().overall_risk == "high"


def test_a_deal_with_little_at_stake_is_a_step_less_risky_and_says_so() -> None:
    small = told(size="smb")
    why = Factor("Little is at stake (smb)", "mitigating")
    for seen, large, less in ((both(70), "high", "medium"), (both(78), "medium", "low"), ([], "high", "medium")):
        assert risk_of(*seen).overall_risk == large
        found = risk_of(*seen, deal=small)
        assert (found.overall_risk, why in found.factors) == (less, True)
    assert risk_of(*both(70), deal=told(size=None)).overall_risk == "high"


def ends_of(found: RiskAssessment) -> tuple[str, str, str]:
    return found.least, found.overall_risk, found.most


def test_the_risk_at_the_ends_of_the_intervals_is_judged_as_the_risk_is() -> None:
    sure = [one for _ in range(20) for one in both(97, **EVERYWHERE)]
    # What was never seen decides nothing there either, also where there is no time for it.
    assert ends_of(risk_of(*sure)) == ends_of(risk_of(*sure, days_left=1)) == ("low", "low", "low")
    unsure = both(81, **EVERYWHERE)
    assert ends_of(risk_of(*unsure)) == ("low", "low", "medium")
    # Nothing is known of anything: any readiness is possible, and little at stake lowers each of them.
    assert ends_of(risk_of()) == ("low", "high", "high")
    assert ends_of(risk_of(deal=told(size="smb"))) == ("low", "medium", "medium")
    assert ends_of(risk_of(deal=told(size="smb"), days_left=1)) == ("low", "medium", "medium")


def test_a_stage_that_is_unknown_asks_for_the_core() -> None:
    found = in_framework(replace(DEAL, stage="6 - Wishful"), SALES)
    assert (found.competencies, found.stage) == (("discovery",), None)


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
