"""Builds what calibrates the ratings: apart from the other use cases of ratings, since it alone needs SciPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.warehouse import warehouse

if TYPE_CHECKING:
    from shared.ratings.usecases.calibrate import Calibrate


def calibrate(on: Environment) -> Calibrate:
    """Makes what learns from the warehouse and publishes the parameters."""
    from shared.ratings.usecases.calibrate import Calibrate

    return Calibrate(documents(on), warehouse(on), platform(on).audit, on.clock, on.log)
