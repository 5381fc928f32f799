"""Compares entries apart from when they were received, which differs between two histories of the same events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared.observations.domain.observation import decode


def without_receipts(entries: Iterable[str]) -> dict[str, str]:
    """The entries by key as if nobody knew their receipts. Fails for one that has none."""
    observations = [decode(text) for text in entries]
    assert all(observation.received for observation in observations)
    return dict(replace(observation, received=0, place=0).entry() for observation in observations)
