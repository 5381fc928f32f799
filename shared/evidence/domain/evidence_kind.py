"""Names what can be evidence, and whose words decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from shared.observations.domain.peoples_sources import EMPLOYER, MENTOR

Sent = Literal["photo", "voice", "note"]
"""What is sent in as a file."""
Kind = Literal["photo", "voice", "note", "observation", "verification"]
Supervision = Literal["supervised", "alone"]
Removal = Literal["withdrawn", "expired"]
"""Why content is kept no longer: somebody took it back, or its years are over."""

SENT: Final[tuple[Sent, ...]] = get_args(Sent)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SOURCE_OF: Final[Mapping[Kind, str]] = {"observation": MENTOR, "verification": EMPLOYER}
"""As which source the ledger knows what was seen."""
MOST_BYTES: Final = 25_000_000
"""Of a file: a minute of a phone's video is larger, forty photos of it are not."""
