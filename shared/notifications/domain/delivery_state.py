"""Names where a delivery stands, and why it is there."""

from __future__ import annotations

from typing import Literal

State = Literal["waiting", "gathered", "sending", "delivered", "unknown", "failed", "withdrawn", "summarised"]
"""gathered: kept for the daily summary; unknown: nobody can tell whether it arrived; withdrawn: it was not sent, and is
not to be; summarised: a summary has it"""
Why = Literal["off", "paused", "left", "read", "address", "refused", "given_up", "nothing", "interrupted"]
