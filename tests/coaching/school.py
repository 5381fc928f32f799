"""A learner of the synthetic standard with lessons and a mentor, and a way to talk to the coach as they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import yaml

from infra.demonstration.whatsapp_interface import Template
from infra.frameworks.shipped import framework_file
from infra.wiring.answering import answering
from infra.wiring.environment import environment
from infra.wiring.learning import learning
from shared.coaching.domain.conversation import Answered, Context, Doubt, MediaOutcome, State
from shared.coaching.domain.inbound import InboundMessage, Kind, MediaRef, Sender
from shared.coaching.domain.outbound import Button
from shared.frameworks.domain.framework import framework_from_dict
from shared.learning.contract import LessonsBody
from shared.learning.enrolment_records import Consent, Enrolment, EnrolmentRecords
from shared.ports.documents import Query
from tests.coaching.coach_world import CoachWorld, employ
from tests.harness.crash_harness import ADMINISTRATOR
from tests.learning.lesson_files import FRAMEWORK, lesson_body

KIM, MAREK = "kim@jointers.example", "marek@example.com"
KIMS, MAREKS = "447700900123", "447700900777"
PROVE, PERMIT = "prove_dead", "permit_in_hand"
SCRIPTS = {
    PROVE: ["Prove the tester before and after.", "The reference unit shows that the tester works."],
    PERMIT: [
        "A permit names the point of work.",
        "Only an authorised person issues a permit.",
        "Have it in hand.",
    ],
}


def lesson(lesson_id: str, **given: Any) -> dict[str, Any]:
    """A lesson whose second option is right; its words are none that the coach stops at."""
    script = [{"say": one, "picture": "drawing"} for one in SCRIPTS[lesson_id]]
    body = lesson_body(lesson_id, **{"script": script, **given})
    for question in body["questions"]:
        question |= {"options": ["Guess", "Test the tester", "Go home"], "because": "What is untested tells nothing."}
    return body


def school(world: CoachWorld) -> None:
    """Brings the standard, two lessons, Kim who is enrolled and has agreed, and Marek, who is her mentor."""
    deployed = world.deployed
    process = deployed.calls.world.process()
    framework = framework_from_dict(yaml.safe_load(framework_file(FRAMEWORK).read_text("utf-8")))
    process.publish_frameworks.install(framework, ADMINISTRATOR)
    employ(world, KIM, "Kim Kerr", framework_id=FRAMEWORK, mentor_id=MAREK)
    employ(world, MAREK, "Marek Ryan", framework_id=FRAMEWORK, role="mentor")
    world.enrol(KIM, KIMS)
    world.enrol(MAREK, MAREKS)
    world.whatsapp.templates[("coach_mentor_alert", "en_GB")] = Template("utility", places=1)
    deployed.ports["clips"] = None
    world.reply({"inbox": "nobodys"})
    publish(lesson(PROVE, hazard=True), lesson(PERMIT, competencies=["K4"]))
    agreed = Consent(version=1, agreed=True, at=world.now - timedelta(days=3))
    enrolment = Enrolment(
        employee_id=KIM,
        framework_id=FRAMEWORK,
        standard="ST9901@1.0",
        revision=1,
        milestone="first_site_visit",
        invited_by=ADMINISTRATOR.email,
        invited_at=world.now - timedelta(days=4),
        consents=(agreed,),
    )
    EnrolmentRecords(deployed.calls.world.store).put(enrolment, over=None)
    deployed.calls.world.facts.clear()


def publish(*lessons: dict[str, Any]) -> None:
    learning(environment()).publish.publish(ADMINISTRATOR, LessonsBody.model_validate({"lessons": list(lessons)}))


@dataclass
class Talk:
    """One person's conversation with the coach, message by message, without WhatsApp in between."""

    world: CoachWorld
    learner: str | None = KIM
    state: State = field(default_factory=State)
    last: Answered | None = None
    number: int = 0
    doubts: dict[str, Doubt] = field(default_factory=dict)

    def take(self, message: InboundMessage, media: MediaOutcome | None = None) -> Answered:
        context = Context(self.learner, self.world.now, media=media, doubts=tuple(self.doubts.values()))
        self.last = answering(environment()).coach.reply(self.state, message, context)
        self.doubts |= {one.doubt_id: one for one in self.last.doubts}
        self.state = self.last.state
        return self.last

    def message(self, text: str = "", *, payload: str | None = None, **more: Any) -> InboundMessage:
        self.number += 1
        at = more.pop("at", self.world.now)
        kind: Kind = more.pop("kind", "text" if payload is None else "interactive")
        wamid = more.pop("wamid", f"wamid.{self.learner}.{self.number}")
        return InboundMessage(wamid, Sender(phone=KIMS), at, kind, text, payload, called=kind, **more)

    def say(self, text: str, **more: Any) -> str:
        """Writes, some seconds later; all that is answered."""
        self.world.later(seconds=20)
        self.take(self.message(text, **more))
        return self.said

    def tap(self, title: str) -> str:
        """Presses the button, or row, whose title begins so."""
        self.world.later(seconds=20)
        button = next(one for one in self.buttons if one.title.startswith(title))
        self.take(self.message(button.title, payload=button.payload_id))
        return self.said

    def send(self, kind: Kind, caption: str = "", outcome: MediaOutcome | None = "kept") -> str:
        """Sends a file that is kept already, as `AnswerInbox` does."""
        self.world.later(seconds=20)
        media = MediaRef("m", {"image": "image/jpeg", "audio": "audio/ogg"}.get(kind, "application/pdf"), None, caption)
        self.take(self.message(kind=kind, media=media), outcome)
        return self.said

    @property
    def said(self) -> str:
        assert self.last is not None
        return "\n".join(one.body for one in self.last.contents)

    @property
    def buttons(self) -> Sequence[Button]:
        assert self.last is not None
        return [button for one in self.last.contents for button in one.buttons]

    @property
    def titles(self) -> list[str]:
        return [one.title for one in self.buttons]


def answers(world: CoachWorld, who: str = KIM) -> dict[str, str]:
    """What is kept of somebody's answers, by key."""
    pages = [one.data for one in world.deployed.calls.world.store.query(Query("learner_reviews"))]
    return {key: text for page in pages if page["employee_id"] == who for key, text in page["answers"].items()}


def evidence(world: CoachWorld) -> list[dict[str, Any]]:
    return [dict(one.data) for one in world.deployed.calls.world.store.query(Query("evidence"))]
