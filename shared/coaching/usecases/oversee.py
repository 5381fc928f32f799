"""Shows administrators how the coach's messages fare: what arrives, what templates cost, who agrees, what was stopped.

No word that anybody wrote is shown, and nothing read here grows with the organisation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final, Literal, TypeVar

from shared.coaching.domain.conversation import DoubtOutcome
from shared.coaching.domain.inbound import Category
from shared.coaching.domain.templates import Templates, price_of
from shared.coaching.domain.window import price_effect
from shared.coaching.records.agreements import CoachAgreements
from shared.coaching.records.doubts import DoubtCount, DoubtRecords
from shared.coaching.records.nudges import CoachDay, NudgeRecords
from shared.coaching.records.outgoing import OutgoingRecords, OutgoingState, TemplateRecords
from shared.coaching.usecases.hand_over import HandOvers, Shown
from shared.kernel.access import Caller, require
from shared.kernel.statistics import wilson
from shared.ports.ambient import Clock
from shared.ratings.domain.weights import Z_EIGHTY

T = TypeVar("T")

LOOKED_AT: Final = 500
"""Of the newest messages, and of agreements."""
STOPS: Final = 20

Fate = Literal["read", "delivered", "sent", "waiting", "failed", "withdrawn", "unknown"]
FATES: Final[tuple[Fate, ...]] = ("read", "delivered", "sent", "waiting", "failed", "withdrawn", "unknown")
"""What became of a message. sent: WhatsApp has taken it and told no more; delivered: it is on the phone."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the messages met one fate, with the share's 80 % interval."""

    fate: Fate
    count: int
    share: float
    low: float
    high: float


ASKED: Final[tuple[DoubtOutcome | None, ...]] = ("danger", "person", "stopped", "no_answer", "harmless", None)
"""What came of what the coach asked back; None: nothing yet."""


@dataclass(frozen=True, slots=True)
class AskedShare:
    """How many of the questions came to one outcome, with the share's 80 % interval."""

    outcome: DoubtOutcome | None
    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TemplateStanding:
    """A template as it stands. effect: by how many times its price has changed with its category; None: it has not

    count, cost: of this month, expected; price: of one message now; None: nobody has said
    """

    about: str
    name: str
    language: str
    shipped: Category
    category: Category
    event: str
    reason: str
    usable: bool
    effect: float | None
    price: float | None
    count: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class CoachOverview:
    """Holds the page. messages: how many of the newest were looked at, more: there are older ones

    counted: messages that the coach began this month by the way they went; cost: expected of them, None: not known
    agreed, ended: of the agreements looked at
    asked_back: how many of the newest doubts were looked at, asked: what came of them; more_asked: there are older ones
    """

    connected: bool
    month: date
    messages: int
    more: bool
    shares: Sequence[Share]
    errors: Sequence[tuple[int, int]]
    currency: str
    templates: Sequence[TemplateStanding]
    counted: Mapping[str, int]
    cost: float | None
    agreed: int
    ended: int
    more_agreements: bool
    stops: Sequence[Shown]
    asked_back: int
    asked: Sequence[AskedShare]
    more_asked: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Holds what is read."""

    outgoing: OutgoingRecords
    templates: TemplateRecords
    nudges: NudgeRecords
    agreements: CoachAgreements
    doubts: DoubtRecords


class Oversee:
    """Reads what administrators are shown. connected: tells whether WhatsApp is"""

    def __init__(
        self, kept: Kept, hand_overs: HandOvers, shipped: Templates, clock: Clock, *, connected: Callable[[], bool]
    ) -> None:
        self._kept = kept
        self._hand_overs = hand_overs
        self._shipped = shipped
        self._clock = clock
        self._connected = connected

    def show(self, caller: Caller) -> CoachOverview:
        """Returns the overview; whose chats were stopped is on record. Raises Forbidden."""
        require(caller, "operations.read")
        today = self._clock.now().astimezone(UTC).date()
        newest = self._kept.outgoing.newest(LOOKED_AT + 1)
        agreements = self._kept.agreements.newest(LOOKED_AT + 1)
        days = self._kept.nudges.days(today.replace(day=1), today)
        messages, kept = newest[:LOOKED_AT], agreements[:LOOKED_AT]
        doubts = self._kept.doubts.newest(LOOKED_AT + 1)
        return CoachOverview(
            connected=self._connected(),
            month=today.replace(day=1),
            messages=len(messages),
            more=len(newest) > LOOKED_AT,
            shares=shares(messages),
            errors=Counter(one.error_code for one in messages if one.error_code is not None).most_common(5),
            currency=self._shipped.currency,
            templates=[self._told_of(about, days) for about in self._shipped.by_about],
            counted=_by_way(days),
            cost=cost_of(days),
            agreed=sum(kept),
            ended=len(kept) - sum(kept),
            more_agreements=len(agreements) > LOOKED_AT,
            stops=self._hand_overs.safety_stops(caller, STOPS),
            asked_back=len(doubts[:LOOKED_AT]),
            asked=asked_shares(doubts[:LOOKED_AT]),
            more_asked=len(doubts) > LOOKED_AT,
        )

    def _told_of(self, about: str, days: Sequence[CoachDay]) -> TemplateStanding:
        one, prices = self._shipped.by_about[about], self._shipped.prices
        known = self._kept.templates.of(one.name, one.language)
        category = one.charged_as(known.category)
        sent = [each for day in days for each in day.sent.values() if each.about == about and each.via == "template"]
        costs = [each.count * each.price for each in sent if each.price is not None]
        return TemplateStanding(
            about=about,
            name=one.name,
            language=one.language,
            shipped=one.category,
            category=category,
            event=known.event,
            reason=known.reason,
            usable=known.usable,
            effect=price_effect(one.category, category, prices) if category != one.category else None,
            price=price_of(category, prices),
            count=sum(each.count for each in sent),
            cost=sum(costs) if len(costs) == len(sent) else None,
        )


def shares(messages: Sequence[OutgoingState]) -> list[Share]:
    """Returns how many messages met each fate, those that none met left out."""
    return [Share(*one) for one in _shared_out(FATES, Counter(map(fate_of, messages)))]


def asked_shares(doubts: Sequence[DoubtCount]) -> list[AskedShare]:
    """Returns how many doubts came to each outcome, those that none came to left out."""
    return [AskedShare(*one) for one in _shared_out(ASKED, Counter(one.outcome for one in doubts))]


def _shared_out(order: Sequence[T], met: Counter[T]) -> Iterator[tuple[T, int, float, float, float]]:
    """Yields what was met, in an order: how often, as which share of all, and between which bounds that lies."""
    for one in order:
        if met[one]:
            low, high = wilson(met[one], met.total(), Z_EIGHTY)
            yield one, met[one], met[one] / met.total(), low, high


def fate_of(one: OutgoingState) -> Fate:
    """Returns what became of a message."""
    if one.state in ("waiting", "claimed"):
        return "waiting"
    if one.state == "sent":
        return one.status if one.status in ("read", "delivered") else "sent"
    return "failed" if one.state == "failed" else "withdrawn" if one.state == "withdrawn" else "unknown"


def cost_of(days: Sequence[CoachDay]) -> float | None:
    """Returns what the messages of some days are expected to cost; None where a price is not known."""
    costs = [None if each.price is None else each.count * each.price for day in days for each in day.sent.values()]
    known = [one for one in costs if one is not None]
    return sum(known) if len(known) == len(costs) else None


def _by_way(days: Sequence[CoachDay]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for day in days:
        for each in day.sent.values():
            found[each.via] += each.count
    return dict(found)
