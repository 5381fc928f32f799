"""Holds one message to one person, before a channel gives it its form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is told. details: (label, value) pairs; link: address, and what to do there"""

    sentence: str
    details: tuple[tuple[str, str], ...]
    link: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """Holds what one person is sent. key: names the delivery, the same however often it is sent

    address:     of the channel: an e-mail address, or what it knows the person by
    heading:     of a summary; of a single part it is the part's own sentence
    unsubscribe: ends what is sent like this, with one click; None where nobody may end it
    urgent:      whether it may wake a device that saves its battery
    seconds:     for how long it is of use to whoever is not reached at once
    """

    key: str
    employee_id: str
    address: str
    heading: str
    parts: tuple[Part, ...]
    settings: str
    unsubscribe: str | None
    urgent: bool = False
    seconds: int = 86_400
