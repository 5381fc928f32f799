"""Tells whoever answers a learner of what they are asked in for: by a notice, and where they agreed on WhatsApp."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.coaching.domain.hand_over import STOPPED, Reason, is_safety
from shared.coaching.domain.outbound import Content, TemplateUse, cut
from shared.coaching.domain.replies import Replies
from shared.coaching.records.hand_overs import HandOver
from shared.coaching.usecases.answerers import Answerers
from shared.coaching.usecases.write_to import WriteTo
from shared.platform.domain.notice_kind import NoticeKind
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Clock

ALERT: Final = "mentor_alert"
"""What tells somebody of a learner: under this name it is counted, and its template known."""


@dataclass(frozen=True, slots=True)
class Said:
    """Holds what a learner wrote. wamid: names the message; evidence_id: as what its file is kept"""

    wamid: str
    text: str
    at: datetime
    evidence_id: str | None = None


class TellAnswerer:
    """Tells each once, however often it is done again."""

    def __init__(
        self, answerers: Answerers, writing: WriteTo, notices: Notifications, replies: Replies, clock: Clock
    ) -> None:
        self._answerers = answerers
        self._writing = writing
        self._notices = notices
        self._replies = replies
        self._clock = clock

    def tell(self, hand_over: HandOver, reason: Reason, said: Said, *, notify: bool) -> None:
        """Tells whoever answers a hand-over. said: what led to it, and makes it the same as another telling

        notify: of a new one; else of what is added, which they are told where that reaches them freely.
        Raises Retryable.
        """
        name = self._answerers.names([hand_over.employee_id])[hand_over.employee_id]
        now = self._clock.now()
        for one in self._answerers.told(hand_over.answerer_id):
            if notify:
                kind: NoticeKind = "coach.safety_stop" if is_safety(reason) else "coach.hand_over"
                facts = {"to": hand_over.employee_id, "title": self._why(reason)}
                self._notices.tell(one, kind, facts, once=said.wamid)
            address = self._writing.address(one, now)
            fitting = self._writing.fitting(address, ALERT, *self._alert(hand_over, name, reason, said, notify=notify))
            if address is not None and fitting is not None and (notify or fitting.template is None):
                self._writing.write(address, ALERT, fitting, f"alert|{said.wamid}", now)

    def _alert(
        self, hand_over: HandOver, name: str, reason: Reason, said: Said, *, notify: bool
    ) -> tuple[Content, TemplateUse]:
        replies, which = self._replies, hand_over.hand_over_id
        buttons = (f"answer_learner:{which}", f"close_hand_over:{which}")
        why = replies.text(f"reason_{reason}")
        sentence = "alert" if notify else "alert_more"
        content = replies.say(sentence, *buttons, name=name, why=why, text=cut(said.text, 500) or "…")
        return content, replies.template(ALERT, f"{name}: the coach {self._why(reason)}.")

    def _why(self, reason: Reason) -> str:
        """Returns why somebody is handed over, as it is told where others may read it: of danger not which."""
        return self._replies.text("reason_safety" if reason in STOPPED else f"reason_{reason}")
