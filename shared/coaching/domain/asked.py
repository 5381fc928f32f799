"""Names the question that a learner was asked, so that a pressed option says by itself what it answers.

Nothing of the conversation is needed to take a press: however late it comes, in whatever order and how often, it
answers the question that it stood below, and of one asking the first answer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

ANSWER: Final = "answer"
ANSWERED_WITHIN: Final = timedelta(hours=24)
"""Since it was asked; later nobody knows any more what was asked, and it is asked anew."""
_PARTS: Final = 7
_MOST_SECONDS: Final = 32_503_680_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was asked. asking: names the act of asking; version: of the lesson"""

    asking: str
    lesson_id: str
    version: int
    question_id: str
    at: datetime

    @property
    def key(self) -> str:
        """Returns under which key its answer is kept: of one asking there is one."""
        return f"whatsapp-{self.asking}"

    def pressed(self, option: int) -> str:
        """Returns what comes back when an option is pressed, the first being 1."""
        parts = (ANSWER, self.asking, self.lesson_id, self.version, self.question_id, int(self.at.timestamp()), option)
        return ":".join(str(one) for one in parts)

    def is_over(self, at: datetime) -> bool:
        """Tells whether it is too late to answer at a moment."""
        return at >= self.at + ANSWERED_WITHIN


def answer_in(payload_id: str | None) -> tuple[Asked, int] | None:
    """Returns which question a pressed option answers, and with which; None for what is no option of ours."""
    parts = (payload_id or "")[:300].split(":")
    if len(parts) != _PARTS or parts[0] != ANSWER:
        return None
    _, asking, lesson_id, version, question_id, seconds, option = parts
    if not all(one.isascii() and one.isdecimal() for one in (version, seconds, option)):
        return None
    if not asking or int(seconds) > _MOST_SECONDS or not 1 <= int(option) <= 9:
        return None
    asked = Asked(asking, lesson_id, int(version), question_id, datetime.fromtimestamp(int(seconds), UTC))
    return asked, int(option)
