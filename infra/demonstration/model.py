"""States the model that the demonstration organisation's history follows from.

In points 0-100; p person, c competency, i industry, d day:

    field skill      F(p,c,i,d) = g(p,c,d) + h(p,c,i,d)
    practice skill   P(p,c,i,d) = F(p,c,i,d) + t(p)              t ~ N(2, 2.5): practice is easier than the field
    starting points  g(p,c,0) = m(c) + s(p) + N(0, 5)            m by competency (FLOOR), s ~ N(2, 5) per person
                     h(p,c,i,0) = k(i) + (2 at home, else -5) + N(0, 2.5)      k by industry (HARDNESS)
    learning         g += λ(p) · r · (97 - g)                    r: 0.03 role-play, 0.04 lab, 0.015 quiz or exam,
                                                                 0.05 training, 0.01 call, 0.2 bootcamp; λ in 0.6-1.5
                     h -= 2r · min(h, 0) for the event's industry             familiarity heals towards 0, not beyond
    forgetting       g -= (1 - 2^(-1/60)) · (g - g(p,c,0)) a day  half-life of 60 days for what was gained
    a score          clip(skill + N(0, 4) per session + N(0, σ) per score, 3, 100), rounded; σ is the scorer's noise:
                     6 in calls, 4.5 in role-plays, 4 in labs; a quiz is `round(n · p)` correct of n with
                     p = clip(P + N(0, 7)) / 100
    activity         on each weekday, events of each kind happen with α(p) · RATE(kind), α from 0.5 to 1.5

Made to differ on purpose: Joe knows fintech and technology and nothing of healthcare; Sarah is strong everywhere; in
APART practice and field disagree; NEW have been hired within the half year, start lower and learn faster;
NEARLY_NOTHING has one practice session; EXPIRED passed the platform v2 certification long ago and has not come back.
"""

from __future__ import annotations

from functools import cache

import yaml

from infra.demonstration import catalogue
from infra.frameworks.shipped import framework_file
from shared.frameworks.domain.framework import Framework, Scenario, framework_from_dict

DAYS = 182
"""Length of the history: half a year, ending on the day before `as_of`."""

INDUSTRIES = tuple(catalogue.ACCOUNTS)
PRODUCTS = ("platform", "platform-v2", "security-module", "integrations")
HARDNESS = {"healthcare": -7.0, "fintech": -1.0, "manufacturing": -3.0, "retail": 0.0, "technology": 2.0}
FLOOR = {
    "discovery": 74.0,
    "objection_handling": 68.5,
    "value_articulation": 71.0,
    "product_knowledge": 65.0,
    "closing": 70.0,
    "listening": 75.0,
    "technical_architecture": 72.0,
    "security_and_compliance": 68.0,
}
FLOOR_OF_OTHERS = 70.0
FORGETTING = 0.011486
"""1 - 2^(-1/60) a day."""

RATE = {"call": 0.56, "role_play": 0.3, "quiz": 0.08, "lab": 0.02, "training": 0.24}
"""Expected events on a weekday at activity 1."""

LEARNED_FROM = {"call": 0.01, "role_play": 0.03, "quiz": 0.015, "exam": 0.015, "lab": 0.04, "training": 0.05}
LEARNED_AT_BOOTCAMP = 0.2
BOOTCAMP_DAYS_AGO = 98

PASS_ROLE_PLAY, PASS_QUIZ, PASS_EXAM = 70, 75, 85
HELD_SHARE = 0.04
"""Share of calls whose analysis was unsure (confidence below 0.6) and which no person has looked at yet."""

APART = {"Rafael Pinto": 21.0, "Chloe Martin": 19.0, "Jonas Vogel": -19.0}
"""Transfer gap t of those whose practice and field disagree: two shine in practice only, one in the field only."""

NEW = {"Grace Wambui": 150, "Min-jun Seo": 110, "Thuy Pham": 75, "Samir Khoury": 40}
"""New hires and how many days ago they started."""

NEARLY_NOTHING, NEARLY_NOTHING_DAYS = "Elena Markova", 11
EXPIRED = "Tomasz Nowicki"
EXPIRED_EXAM_DAYS_AGO = 262
V2_CAMPAIGN_DAYS_AGO = 130
V2_TAKERS = 0.6

STRENGTH = {"Sarah Johnson": 15.0, "Joe Smith": 6.0, "Mike Torres": -5.0}
HOME = {"Joe Smith": ("fintech", "technology"), "Sarah Johnson": ("healthcare", "fintech"), "Mike Torres": ("retail",)}
NEVER = {"Joe Smith": "healthcare"}
WEAK = {("Joe Smith", "product_knowledge"): -9.0, ("Mike Torres", "product_knowledge"): -8.0}


@cache
def framework() -> Framework:
    """Returns the framework whose scenarios are played."""
    path = framework_file("sales_engineering")
    return framework_from_dict(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def scenarios(activity_type: str) -> tuple[Scenario, ...]:
    """Returns the framework's scenarios of a kind."""
    return tuple(s for s in framework().scenarios if s.activity_type == activity_type)


def clip(points: float) -> int:
    """Rounds a score into the range that the model gives."""
    return int(min(100.0, max(3.0, points)) + 0.5)
