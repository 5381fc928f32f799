"""The demonstration's call recorder, language model, CRM and WhatsApp: servers of their protocols, on loopback ports.

The recorder holds the corpus's calls of the last two weeks, played by engineers of the organisation; the model answers
with their labels, off by a small error, as `demonstration-model`. The platform meets both through the very clients that
it uses for the vendors themselves, with their limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from secrets import token_urlsafe
from types import TracebackType
from typing import Self

from infra.demonstration import catalogue, corpus_files, corpus_threads
from infra.demonstration.analyst_answerers import LabelledAnswerer
from infra.demonstration.catalogue import address
from infra.demonstration.corpus import Script
from infra.demonstration.corpus_gong import extensive_answer, transcript_answer, user_id
from infra.demonstration.corpus_staging import Employee, StagedCall, digits
from infra.demonstration.corpus_threads import StagedThread
from infra.demonstration.deals import DemonstrationCrm
from infra.demonstration.dice import Dice
from infra.demonstration.gong_interface import GongInterface
from infra.demonstration.gong_server import GongServer
from infra.demonstration.intent_answerer import IntentAnswerer
from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface
from infra.demonstration.messages_server import MessagesServer
from infra.demonstration.model import EXPIRED, NEARLY_NOTHING, NEVER, NEW
from infra.demonstration.phone_page import PhonePage
from infra.demonstration.phones import Phones

WEEKDAYS = 10
"""Over how many of the last weekdays the calls are spread."""
GONG_KEY = "demonstration"


@dataclass(frozen=True)
class Staging:
    """The corpus, played by the organisation as of a day; the same (as_of, seed) gives the same calls."""

    as_of: date
    seed: int = 1

    def calls(self) -> list[StagedCall]:
        """Stages every call of the corpus once, at an hour of one of the last weekdays."""
        return [
            StagedCall(
                script,
                digits(19, "call", script.slug, self.as_of.isoformat()),
                self._moment(script),
                self._cast(script),
            )
            for script in corpus_files.calls()
        ]

    def threads(self) -> list[StagedThread]:
        """Stages every e-mail thread of the corpus once, begun two weeks ago so that its answers are past as well."""
        began = datetime.combine(self.as_of - timedelta(days=16), time(0), tzinfo=UTC)
        return [
            StagedThread(thread, f"{thread.script.slug}-{self.as_of:%Y%m%d}", began, self._cast(thread.script))
            for thread in corpus_threads.threads()
        ]

    def _cast(self, script: Script) -> Mapping[str, Employee]:
        """Casts engineers who have been there for a while and work in the call's industry, none twice in a call."""
        dice = Dice(self.seed, "cast", script.slug)
        away = {
            EXPIRED,
            NEARLY_NOTHING,
            *NEW,
            *(name for name, never in NEVER.items() if never == script.deal.industry),
        }
        able = [name for name in catalogue.ENGINEERS if name not in away]
        chosen = [dice.pick(able)]
        while len(chosen) < len(script.employee_parts):
            chosen.append(dice.pick([name for name in able if name not in chosen]))
        return {
            part: Employee(name, address(name), user_id(address(name)))
            for part, name in zip(script.employee_parts, chosen, strict=True)
        }

    def _moment(self, script: Script) -> datetime:
        dice = Dice(self.seed, "moment", script.slug)
        days = [self.as_of - timedelta(days=ago) for ago in range(1, 2 * WEEKDAYS)]
        weekdays = [day for day in days if day.weekday() < 5][:WEEKDAYS]
        clock = time(dice.whole(8, 16), dice.whole(0, 59), tzinfo=UTC)
        return datetime.combine(dice.pick(weekdays), clock)


class DemonstrationVendors:
    """The servers, started and stopped together; `settings` are what the platform is told about them."""

    def __init__(self, staging: Staging) -> None:
        self.recorder = GongInterface(key=GONG_KEY, secret=GONG_KEY)
        calls = staging.calls()
        self.recorder.add_answers(extensive_answer(calls), transcript_answer(calls))
        choosing = IntentAnswerer(LabelledAnswerer())
        self.model = MessagesInterface(choosing)
        self._gong, self._messages = GongServer(self.recorder), MessagesServer(self.model)
        self.phones = Phones(choosing)
        self.phone_page = PhonePage(self.phones)
        self.crm = DemonstrationCrm(staging.as_of, token_urlsafe(24))
        begin = datetime.combine(staging.as_of - timedelta(days=3 * WEEKDAYS), time(0), tzinfo=UTC)
        self.settings: Mapping[str, str] = {
            "AUGMENT_GONG_URL": self._gong.url,
            "AUGMENT_CALLS_FROM": begin.isoformat(),
            "AUGMENT_ANALYSIS_ROUTE": "immediate",
            "AUGMENT_MODEL": DEMONSTRATION_MODEL,
            "AUGMENT_MODEL_URL": self._messages.url,
            "AUGMENT_HOME_DOMAINS": catalogue.DOMAIN,
            "SECRET_GONG_ACCESS": f"{GONG_KEY}:{GONG_KEY}",
            "SECRET_ANTHROPIC_KEY": KEY,
            **self.crm.settings,
            **self.phones.settings,
        }

    def __enter__(self) -> Self:
        self._gong.start()
        self._messages.start()
        self.crm.start()
        self.phones.start()
        self.phone_page.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gong.stop()
        self._messages.stop()
        self.crm.stop()
        self.phone_page.stop()
        self.phones.stop()
