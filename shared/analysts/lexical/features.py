"""Says what can be counted and measured about one speaker in a conversation, without judging it.

Every count comes with the words it was counted from.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.analysts.lexical.asking import Asking, asking_of
from shared.analysts.lexical.closing import Closing, closing_of
from shared.analysts.lexical.knowledge import Architecture, Product, architecture_of, product_of
from shared.analysts.lexical.lexicon import Vocabulary
from shared.analysts.lexical.objections import Objection, objections_to
from shared.analysts.lexical.side import Side
from shared.analysts.lexical.speech import phrases, punctuated
from shared.analysts.lexical.talk import Talk, talk_of
from shared.analysts.lexical.value import Value, value_of
from shared.conversations.domain.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Features:
    """Counts and measurements of one speaker.

    punctuated: whether the transcript marks sentences; without, questions are told by word order alone
    """

    punctuated: bool
    words: int
    talk: Talk
    asking: Asking
    objections: tuple[Objection, ...]
    value: Value
    product: Product
    architecture: Architecture
    closing: Closing


def measure(conversation: Conversation, speaker_id: str, vocabulary: Vocabulary) -> Features:
    """Measures a speaker who has at least one turn."""
    side = Side(conversation, speaker_id)
    talk = talk_of(side)
    product = phrases(" | ".join(vocabulary.product))
    return Features(
        punctuated=any(punctuated(one.text) for one in side.utterances),
        words=sum(len(one.words) for one in side.mine),
        talk=talk,
        asking=asking_of(side, frozenset(one.turn_index for one in talk.interruptions)),
        objections=objections_to(side),
        value=value_of(side, product),
        product=product_of(side, product),
        architecture=architecture_of(side, phrases(" | ".join(vocabulary.architecture)), product),
        closing=closing_of(side),
    )
