"""The coach's two functions on a world, with WhatsApp's interface on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.coaching.shipped import shipped_replies
from infra.demonstration.whatsapp_interface import WhatsAppInterface
from infra.demonstration.whatsapp_payloads import Writer, signature
from infra.demonstration.whatsapp_server import Webhooks, WhatsAppServer
from shared.coaching.domain.contact import Sighting
from shared.coaching.domain.inbound import phone_key
from shared.coaching.records.identities import Identities
from shared.people.records import Employee, EmployeeRecords
from shared.ports.documents import Query
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.crash_harness import Fuse

PATH = "/webhooks/whatsapp"
APP_SECRET, VERIFY, TOKEN, NUMBER = "app-secret-of-the-test", "verify-me-with-a-long-text", "wa-token", "100500900"
KIT = Writer(phone="447700900461", user_id="GB.24680")
STRANGER = Writer(phone="447700900999")
SAYS = shipped_replies()
NOTHING_NEXT = SAYS.text("nothing_next", streak=SAYS.text("no_streak"))
NO_QUESTIONS = SAYS.text("no_questions", streak=SAYS.text("no_streak"))
HELP = SAYS.text("help", safety=SAYS.text("safety"))
UNKNOWN = SAYS.text("stranger", safety=SAYS.text("safety"))


@dataclass
class CoachWorld:
    """What learners, WhatsApp and the coach do to each other. delivered: tasks that were handed to `coach_reply`"""

    deployed: Deployed
    server: WhatsAppServer
    whatsapp: WhatsAppInterface
    statuses: list[int] = field(default_factory=list)

    def post(self, raw: bytes, signed: str, fuse: Fuse | None = None) -> int:
        status, _ = self.deployed.ask(
            "whatsapp_coach", "POST", PATH, raw, who=None, signed={"X-Hub-Signature-256": signed}, fuse=fuse
        )
        self.statuses.append(status)
        return int(status)

    def hook(self, raw: bytes, fuse: Fuse | None = None) -> int:
        return self.post(raw, signature(APP_SECRET, raw), fuse)

    def webhooks(self) -> Webhooks:
        return Webhooks(self.whatsapp, APP_SECRET, self.post)

    def deliver(self, **about: Any) -> None:
        """Posts what WhatsApp owes; see `Webhooks.deliver`."""
        self.webhooks().deliver(**about)

    @property
    def tasks(self) -> list[tuple[str, dict[str, Any]]]:
        return self.deployed.calls.world.tasks

    def drain_once(self, fuse: Fuse | None = None) -> list[Any]:
        """Hands every task that is there to `coach_reply`, whenever it is due; what they did."""
        there, self.tasks[:] = list(self.tasks), []
        did = []
        for name, payload in there:
            status, done = self.reply(payload, fuse)
            did.append(done)
            if status != 200:
                self.tasks.append((name, payload))
        return did

    def reply(self, payload: dict[str, Any], fuse: Fuse | None = None) -> tuple[int, Any]:
        return self.deployed.deliver("coach_reply", payload, fuse)

    def later(self, **by: float) -> None:
        self.deployed.calls.world.clock.forward(**by)

    @property
    def now(self) -> datetime:
        return self.deployed.calls.world.clock.now()

    def enrol(self, employee_id: str = JOE, phone: str = "447700900461") -> None:
        """Says whose a number is."""
        key = phone_key(phone)
        sighting = Sighting(key, self.now - timedelta(days=1), employee=employee_id)
        Identities(self.deployed.calls.integrations).note(
            key, [sighting], lambda one: one.changed(employee_id=employee_id)
        )

    def said(self, writer: Writer = KIT) -> list[str]:
        """What the coach wrote to somebody."""
        return [one.text for one in self.whatsapp.taken if one.to == writer.name]

    def stored(self, collection: str) -> list[dict[str, Any]]:
        return [dict(one.data) for one in self.deployed.calls.integrations.query(Query(collection))]

    @property
    def items(self) -> list[dict[str, Any]]:
        return sorted(self.stored("coach_inbox"), key=lambda one: (one["at"], one["received_at"]))


def employ(world: CoachWorld, employee_id: str, name: str, **about: Any) -> None:
    """Lets somebody work here."""
    store, framework = world.deployed.calls.world.store, about.pop("framework_id", "sales_engineering")
    known = EmployeeRecords(store).get(employee_id)
    employee = Employee(employee_id=employee_id, name=name, framework_id=framework, updated_at=world.now, **about)
    EmployeeRecords(store).put(employee, lambda: world.now, new=known is None)


def coach_world(deployed: Deployed) -> Iterator[CoachWorld]:
    """Yields a world until the test ends."""
    clock = deployed.calls.world.clock
    interface = WhatsAppInterface(token=TOKEN, number_id=NUMBER, now=clock.now)
    with WhatsAppServer(interface) as server:
        deployed.settings = {"AUGMENT_WHATSAPP_NUMBER_ID": NUMBER, "AUGMENT_WHATSAPP_URL": server.base_url}
        deployed.secrets = {
            "whatsapp-app-secret": APP_SECRET,
            "whatsapp-verify-token": VERIFY,
            "whatsapp-access": TOKEN,
        }
        yield CoachWorld(deployed, server, interface)
