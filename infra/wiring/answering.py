"""Builds what answers learners. It alone of the coach needs the language model and takes files in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.coaching import coaching
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.evidence import evidence
from infra.wiring.learning import learning
from infra.wiring.people import people
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.language_model import language_model
from infra.wiring.ports.messenger import messenger

if TYPE_CHECKING:
    from shared.coaching.usecases.answer_inbox import AnswerInbox
    from shared.coaching.usecases.converse import ConversationCoach
    from shared.coaching.usecases.keep_media import KeepMedia
    from shared.coaching.usecases.teach import Teach


class AnsweringUseCases(Wiring):
    """Makes each use case of answering when it is first asked for."""

    @wired
    def answer_inbox(self) -> AnswerInbox:
        from shared.coaching.usecases.answer_inbox import Ambient, AnswerInbox, Hands

        on, made = self._on, coaching(self._on)
        hands = Hands(made.leases, made.sending, self._media, made.queue)
        return AnswerInbox(made.records, hands, self.coach, Ambient(on.clock, on.ids, on.log))

    @wired
    def coach(self) -> ConversationCoach:
        """Answers messages: by rules, and where a language model is connected with its choice among intents."""
        from infra.coaching.shipped import shipped_intents, shipped_replies, shipped_safety, shipped_weigher
        from shared.coaching.usecases.answer_learner import AnswerLearner
        from shared.coaching.usecases.choose_intent import ChooseIntent
        from shared.coaching.usecases.converse import ConversationCoach, Persons, Understanding
        from shared.coaching.usecases.keep_work import KeepWork, Portfolio

        on, replies = self._on, shipped_replies()
        choosing = ChooseIntent(
            shipped_intents(), language_model(on), on.connected.call_settings.model, on.log, shipped_weigher()
        )
        persons = Persons(people(on).records, coaching(on).hand_overs, AnswerLearner(coaching(on).hand_overs, replies))
        portfolio = Portfolio(evidence(on).taking, evidence(on).labelling, learning(on).learners)
        work = KeepWork(portfolio, coaching(on).hand_overs, replies)
        return ConversationCoach(Understanding(shipped_safety(), choosing), persons, self._teach, work, replies)

    @wired
    def _teach(self) -> Teach:
        from infra.coaching.shipped import shipped_replies
        from shared.coaching.records.celebrations import Celebrations
        from shared.coaching.usecases.celebrate import Celebrate
        from shared.coaching.usecases.teach import Learning, Teach

        on, taught, replies = self._on, learning(self._on), shipped_replies()
        celebrate = Celebrate(
            taught.learners, taught.going_on, coaching(on).hand_overs, Celebrations(integrations(on)), replies
        )
        shown = Learning(taught.feed, taught.answers, taught.own_answers, taught.lessons, taught.mastery)
        return Teach(shown, celebrate, replies)

    @wired
    def _media(self) -> KeepMedia:
        from shared.coaching.records.media import MediaRecords
        from shared.coaching.usecases.keep_media import KeepMedia

        on = self._on
        return KeepMedia(MediaRecords(integrations(on)), messenger(on), lambda: evidence(on).taking)


def answering(on: Environment) -> AnsweringUseCases:
    """Returns what answers learners on an environment."""
    return on.once(AnsweringUseCases)
