"""Names the ways beyond the portal, and says of each kind of notice how it goes there.

In the portal everything is shown, always and at once: a notice is there before anything is sent. What is sent besides
is a courtesy of which the person decides, but for what somebody has to know of whatever they chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from shared.platform.domain.notice_kind import NoticeKind

Channel = Literal["email", "slack", "push"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
Mode = Literal["now", "daily", "off"]


@dataclass(frozen=True, slots=True)
class KindRule:
    """Says how a kind of notice goes out. about: of what it tells, in words

    email:     for who has chosen nothing; Slack is off until somebody chooses it, and a device on which push was turned
               on is told what e-mail tells at once
    urgent:    passes quiet hours, and is never kept for the daily summary
    mandatory: goes by e-mail whatever was chosen, and one click in a mail never ends it
    """

    about: str
    email: Mode
    urgent: bool = False
    mandatory: bool = False

    def otherwise(self, channel: Channel) -> Mode:
        """Returns how it goes over a channel for who has chosen nothing."""
        if channel == "email":
            return self.email
        return "now" if channel == "push" and self.email == "now" else "off"


RULES: Final[Mapping[NoticeKind, KindRule]] = {
    "preparation.assigned": KindRule("You have something to prepare for a meeting", "now"),
    "assignment.given": KindRule("Something was assigned to you", "now"),
    "assignment.by_rule": KindRule("A skill of yours shows something to do", "daily"),
    "assignment.reminder": KindRule("Something that you are to do is not done yet", "now"),
    "assignment.not_begun": KindRule("Somebody of yours has not begun what is due", "now"),
    "assignment.withdrawn": KindRule("Something that was assigned to you was taken back", "daily"),
    "deal.at_risk": KindRule("Somebody of yours may not be ready for a deal", "now", urgent=True),
    "transcript.opened": KindRule("Somebody read what you said in a call", "daily"),
    "grant.given": KindRule("Somebody may read your calls from now on", "now"),
    "grant.revoked": KindRule("Somebody may no longer read your calls", "daily"),
    "escalation.raised": KindRule("A call of yours was escalated", "now", mandatory=True),
    "escalation.revoked": KindRule("An escalation of a call of yours has ended", "daily"),
    "webhook.paused": KindRule("A webhook of yours was paused", "now", urgent=True),
    "learning.invited": KindRule("You are invited to learn", "now", mandatory=True),
    "coach.nudge": KindRule("Something is due in what you learn, and WhatsApp does not carry it", "now"),
    "coach.safety_stop": KindRule("The coach stopped a learner’s chat for safety", "now", urgent=True, mandatory=True),
    "coach.hand_over": KindRule("The coach hands a learner over to you", "now"),
    "coach.answered": KindRule("Somebody has answered what you wrote to the coach", "now"),
    "notifications.paused": KindRule("We cannot reach you on a channel any more", "off"),
}
"""Every kind, the one place where its urgency is decided."""
