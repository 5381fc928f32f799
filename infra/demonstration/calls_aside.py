"""Two calls that nobody is scored for, or not as usual: a talk among colleagues, and one in German.

They stand beside the labelled corpus, of which nothing else is different with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from infra.demonstration.catalogue import ENGINEERS, address
from infra.demonstration.corpus_gong import WORKSPACE_ID, user_id
from infra.demonstration.corpus_staging import digits
from infra.demonstration.gong_payloads import Call, CallParty, CallTranscript
from shared.kernel import moments
from shared.kernel.json_values import JsonObject

Line = tuple[int, str]
"""Who speaks, as a place among the parties, and what."""

_AMONG_US: Final[Sequence[Line]] = (
    (0, "Before Thursday: who takes the security questions, you or I?"),
    (1, "I would. What worries them most, from what you heard?"),
    (0, "Where prompts are kept, and for how long. I have the data flow drawing."),
    (1, "Good, send it to me. I will walk through the numbers once more tonight."),
)
_IN_GERMAN: Final[Sequence[Line]] = (
    (1, "Guten Morgen. Bei uns dauert jede Prüfung eine Woche, und niemand weiß mehr, warum der alte Teil so ist."),
    (0, "Danke, das hilft. Wer wartet am längsten auf diese Prüfungen, und was kostet Sie die Woche?"),
    (1, "Die neuen Leute. Ungefähr zwei Tage im Monat für jeden, sagen sie."),
    (0, "Ich rechne das bis Freitag durch und schicke Ihnen einen Vorschlag. Passt Ihnen Montag um zehn?"),
    (1, "Ja, Montag um zehn passt."),
)
_SECONDS_A_LINE: Final = 9


def calls_aside(as_of: date) -> Iterator[tuple[Call, CallTranscript]]:
    """Yields both with what was said, on the day before; the same day gives the same calls."""
    joe, sarah = (_colleague(name) for name in ENGINEERS[:2])
    customer: CallParty = {
        "id": digits(18, "aside", "customer"),
        "name": "Jana Brandt",
        "emailAddress": "j.brandt@hanse-logistik.example",
        "title": "Leiterin Entwicklung",
        "affiliation": "External",
        "methods": ["Attendee"],
        "speakerId": digits(19, "aside", "customer"),
    }
    yield _call("Prep for the security review", [joe, sarah], _AMONG_US, as_of, 9, scope="Internal", language="eng")
    yield _call(
        "Hanse Logistik: Erstgespräch", [joe, customer], _IN_GERMAN, as_of, 14, scope="External", language="deu"
    )


def _colleague(name: str) -> CallParty:
    email = address(name)
    return {
        "id": digits(18, "aside", email),
        "name": name,
        "emailAddress": email,
        "userId": user_id(email),
        "affiliation": "Internal",
        "methods": ["Attendee"],
        "speakerId": digits(19, "aside", email),
    }


def _call(
    title: str, parties: list[CallParty], lines: Sequence[Line], as_of: date, hour: int, *, scope: str, language: str
) -> tuple[Call, CallTranscript]:
    started = moments.text(datetime.combine(as_of - timedelta(days=1), time(hour), tzinfo=UTC))
    call_id = digits(19, "aside", title, as_of.isoformat())
    details: Call = {
        "metaData": {
            "id": call_id,
            "url": f"https://app.gong.io/call?id={call_id}",
            "title": title,
            "scheduled": started,
            "started": started,
            "duration": _SECONDS_A_LINE * len(lines),
            "primaryUserId": parties[0]["userId"],
            "direction": "Conference",
            "system": "Zoom",
            "scope": scope,
            "media": "Video",
            "language": language,
            "workspaceId": WORKSPACE_ID,
            "isPrivate": False,
        },
        "parties": parties,
    }
    monologues: list[JsonObject] = []
    for number, (who, text) in enumerate(lines):
        start = number * _SECONDS_A_LINE * 1000
        said: JsonObject = {"start": start, "end": start + 7_000, "text": text}
        monologues.append({"speakerId": parties[who]["speakerId"], "sentences": [said]})
    return details, {"callId": call_id, "transcript": monologues}
