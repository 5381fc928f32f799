"""Draws which deals go without preparation, so that one can tell what preparation does from what would come anyhow.

The lot is a keyed hash of the deal: the same whoever draws it and however often, and without the key nobody can tell it
before.
"""

from __future__ import annotations

import hmac
from typing import Final, Literal

from shared.enablement.domain.preparation import Preparation

Arm = Literal["held_out", "prepared"]

SHARE: Final = 0.10
"""Of the deals that may be held out."""


def arm_of(deal_id: str, key: str) -> Arm:
    """Returns on which side a deal falls. key: of the trial, secret"""
    drawn = hmac.digest(key.encode(), deal_id.encode(), "sha256")
    return "held_out" if int.from_bytes(drawn[:8], "big") < SHARE * 2**64 else "prepared"


def may_be_held_out(plan: Preparation) -> bool:
    """Tells whether a deal may go without: a low risk, and something to do that is not for anybody's safety."""
    return plan.risk.overall_risk == "low" and bool(plan.chosen) and not any(one.item.safety for one in plan.chosen)
