"""Holds what somebody agrees to before the coach writes to them, every version of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[int, str]] = {
    1: (
        "The coach writes to you on WhatsApp: what is due, one message a day at most, never at night by your own "
        "hours and never in a break. It is a program and cannot see the job. What you write to it is kept until it "
        "is answered; what it hands to a person, your mentor reads. WhatsApp sees that we write to you, and what. "
        "Write STOP at any time and it ends; learning works without it."
    ),
    2: (
        "The coach writes to you on WhatsApp: what is due, one message a day at most, never at night by your own "
        "hours and never in a break. It is a program and cannot see the job. What you write to it is kept until it "
        "is answered; what it hands to a person, your mentor or whoever stands in reads, and it is kept until they "
        "have settled it with you. Notes, hours and files that you bring stay with your evidence. WhatsApp sees that "
        "we write to you, and what. Write STOP at any time and it ends; learning works without it."
    ),
}
CURRENT: Final = max(TEXTS)
