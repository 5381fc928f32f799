"""A delivery of the embedded queue, in somebody's hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["message", "task", "schedule"]


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery in somebody's hands.

    number      its place in the file
    message_id  of the message (the same for each of its readers), or the task's name
    data        JSON text
    attempts    deliveries including this one; answered: how many of those before it got an answer
    """

    number: int
    channel: str
    kind: Kind
    message_id: str
    data: str
    attributes: Mapping[str, str]
    published_at: datetime
    attempts: int
    answered: int
