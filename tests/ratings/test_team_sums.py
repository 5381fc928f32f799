"""Sums of any parts of an organisation, stored and read again, say what one of all its people says."""

from __future__ import annotations

from random import Random

import pytest

from shared.ratings.domain.head import Head, RatedCell, cells_to_text, head_of
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.team_sums import TeamSums, heat_map, team
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, field, framework, rows

CORE = ("discovery", "closing")
SALES = framework(GENERAL_DISCOVERY, competencies=(*CORE, "listening"), core=CORE)
(DIMENSION, *_) = SALES.by_dimension
VALUES = (*SALES.by_dimension[DIMENSION].values, "a value of nobody's framework")
LIKENESS = 0.37


def anybody(chance: Random) -> Head:
    """A head of somebody: never seen, seen long ago, of one skill or of all, with scorers' errors or none."""
    if chance.random() < 0.1:
        return Head()
    found: list[SkillRating] = []
    for competency in chance.sample((*CORE, "listening"), chance.randint(1, 3)):
        day = TODAY - chance.choice((1, 5, 120))
        seen = [field(chance.uniform(40, 100), day, competency=competency) for _ in range(chance.randint(1, 5))]
        found += [row for row in rows(*seen, of=SALES) if row.competency == competency and row.context == ""]
    shared = chance.choice((0, 0, 130, 411))
    known = [row._replace(shared=shared if row.level is not None else None) for row in found]
    level, deviation = chance.choice(((None, None), (7_123, 512), (8_001, 77)))
    cells = [
        RatedCell(competency, value, chance.randint(0, 10_000), level, deviation, chance.choice((None, 0, 33)))
        for competency in CORE
        for value in VALUES
        if chance.random() < 0.4
    ]
    return Head(head_of(known).general, {DIMENSION: cells_to_text(cells)})


@pytest.mark.parametrize("seed", range(12))
def test_parts_add_up_to_the_whole_exactly_in_any_order(seed: int) -> None:
    chance = Random(seed)
    heads = {f"p{number}": anybody(chance) for number in range(chance.choice((0, 3, 4, 5, 6, 40, 90)))}
    names = list(heads)
    chance.shuffle(names)
    whole = TeamSums()
    while names:
        part = [names.pop() for _ in range(min(len(names), chance.randint(1, 9)))]
        whole.merge(TeamSums.of([heads[name] for name in part], SALES, LIKENESS, [DIMENSION]))
        whole = TeamSums.from_text(whole.text())
    for own in (False, True):
        assert whole.readiness(SALES, own_team=own) == team(heads, SALES, own_team=own, likeness=LIKENESS)
        assert whole.heat_map(SALES, DIMENSION, own_team=own) == heat_map(heads, SALES, DIMENSION, own_team=own)


def test_of_fewer_than_five_nothing_is_told() -> None:
    chance = Random(3)
    four = TeamSums.of([anybody(chance) for _ in range(4)], SALES, LIKENESS)
    told = four.readiness(SALES)
    assert (told.people, told.suppressed, told.likely, told.coverage) == (4, True, None, ())
    four.merge(TeamSums.of([Head()], SALES, LIKENESS))
    assert four.readiness(SALES).suppressed is False
