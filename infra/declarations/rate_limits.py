"""Reads rate_limits.toml: how fast integrations and people may ask."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path


def declared_rate_limits() -> Mapping[str, Mapping[str, int]]:
    """Returns the declared limits, by kind of caller."""
    return tomllib.loads(Path(__file__).with_name("rate_limits.toml").read_text("utf-8"))
