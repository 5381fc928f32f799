"""Holds a mail that was kept in place of being sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as it would have been sent. source: the whole message"""

    key: str
    employee_id: str
    subject: str
    at: datetime
    text: str
    html: str
    source: str
