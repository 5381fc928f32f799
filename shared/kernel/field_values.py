"""Types what a field of a stored document holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

FieldValue: TypeAlias = "str | int | float | bool | datetime | Sequence[FieldValue] | Mapping[str, FieldValue] | None"
