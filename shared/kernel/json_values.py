"""Names JSON whose shape is open: a body before a contract reads it, another's answer, what is kept as it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | JsonObject | None"
JsonObject: TypeAlias = "Mapping[str, Json]"
