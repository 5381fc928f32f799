"""Orders the analyses of a call by version: of several about one person's call the highest stands.

    (requests before + 1) * 100,000 + the scorer's number      a language model's
    the scorer's number * 1,000 + requests before              the lexical analyst's, whose number is 1

What was asked for last stands, whoever scored it: a newer model as well as an older one that has been put back into
service. Of two analyses of the same request (the model was exchanged while its task was retried) the higher number's
stands. A count of words stands where no model has analysed, and never takes the place of a model's judgement.

Until 2026-11-25 the second line was everyone's: such versions are read as they were meant, and lie under all of the
first. Versions of other systems, which count their own analyses, lie under 1,000 and name no scorer.
"""

from __future__ import annotations

from typing import Final

LEXICAL_NUMBER: Final = 1
"""The lexical analyst's number; language models have higher ones."""

MOST_ANALYSES: Final = 1_000
"""Of one call."""

_SCORERS: Final = 100_000
"""A language model's number is lower than this."""


def analysis_version(number: int, before: int) -> int:
    """Returns the version of an analysis. number: the scorer's; before: how often the call had been analysed, or asked
    for.

    Raises ValueError for a number out of range.
    """
    if not LEXICAL_NUMBER <= number < _SCORERS:
        raise ValueError(f"{number} is no scorer's number; {LEXICAL_NUMBER} to {_SCORERS - 1} are accepted")
    before = min(before, MOST_ANALYSES - 1)
    if number == LEXICAL_NUMBER:
        return LEXICAL_NUMBER * MOST_ANALYSES + before
    return (before + 1) * _SCORERS + number


def scorer_number(version: int) -> int:
    """Returns the number of the scorer whose analysis has this version; 0 for one that names no scorer."""
    return version % _SCORERS if version >= _SCORERS else version // MOST_ANALYSES


def requests_before(version: int) -> int:
    """Tells how often the call had been analysed before the analysis of this version."""
    return version // _SCORERS - 1 if version >= _SCORERS else version % MOST_ANALYSES
