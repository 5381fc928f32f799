"""Tells a learner once that a milestone is reached, and what comes after: the next one with one tap, or maintenance."""

from __future__ import annotations

from typing import Final

from shared.coaching.domain.conversation import Answered
from shared.coaching.domain.outbound import Content
from shared.coaching.domain.replies import Replies
from shared.coaching.records.celebrations import Celebration, Celebrations
from shared.coaching.usecases.hand_over import HandOvers
from shared.coaching.usecases.tell_answerer import Said
from shared.coaching.usecases.turn import Turn
from shared.kernel.ids import digest
from shared.learning.usecases.go_on import Following, GoOn
from shared.learning.usecases.learners import Learners

GO_ON: Final = "go_on"


class Celebrate:
    """Knows whether the milestone by which a learner's time is measured is reached: by the day that is kept of it."""

    def __init__(
        self,
        learners: Learners,
        going_on: GoOn,
        hand_overs: HandOvers,
        celebrations: Celebrations,
        replies: Replies,
    ) -> None:
        self._learners = learners
        self._going_on = going_on
        self._hand_overs = hand_overs
        self._celebrations = celebrations
        self._replies = replies

    def reached(self, turn: Turn) -> tuple[str | None, tuple[Content, ...]]:
        """Returns the milestone that is reached, and what is said of it with the answer to this message.

        What pages, lists and the nudge call reached is reached here, too, also when something of it is forgotten later.
        """
        enrolment = self._learners.own(turn.caller).enrolment
        if enrolment is None or enrolment.milestone not in enrolment.reached:
            return None, ()
        name = enrolment.milestone.replace("_", " ")
        celebration = Celebration(
            employee_id=turn.learner,
            framework_id=enrolment.framework_id,
            milestone=enrolment.milestone,
            wamid=turn.message.wamid,
            at=turn.now,
        )
        if not self._celebrations.claim(celebration):
            return name, ()
        after, offered = self.after(turn)
        return name, (self._replies.say("milestone", *offered, "whats_next", "progress", milestone=name, after=after),)

    def after(self, turn: Turn) -> tuple[str, tuple[str, ...]]:
        """Returns what is said of what comes after a milestone that is reached, and the button that leads to it."""
        following = self._going_on.following(turn.caller)
        if following is None:
            return self._replies.text("after_maintenance"), ()
        said = self._replies.text(f"after_{following.kind}", name=following.name)
        return said, (f"{GO_ON}:{following.key}",)

    def go_on(self, turn: Turn, which: str) -> Answered:
        """Lets a learner go on with what follows their milestone, and tells whoever accompanies them.

        A framework is not the learner's to choose: that they want it is told to whoever accompanies them.
        """
        present = self._going_on.following(turn.caller)
        found = self._going_on.go_on(turn.caller, which)
        if found is None and present is not None and present.kind == "framework" and present.key == which:
            found = present
        if found is None:
            return turn.answered(self._replies.say("gone_on", "whats_next", "progress", "talk_to_mentor"))
        return self._told(turn, found)

    def _told(self, turn: Turn, following: Following) -> Answered:
        words = f"goes_on_{following.kind}"
        line = self._replies.text(f"line_{words}", name=following.name)
        named = digest("goes on", turn.learner, following.key)  # however often it is pressed
        opened = self._hand_overs.open(turn.learner, "goes_on", Said(named, line, turn.message.at))
        answerer = self._hand_overs.answerer(opened) or self._replies.text("who_runs_it")
        content = self._replies.say(
            words, "whats_next", "progress", "talk_to_mentor", name=following.name, answerer=answerer
        )
        return turn.answered(content)
