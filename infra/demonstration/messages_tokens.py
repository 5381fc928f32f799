"""How many tokens a request costs, by price, as an estimate: four characters a token, rounded up per block.

A prefix that ends in a block with cache_control is kept for its time to live from its last use, where it has at least
1,024 tokens. The longest kept prefix is read; what follows, up to the last mark, is written. The schema of an answer
counts as input that is not kept. What a model would think is not counted, since nobody thinks here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from infra.demonstration.messages_payloads import MessageRequest
from infra.demonstration.messages_validation import texts
from shared.kernel.json_values import JsonObject

CHARACTERS_PER_TOKEN: Final = 4
LEAST_CACHED_TOKENS: Final = 1_024
LIVES: Final = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}

Kept = Mapping[str, tuple[timedelta, datetime]]
"""Per prefix: for how long it is kept, and when it was last used."""


def tokens(text: str) -> int:
    """Estimates the tokens: four characters each, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


class PromptCache:
    """The prefixes that are kept, and what a request costs in their presence."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.kept: dict[str, tuple[timedelta, datetime]] = {}
        self._now = now

    def usage(self, request: MessageRequest, text: str, *, batched: bool, kept: Kept) -> JsonObject:
        """Counts tokens by price, in the API's names. kept: what this request can read, before it keeps its own."""
        now = self._now()
        schema = request.get("output_config", {}).get("format")
        counted = tokens(json.dumps(schema["schema"])) if schema else 0
        prefix = hashlib.sha256(request["model"].encode())
        size = read = marked = 0
        written = {"5m": 0, "1h": 0}
        for block, control in texts(request):
            prefix.update(f"\0{len(block)}\0{block}".encode())
            size += tokens(block)
            if control is None or size < LEAST_CACHED_TOKENS:
                continue
            key, life = prefix.hexdigest(), control.get("ttl", "5m")
            known = kept.get(key)
            if known is not None and known[1] + known[0] > now:
                read = size
                written = {"5m": 0, "1h": 0}
            else:
                written[life] += size - max(marked, read)
            marked = size
            self.kept[key] = (LIVES[life], now)
        writes = sum(written.values())
        return {
            "input_tokens": size - read - writes + counted,
            "cache_creation_input_tokens": writes,
            "cache_read_input_tokens": read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": written["5m"],
                "ephemeral_1h_input_tokens": written["1h"],
            },
            "output_tokens": tokens(text),
            "service_tier": "batch" if batched else "standard",
        }
