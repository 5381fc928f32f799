"""Says how an organisation wants its calls handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Route = Literal["immediate", "batch"]

DEFAULT_MODEL: Final = "claude-sonnet-5-5"
"""The language model that analyses calls where no setting names another."""


@dataclass(frozen=True, slots=True)
class CallSettings:
    """source:       the recorder's name, as observations carry it
    calls_from:   no call from before is ever discovered by itself; None: from the first run on, so that nobody imports
                  years of calls by accident. A person may still ask for older calls by a range
    daily_route:  how the calls of the daily discovery are analysed where a language model is configured: in message
                  batches at half the price, or at once; a call that a person or a webhook asks for goes at once
    model:        the language model's name
    home_domains: the company's own e-mail domains, in lower case: whose parties are colleagues
    """

    source: str = "gong"
    calls_from: datetime | None = None
    daily_route: Route = "batch"
    model: str = DEFAULT_MODEL
    home_domains: frozenset[str] = frozenset()
