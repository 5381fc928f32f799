"""Lists the numbers of the formula: weights, windows, shares and limits, in one table.

How much an observation of a given age counts is

    w(a) = 600 + round(400 * 2 ** (-a / 30))        a = age in whole UTC days

0.6 of the weight belongs to the observation as such, 0.4 to its recency with a half-life of 30 days (the 60/40 of the
product's specification). The weights ship as integers, because a = 150 is an exact tie (412.5 - 400 = 12.5) that
platforms round differently, and because a rating must be the same bytes wherever it is computed.

Scores, ratings and differences of them are in hundredths of a point.
"""

from __future__ import annotations

from typing import Final

WEIGHTS_VERSION: Final = "recency-30-v5"
"""Stands in the ratings that these weights made: others make new ones."""

RATING_WINDOW_DAYS: Final = 90
"""Ratings look back this far; rules use windows of their own."""

WEIGHTS: Final[tuple[int, ...]] = (
    1000, 991, 982, 973, 965, 956, 948, 940, 932, 925, 917, 910, 903, 896, 889,
    883, 876, 870, 864, 858, 852, 846, 841, 835, 830, 824, 819, 814, 809, 805,
    800, 795, 791, 787, 782, 778, 774, 770, 766, 762, 759, 755, 752, 748, 745,
    741, 738, 735, 732, 729, 726, 723, 720, 718, 715, 712, 710, 707, 705, 702,
    700, 698, 695, 693, 691, 689, 687, 685, 683, 681, 679, 678, 676, 674, 672,
    671, 669, 668, 666, 664, 663, 662, 660, 659, 657, 656, 655, 654, 652, 651,
    650,
)  # fmt: skip
"""w(a) for a = 0 … 90 days, in thousandths."""

FIELD_ALONE: Final = 3
"""Field observations from which the field alone counts."""
FIELD_HIGH: Final = 10
"""Field observations from which a rating's confidence is high."""
VALIDATION_ALONE: Final = 2
"""Validation events from which practice alone gives a rating."""
VALIDATION_MEDIUM: Final = 5
"""Validation events from which practice alone gives medium confidence."""
FIELD_TENTHS: Final = 7
VALIDATION_TENTHS: Final = 10 - FIELD_TENTHS
"""What field and practice weigh where they are blended: 70 to 30, as the product's key principles say."""
OLD_DAYS: Final = 60
"""Age of the newest observation above which confidence drops by a step."""

FULL_SCORE: Final = 10_000

Z_EIGHTY: Final = 1.28
"""Standard deviations to either side that hold 80 % of a normal distribution: of every interval that is shown. So far
below the bar the probability of a level to be at it is under 10 %."""
Z_TWENTY: Final = 0.8416
"""The same for 20 %: enough where the required count has missed its bar as well."""
SURE_POINTS: Final = 8.0
"""Half an interval up to which a rating may be of high confidence, in points."""

READY: Final = 8000
"""From here on a person, or a skill, is ready: 80 points."""
NEARLY_READY: Final = 6000
"""From here on a person's readiness is medium."""
LARGE_GAP: Final = 6500
"""A rating below is a gap of high severity."""
MEDIUM_GAP: Final = 7500
"""A rating below is a gap of medium severity, from here to `READY` of low severity."""
EXPIRING_DAYS: Final = 60
"""So long before its end a validation is said to expire: from here on an exam renews it."""
WORKING_DAYS: Final = 365
"""The organisation works where somebody of it was seen in the last so many days."""
WEEK_MINUTES: Final = 60
"""What a person can do about gaps in a week beside the work; the first activity is theirs however long it takes."""
WEEK_GAPS: Final = 5
"""The most gaps that a week is for, however short their activities are."""
OBSERVED_MINUTES: Final = 15
"""What it takes to prepare a conversation that is to be observed, and to look back at it."""
SPEAKING_LEAST: Final = 2
"""Conversations before the latest one that must speak against a bar as well: one bad day ends no validation."""
HEAT_LEVELS: Final = (7000, 7500, READY, 9000)
"""Where the shades of a heat map begin, from the second: a cell below the first is marked as weak, between medium (60)
and ready (80), with the doubt on our side."""
TEAM_READY: Final = 0.8
"""From here on the headline says yes: the lower end of the share of people who are validated throughout."""
TEAM_NEARLY: Final = 0.7
TEAM_PARTLY: Final = 0.4
"""From this share itself on it says nearly, and partly."""

APART_COUNT: Final = 3
APART_POINTS: Final = 1500
APART_Z: Final = 1.96
"""Practice and field are "apart" when both have three observations and differ by 15 points, and by so many standard
errors of the difference."""

TREND_LEAST: Final = 6
"""Observations below which there is no trend."""
TREND_CHANGE: Final = 300
"""3 points over the window: less is not worth a manager's attention, however certain."""
TREND_Z: Final = 1.28
"""z at which about 10 % of people without any change are called improving, and 10 % declining, whatever their n."""

DECAY_DAYS: Final = 30
"""Days without practice for which a rule's decay rate takes its points."""

FEW_ROWS: Final = 24
"""Skills up to which one after the other is quicker than NumPy's steps; both do the same sums."""
