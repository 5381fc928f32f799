"""Says what a call is called, by people and in the platform, without anything else that is known of it."""

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


def record_id(source: str, call_id: str) -> str:
    """Returns a call's name in the platform. call_id: its source's own"""
    return f"{source}-{call_id}"
