"""Names what can be evidence, and whose words decide."""

from __future__ import annotations

from typing import Final, Literal, get_args

Sent = Literal["photo", "voice", "note"]
"""What is sent in as a file."""
Kind = Literal["photo", "voice", "note", "observation", "verification"]
Supervision = Literal["supervised", "alone"]
Removal = Literal["withdrawn", "expired"]
"""Why content is kept no longer: somebody took it back, or its years are over."""

SENT: Final[tuple[Sent, ...]] = get_args(Sent)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_BYTES: Final = 25_000_000
"""Of a file: a minute of a phone's video is larger, forty photos of it are not."""
