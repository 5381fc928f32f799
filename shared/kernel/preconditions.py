"""Says on what a change is made: only on what the caller has seen."""

from __future__ import annotations

from collections.abc import Callable

Expect = Callable[[object | None], None]
"""Compares what stands, as it would be shown (None: nothing), with what the caller has seen; raises Outdated.

A use case calls it with what it has read to write on, so that the comparison and the write see the same."""
