"""What was said in a call, outside a review: on what ground the viewer reads it, whom to ask, samples without names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from functions.portal.pages.transcript import Passage
from functions.portal.shell import words

GROUND = {
    "own": "You took part in this call.",
    "administrator": "You may read it as an administrator.",
    "review": "You may read it because you are to decide about its scores.",
    "escalation": "You may read it because the call was escalated to you.",
    "grant": "You may read it with an administrator’s grant.",
}
BAND = {"high": "80 and more", "medium": "60 to under 80", "low": "Under 60"}


@dataclass(frozen=True)
class Ask:
    """Somebody who can let the viewer read. name, address: of the person; what: what to ask for, as a mail says it"""

    name: str
    address: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        return f"mailto:{quote(self.address, safe='@')}?" + urlencode(
            {"subject": self.subject, "body": self.body}, quote_via=quote
        )


@dataclass(frozen=True)
class Transcript:
    """A call's words, or what stands between the viewer and them.

    name:     of the call; None where the viewer may not see the call itself
    ground:   on which the viewer may read, None: may not, and then `refused` says what is needed
    passages: None while the words are not opened; gone: they are kept no more
    asks:     whom the viewer may ask; samples: the viewer may read anonymised ones instead
    leads_back: the viewer may see the call's page
    """

    record_id: str
    name: str | None
    ground: str | None = None
    refused: str | None = None
    passages: tuple[Passage, ...] | None = None
    expires_at: datetime | None = None
    gone: bool = False
    asks: tuple[Ask, ...] = ()
    samples: bool = False
    leads_back: bool = False


@dataclass(frozen=True)
class Samples:
    """competencies: (word, name) to choose from; found: in the shape of the contract's TranscriptSamples, None for the
    form alone."""

    competencies: tuple[tuple[str, str], ...]
    competency: str = ""
    band: str = "high"
    found: Mapping[str, Any] | None = None


def present_transcript(view: Transcript) -> Mapping[str, Any]:
    return {
        "view": view,
        "ground": GROUND[view.ground] if view.ground else None,
        "refused": None if view.refused is None else f"{words.capital(view.refused)}.",
        "told": view.ground not in (None, "own"),
    }


def present_samples(view: Samples) -> Mapping[str, Any]:
    return {"view": view, "BAND": BAND, "name": dict(view.competencies).get(view.competency, "")}
