"""Reads job_titles.toml: what people are called in files of people, and the role that each has here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path


def declared_job_titles() -> Mapping[str, str]:
    """Returns the declared table, title → role."""
    return tomllib.loads(Path(__file__).with_name("job_titles.toml").read_text("utf-8"))
