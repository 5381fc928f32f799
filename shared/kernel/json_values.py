"""Types what JSON holds, where the shape is open: a document of anybody's, a vendor's field of any kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | JsonObject | None"
"""Names JSON whose shape is open: a body before a contract reads it, another's answer, what is kept as it came."""

JsonObject: TypeAlias = "Mapping[str, Json]"
"""Names an object of such JSON."""
