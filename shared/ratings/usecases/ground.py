"""Holds what one person's ratings rest on, and what somebody rated on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.days import day_of
from shared.observations.state_records import StoredState
from shared.privacy.usecases.first_sight import NONE_CLOSED, Closed
from shared.ratings.domain.skill_rating import SkillRating


def _none_closed() -> Closed:
    return NONE_CLOSED


@dataclass(frozen=True)
class Ground:
    """A person's state, the framework and the parameters in force, the moment of rating, and what is closed to others
    then.

    find_closed: looks that up, in the ledger; asked once, and not where the rest tells that nothing is to be rated
    """

    state: StoredState
    framework: Framework
    parameters: Parameters
    now: datetime
    find_closed: Callable[[], Closed] = _none_closed

    @cached_property
    def closed(self) -> Closed:
        return self.find_closed()

    @property
    def today(self) -> int:
        """Returns the day of rating, since 1970-01-01 UTC."""
        return day_of(self.now)


@dataclass(frozen=True, slots=True)
class RatedState:
    """A profile that was worked out before: of the state of this version, by this framework and these parameters, on
    this day. text: the rows as skill_rating.to_text writes them"""

    state_version: str
    framework: Framework
    parameters: Parameters
    as_of: int
    rows: list[SkillRating]
    text: str

    def rests_on(self, ground: Ground) -> bool:
        """Tells whether it is what these give."""
        return (self.state_version, self.framework, self.parameters, self.as_of) == (
            ground.state.stamp,
            ground.framework,
            ground.parameters,
            ground.today,
        )
