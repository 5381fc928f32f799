"""Says what a call is called, without anything else that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallName:
    """source: of the call or thread; title, account_name: None where the source or the CRM gave none"""

    source: str
    title: str | None
    account_name: str | None
    started_at: datetime
