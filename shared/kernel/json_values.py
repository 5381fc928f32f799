"""Types what JSON holds, where the shape is open: a document of anybody's, a vendor's field of any kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
