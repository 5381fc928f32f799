"""Gives a learner who has gone silent to whoever answers in the coach's place."""

from __future__ import annotations

from datetime import datetime

from shared.coaching.usecases.hand_over import HandOvers, Said
from shared.kernel.ids import digest


class HandOffSilent:
    """Hands over, once for each silence."""

    def __init__(self, hand_overs: HandOvers) -> None:
        self._hand_overs = hand_overs

    def silent(self, employee_id: str, since: datetime) -> None:
        """Opens a hand-over of somebody who has not answered since then. Raises Retryable."""
        name = digest("silent", employee_id, since.isoformat())
        self._hand_overs.open(employee_id, "silent", Said(f"silent-{name}", "", since))
