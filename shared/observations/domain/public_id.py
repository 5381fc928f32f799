"""Names an event as its sender does: one id per event, echoed in answers and histories, and asked for under it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Protocol

from shared.kernel.json_values import Json
from shared.observations.domain.observation import Kind

GIVEN_AS: Mapping[Kind, str] = {"validation": "event_id", "field": "observation_id", "learning": "activity_id"}
"""Where an event of a kind has the id that its sender gave it."""
_OURS: Mapping[Kind, str] = {"validation": "val_", "field": "obs_", "learning": "act_"}
"""What the ids begin with of events whose sender gave none; the first characters of the ledger's id follow."""
_SHOWN = 16
_OWN_ID = re.compile(rf"(?:{'|'.join(_OURS.values())})([0-9a-f]{{{_SHOWN}}})")


def public_id(kind: Kind, sent: Mapping[str, Json], ledger_id: str) -> str:
    """Returns an event's id: the sender's, else one of ours. sent: the event as it was sent"""
    given = sent.get(GIVEN_AS[kind])
    return given.strip() if isinstance(given, str) else f"{_OURS[kind]}{ledger_id[:_SHOWN]}"


def ledger_prefix(event_id: str) -> str | None:
    """Returns what the ledger's id of an event begins with that we named; None for an id that is none of ours."""
    found = _OWN_ID.fullmatch(event_id)
    return found and found[1]


class Recorded(Protocol):
    """An event of the ledger, as far as its name goes. payload: as it was sent, as JSON"""

    @property
    def kind(self) -> Kind: ...
    @property
    def payload(self) -> str: ...
    @property
    def event_id(self) -> str: ...


def sent_id(event: Recorded) -> str:
    """Returns the id of an event of the ledger: the sender's, else one of ours."""
    return public_id(event.kind, json.loads(event.payload), event.event_id)
