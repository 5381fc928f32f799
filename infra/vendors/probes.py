"""Whether the connected vendors answer: what the health check asks, as cheaply as each can be asked.

    Gong     the calls of the last minute, with the scope that the daily listing needs anyway, on the shared budget
    Salesforce   any one opportunity with all fields that are configured, and how much of its allowance is used
    Claude   the model that is set: one request without tokens, which also tells that the model has been retired
    Mail     a connection that a mail could be sent over, and no mail
    WhatsApp the number that writes, with its quality
    Web push one of the push services, for nobody

A reason names what is wrong and who can mend it. It holds no key; of a vendor's own words nothing but the sentence with
which it refuses the account, bounded and scrubbed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from shared.analysts.ports.language_model import AccountRefused, PromptRefused
from shared.analysts.usecases.model_gate import MEND, worded
from shared.conversations.ports.calls import AccessRefused, BudgetSpent, RateLimited, UnreadableAnswer
from shared.kernel.errors import Rejected, Retryable
from shared.ports.ambient import Clock, ProbeAnswer
from shared.ports.crm import CrmLimited, CrmRefused

if TYPE_CHECKING:
    from infra.vendors.claude import ClaudeLanguageModel
    from infra.vendors.gong import GongCalls
    from infra.vendors.mail.smtp import SmtpMail
    from infra.vendors.salesforce import SalesforceRecords
    from infra.vendors.slack import Slack
    from infra.vendors.web_push.sending import WebPush
    from infra.vendors.whatsapp import WhatsApp
    from shared.analysts.usecases.model_gate import ModelGate

LOOKED_BACK: Final = timedelta(minutes=1)
ANSWERS: Final = ProbeAnswer(True, "answers")


class GongProbe:
    """Implements shared.ports.ambient.Probe. connect: makes the client, or hands out the one there is; a ValueError of
    it says that a setting is wrong."""

    def __init__(self, connect: Callable[[], GongCalls], clock: Clock) -> None:
        self._connect = connect
        self._clock = clock

    def check(self) -> ProbeAnswer:
        return _told(self._ask)

    def _ask(self) -> ProbeAnswer:
        now = self._clock.now()
        try:
            self._connect().page(now - LOOKED_BACK, now)
        except BudgetSpent as problem:
            return _fault(f"the day's requests are used up; it goes on in {_hours(problem.after_seconds)}")
        except RateLimited:
            # Work is on its way there, so that this one question waits for the next check.
            return ProbeAnswer(True, "not asked this time: its requests are taken by calls being fetched")
        except AccessRefused as problem:
            return _fault(f"{problem}: check the secret gong-access and AUGMENT_GONG_URL")
        except UnreadableAnswer:
            return _fault("its answer cannot be read: AUGMENT_GONG_URL may lead elsewhere")
        except Rejected:
            return _fault("it finds the request wrong: its interface may have changed")
        return ANSWERS


class SalesforceProbe:
    """Implements shared.ports.ambient.Probe. connect: as above; fields: of opportunities that are configured"""

    def __init__(self, connect: Callable[[], SalesforceRecords], fields: Callable[[], Sequence[str]]) -> None:
        self._connect = connect
        self._fields = fields

    def check(self) -> ProbeAnswer:
        return _told(self._ask)

    def _ask(self) -> ProbeAnswer:
        try:
            records, fields = self._connect(), self._fields()
        except ValueError as wrong:
            # Of settings alone, in our own words: the key is read with the first login.
            return _fault(str(wrong))
        try:
            records.exists("Opportunity", fields)
        except CrmRefused as refused:
            return _fault(refused.mend)
        except CrmLimited as limited:
            if limited.kind == "concurrent":
                return ProbeAnswer(True, "not asked this time: others ask it at this moment")
            return _fault(f"{limited.detail}; it goes on by itself as they come free")
        usage = records.usage()
        if usage is None:
            return ANSWERS
        used = f"{usage.used:,} of {usage.allowed:,} requests of 24 hours are used"
        if usage.nearly_spent:
            return _fault(f"{used}, by all that ask it: what is left is left to others")
        return ProbeAnswer(True, f"answers; {used}")


class ClaudeProbe:
    """Implements shared.ports.ambient.Probe. connect: as above; model: the name of the model that is set; gate: what is
    refused to calls at this moment, which the question here is no measure of."""

    def __init__(self, connect: Callable[[], ClaudeLanguageModel], model: Callable[[], str], gate: ModelGate) -> None:
        self._connect = connect
        self._model = model
        self._gate = gate

    def check(self) -> ProbeAnswer:
        return _told(self._ask)

    def _ask(self) -> ProbeAnswer:
        outage = self._gate.present()
        if outage is not None:
            return _fault(worded(outage))
        model = self._model()
        try:
            found = self._connect().find(model)
        except AccountRefused as problem:
            if problem.fault == "model":
                return _fault(f"it does not offer the model {model[:80]!r} to this key: check AUGMENT_MODEL")
            return _fault(f"it does not let us in: {problem.said}: {MEND[problem.fault]}")
        except PromptRefused:
            return _fault("it finds the request wrong: its interface may have changed")
        ends = f" on {found.retires_at:%Y-%m-%d}" if found.retires_at else ""
        if found.lifecycle == "retired":
            return _fault(f"the model {model[:80]!r} has been retired{ends}: choose another in AUGMENT_MODEL")
        if found.lifecycle == "deprecated":
            return ProbeAnswer(True, f"answers; its model will be retired{ends}: choose another in AUGMENT_MODEL")
        return ANSWERS


MAIL_FAULTS: Final = {
    "unreachable": "it cannot be reached: check AUGMENT_SMTP_HOST and AUGMENT_SMTP_PORT",
    "certificate": "its certificate does not hold: check AUGMENT_SMTP_HOST and AUGMENT_SMTP_SECURITY",
    "login_refused": "it does not let us in: check the secret smtp-access",
    "not_supported": "it cannot do what AUGMENT_SMTP_SECURITY or smtp-access ask for",
}


class MailProbe:
    """Implements shared.ports.ambient.Probe. connect: makes the client, as above"""

    def __init__(self, connect: Callable[[], SmtpMail]) -> None:
        self._connect = connect

    def check(self) -> ProbeAnswer:
        return _told(self._ask)

    def _ask(self) -> ProbeAnswer:
        from infra.vendors.mail.smtp import NotAdmitted

        try:
            self._connect().connected().close()
        except NotAdmitted as problem:
            return _fault(MAIL_FAULTS.get(problem.sent.fault or "", "it does not take mails from us"))
        return ANSWERS


class SlackProbe:
    """Implements shared.ports.ambient.Probe. connect: makes the client, as above"""

    def __init__(self, connect: Callable[[], Slack]) -> None:
        self._connect = connect

    def check(self) -> ProbeAnswer:
        return _told(self._ask)

    def _ask(self) -> ProbeAnswer:
        sent = self._connect().check()
        if sent.verdict == "arrived":
            return ANSWERS
        if sent.verdict == "configuration":
            return _fault(f"it does not let us in ({sent.fault}): check the secret slack-access")
        return _fault("it cannot be reached: check AUGMENT_SLACK_URL")


class WhatsAppProbe:
    """Implements shared.ports.ambient.Probe. connect: makes the client, as above"""

    def __init__(self, connect: Callable[[], WhatsApp]) -> None:
        self._connect = connect

    def check(self) -> ProbeAnswer:
        return _told(lambda: self._connect().check())


class WebPushProbe:
    """Implements shared.ports.ambient.Probe. connect: makes the client, as above"""

    def __init__(self, connect: Callable[[], WebPush]) -> None:
        self._connect = connect

    def check(self) -> ProbeAnswer:
        return _told(self._ask)

    def _ask(self) -> ProbeAnswer:
        sent = self._connect().check()
        if sent.verdict == "arrived":
            return ANSWERS
        if sent.fault == "no_contact":
            return _fault("push services refuse who cannot be found: set AUGMENT_WEB_PUSH_CONTACT")
        return _fault("no push service can be reached: check AUGMENT_WEB_PUSH_HOSTS, and what the network lets out")


def _told(ask: Callable[[], ProbeAnswer]) -> ProbeAnswer:
    """Returns the answer of a probe, which never raises."""
    try:
        return ask()
    except Retryable as problem:
        return _fault(str(problem))
    except ValueError:
        return _fault("a setting or the secret cannot be read: see the settings of the integrations")
    except Exception as defect:
        # The kind alone: messages may quote what was sent.
        return _fault(f"it could not be asked ({type(defect).__name__})")


def _fault(reason: str) -> ProbeAnswer:
    return ProbeAnswer(False, reason)


def _hours(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{max(1, seconds // 60)} min"
