"""Says what becomes of a call.

discovered   somebody has to fetch it
waiting      the recorder does not have its details or transcript yet; it is asked again later
ready        the conversation is kept; the next message batch takes it along
batched      its analysis is in a message batch
observed     an observation of every employee who spoke has been posted
nobody       no employee spoke
private      the recorder marks it as private: nobody reads it
refused      the analyst refused, or its answer could not be read: a person must look
failed       no details or no transcript came in time, or what came cannot be read
"""

from __future__ import annotations

from typing import Literal

State = Literal["discovered", "waiting", "ready", "batched", "observed", "nobody", "private", "refused", "failed"]
STATES: tuple[State, ...] = (
    "discovered",
    "waiting",
    "ready",
    "batched",
    "observed",
    "nobody",
    "private",
    "refused",
    "failed",
)
OVER: frozenset[str] = frozenset({"observed", "nobody", "private", "refused", "failed"})
"""States in which nothing more happens by itself."""

How = Literal["crm", "account_and_date", "person", "unmatched"]
HOWS: tuple[How, ...] = ("crm", "account_and_date", "person", "unmatched")
"""How a call found its deal."""
