"""Says what becomes of a call.

discovered   somebody has to fetch it
waiting      the recorder does not have its details or transcript yet; it is asked again later
ready        the conversation is kept; the next message batch takes it along
batched      its analysis is in a message batch
observed     an observation of every employee who spoke has been posted
nobody       no employee spoke
internal     nobody of outside took part: it is no field performance, and is not scored
private      the recorder marks it as private: nobody reads it
refused      the analyst refused, or its answer could not be read: a person must look
failed       no details or no transcript came in time, or what came cannot be read
"""

from __future__ import annotations

from typing import Literal

State = Literal[
    "discovered", "waiting", "ready", "batched", "observed", "nobody", "internal", "private", "refused", "failed"
]
STATES: tuple[State, ...] = (
    "discovered",
    "waiting",
    "ready",
    "batched",
    "observed",
    "nobody",
    "internal",
    "private",
    "refused",
    "failed",
)
OVER: frozenset[str] = frozenset({"observed", "nobody", "internal", "private", "refused", "failed"})
"""States in which nothing more happens by itself."""

MOST_TRIES = 29
"""How often the recorder is asked for what it does not have yet, within a day. Then the call is given up and can be
asked for by a person; what comes after all is taken up when the recorder reports or lists the call again."""

How = Literal["crm", "account_and_date", "person", "unmatched"]
HOWS: tuple[How, ...] = ("crm", "account_and_date", "person", "unmatched")
"""How a call found its deal."""
