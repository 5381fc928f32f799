"""A world with a call recorder, a language model, and processes that import calls and may die at any point.

The recorder and the model stand outside: what was asked of them is counted, and survives a process. The analyst here
asks the model one question per speaker and takes its answer literally, so that these tests are about the flow; what the
real analyst makes of a conversation is tested with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from infra.vendors.integrations import Integrations
from infra.wiring.analysts import AnalystsUseCases
from infra.wiring.ports.language_model import claude
from shared.analysts.lexical.scoring import LexicalAnalyst
from shared.analysts.ports.language_model import BatchResult, BatchState, BatchUnknown, Completion, Prompt
from shared.analysts.usecases.analyst import Analyst, NotAnalysed, Paid
from shared.call_pipeline.messages import CallTask
from shared.conversations.domain.call_analysis import CallAnalysis, JudgedScore, Scorer
from shared.conversations.domain.conversation import Affiliation, Conversation, Said, Turn, quote
from shared.conversations.domain.cost import Usage
from shared.conversations.domain.recorded_call import CallParty, CrmObject, RecordedCall, UnreadableCall
from shared.conversations.ports.calls import CallPage
from shared.conversations.records import CallRecord
from shared.conversations.usecases.call_settings import CallSettings
from shared.frameworks.domain.framework import Framework
from shared.intake.contract import VoidBody
from shared.kernel.errors import Rejected
from shared.kernel.json_values import JsonObject
from shared.observations.domain.effective_entries import effective_entries
from shared.observations.domain.observation import Observation, decode
from shared.ports.observations import Taken
from tests.harness.crash_harness import (
    MACHINE,
    PIPELINE,
    CrashEnvironment,
    CrashHarness,
    Fuse,
    FusedDocuments,
    GivenSecrets,
    Process,
    new_crash_harness,
)
from tests.harness.sent_events import NOON, answer_of, sent_of

JOE, MIA = "joe@example.com", "mia@example.com"
BEGINNING = NOON - timedelta(days=3)
SCORER = Scorer("claude", "claude-haiku-5-5", "rubric-1", "prompt-1", 7)
SAID = "What slows your releases down the most?"


@dataclass
class Recorder:
    """The `Calls` port: a recorder whose calls, delays and errors a test sets.

    late: call id → how many more times its transcript is not there yet; trouble: raised, in this order, before answers
    (None: nothing goes wrong with this one)
    """

    calls: dict[str, RecordedCall] = field(default_factory=dict)
    turns: dict[str, tuple[Turn, ...]] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    trouble: list[Exception | None] = field(default_factory=list)
    unreadable: list[UnreadableCall] = field(default_factory=list)
    page_size: int = 100
    asked: list[str] = field(default_factory=list)

    def page(self, since: datetime, until: datetime, cursor: str | None = None) -> CallPage:
        self._ask("page")
        found = sorted(
            (one for one in self.calls.values() if since <= (one.scheduled or one.started) < until),
            key=lambda one: one.call_id,
        )
        start = int(cursor or 0)
        following = start + self.page_size
        more = str(following) if following < len(found) else None
        return CallPage(tuple(found[start:following]), more, tuple(self.unreadable))

    def call(self, call_id: str) -> RecordedCall | None:
        self._ask(f"call {call_id}")
        return self.calls.get(call_id)

    def transcript(self, call_id: str) -> Said | None:
        self._ask(f"transcript {call_id}")
        if self.late.get(call_id, 0) > 0:
            self.late[call_id] -= 1
            return None
        turns = self.turns.get(call_id)
        return None if turns is None else Said(turns)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None:
            raise trouble

    def add(
        self,
        call_id: str,
        *,
        employees: Sequence[str] = (JOE,),
        silent: Sequence[str] = (),
        hours_ago: float = 24,
        private: bool = False,
        crm: Sequence[CrmObject] = (),
    ) -> RecordedCall:
        """A call: each of the employees asks one question, and the customer answers."""
        started = NOON - timedelta(hours=hours_ago)
        parties = [
            CallParty(speaker_id=f"s{number}", email=email, affiliation=Affiliation.INTERNAL)
            for number, email in enumerate([*employees, *silent])
        ]
        parties.append(
            CallParty(speaker_id="c", email="carla@acme.example", affiliation=Affiliation.EXTERNAL, title="CISO")
        )
        turns = [Turn(f"s{n}", n * 9000, n * 9000 + 3000, SAID) for n in range(len(employees))]
        turns.append(
            Turn("c", 90_000, 99_000, "Honestly, the tests. They take two hours on a good day, and nobody waits.")
        )
        for number, _ in enumerate(employees):
            asked = "How do you decide what has to be tested before a release? Who is called when it goes wrong?"
            turns.append(Turn(f"s{number}", 100_000 + number * 20_000, 108_000 + number * 20_000, asked))
            turns.append(
                Turn("c", 109_000 + number * 20_000, 118_000 + number * 20_000, "The platform team, mostly at night.")
            )
        self.turns[call_id] = tuple(turns)
        self.calls[call_id] = RecordedCall(
            call_id,
            started,
            scheduled=started - timedelta(minutes=5),
            duration_seconds=120,
            url=f"https://recorder.example/call?id={call_id}",
            title="Acme: first look",
            private=private,
            parties=tuple(parties),
            crm=tuple(crm),
        )
        return self.calls[call_id]


@dataclass
class Model:
    """The `LanguageModel` port.

    answer: what it says; outcomes: of the next batch's requests, in their order; withheld: nothing can be asked about
    anybody; gone: the vendor knows none of its batches any more; scorer: who is in service
    """

    answer: dict[str, Any] = field(default_factory=lambda: {"score": 82, "confidence": 0.9})
    stop_reason: str = "end_turn"
    outcomes: list[str] = field(default_factory=list)
    polls: int = 0
    withheld: bool = False
    gone: bool = False
    asked: int = 0
    scorer: Scorer = SCORER
    batches: dict[str, list[tuple[str, Prompt]]] = field(default_factory=dict)

    def complete(self, prompt: Prompt) -> Completion:
        self.asked += 1
        return Completion(json.dumps(self.answer), self.stop_reason, prompt.model, Usage(1000, 0, 0, 100))

    def submit(self, prompts: Sequence[tuple[str, Prompt]]) -> str:
        batch_id = f"vendor-{len(self.batches)}"
        self.batches[batch_id] = list(prompts)
        return batch_id

    def state(self, batch_id: str) -> BatchState:
        self.polls -= 1
        if self.gone:
            raise BatchUnknown("there is no such batch")
        return BatchState(batch_id, self.polls < 0)

    def results(self, batch_id: str) -> Iterator[BatchResult]:
        for custom_id, prompt in reversed(self.batches[batch_id]):
            outcome = self.outcomes.pop(0) if self.outcomes else "succeeded"
            if outcome == "succeeded":
                completion = self.complete(prompt)
                yield BatchResult(custom_id, "succeeded", completion)
            else:
                yield BatchResult(custom_id, outcome)  # type: ignore[arg-type]


class Asking:
    """A `BatchAnalyst` with one question per speaker."""

    model = SCORER.model

    def __init__(self, model: Model) -> None:
        self._model = model

    def scorer(self, framework: Framework) -> Scorer:
        return self._model.scorer

    def analyse(
        self,
        conversation: Conversation,
        speaker_id: str,
        framework: Framework,
        context: Mapping[str, Any],
        paid: Paid,
    ) -> CallAnalysis:
        (prompt,) = self.prompts(conversation, speaker_id, framework, context)
        completion = self._model.complete(prompt)
        paid(completion.usage)
        return self.read(conversation, speaker_id, framework, [completion])

    def prompts(
        self, conversation: Conversation, speaker_id: str, framework: Framework, context: Mapping[str, Any]
    ) -> tuple[Prompt, ...]:
        if self._model.withheld:
            raise NotAnalysed("withheld")
        return (Prompt(SCORER.model, (("rubric", True),), f"{conversation.call_id} {speaker_id}", {}, 100),)

    def read(
        self, conversation: Conversation, speaker_id: str, framework: Framework, completions: Sequence[Completion]
    ) -> CallAnalysis:
        if completions[0].stop_reason == "refusal":
            raise NotAnalysed("refused")
        answer = json.loads(completions[0].text)
        turn = next(n for n, turn in enumerate(conversation.turns) if turn.speaker_id == speaker_id)
        said = quote(conversation, turn, 0, len(conversation.turns[turn].text))
        return CallAnalysis(
            self._model.scorer,
            conversation.call_id,
            speaker_id,
            (JudgedScore("discovery", answer["score"], answer["confidence"], (said,)),),
        )


@dataclass
class CallWorld:
    """Everything that outlives a process."""

    world: CrashHarness
    integrations: SqliteDocuments
    files: LocalFiles
    recorder: Recorder = field(default_factory=Recorder)
    model: Model | None = field(default_factory=Model)
    settings: CallSettings = field(default_factory=lambda: CallSettings(calls_from=BEGINNING, daily_route="immediate"))
    posted: list[dict[str, Any]] = field(default_factory=list)

    def process(self, fuse: Fuse | None = None, analyst: Analyst | None = None) -> Process:
        return Process(CallEnvironment(self, fuse or Fuse(), analyst))

    def work(self, *, most: int = 60) -> None:
        """Runs every queued task, new ones included, until none is left; each as a process of its own."""
        done = 0
        while done < len(self.world.tasks):
            assert done < most, "tasks never end"
            name, payload = self.world.tasks[done]
            done += 1
            if "step" not in payload:  # those of `notify` go nowhere
                self.run(name, payload)
        self.world.tasks.clear()

    def run(self, name: str, payload: Mapping[str, Any], fuse: Fuse | None = None) -> Any:
        process = self.process(fuse)
        if "batch_id" in payload:
            assert process.analysis.collect_batch is not None
            return process.analysis.collect_batch.collect(payload["batch_id"], payload["polls"])
        if "run_id" in payload:
            return process.calls.spread_reanalysis.spread(payload["run_id"])
        return process.analysis.import_call.run(CallTask.model_validate(payload))

    def record(self, call_id: str) -> CallRecord:
        return self.process().call_records.get(f"gong-{call_id}")

    def events(self, call_id: str) -> list[dict[str, Any]]:
        """The ledger's events of a call, by the employee."""
        found = [data for path, data in self.world.documents().items() if path.startswith("events/")]
        return sorted((one for one in found if one["source_id"] == call_id), key=lambda one: str(one["employee_id"]))

    def standing(self, call_id: str, employee_id: str = JOE) -> Observation:
        """What of a call counts in an employee's state, or waits there."""
        state = self.world.store.get(f"states/{employee_id}")
        assert state is not None
        found = map(decode, effective_entries(state.data["observations"]).values())
        (one,) = (observation for observation in found if observation.source_id == call_id)
        return one

    def facts(self) -> list[dict[str, Any]]:
        """What was published about calls, repetitions once."""
        found = {}
        for topic, data in self.world.facts:
            if topic == "call-analysed":
                found[(data["record_id"], data["analysis"], data["deal_id"])] = data
        return list(found.values())


class CallEnvironment(CrashEnvironment):
    """The surroundings of a process that imports calls."""

    def __init__(self, outside: CallWorld, fuse: Fuse, analyst: Analyst | None) -> None:
        """analyst: in place of the one that the model stands for"""
        super().__init__(outside.world, fuse)
        self.recorded_calls = outside.recorder
        model = outside.model
        known = {} if model is None else {"anthropic-key": "known"}
        self.connected = Integrations({}, GivenSecrets(known), frozenset(known))
        self.connected.call_settings = outside.settings
        self.ports |= {
            "integrations": FusedDocuments(outside.integrations, fuse),
            "transcripts": outside.files,
            "evidence": outside.files,
            "files": outside.files,
            "observations": Intake(outside.world.process(), outside.posted, fuse),
        }
        if model is not None or analyst is not None:
            self._made |= {claude: model, AnalystsUseCases: Analysts(Asking(model) if model else None, analyst)}


@dataclass
class Analysts:
    """The analysts of a process. claude: asks in batches; None where no model is connected"""

    claude: Asking | None
    given: Analyst | None

    @property
    def analyst(self) -> Analyst:
        return self.given or self.claude or LexicalAnalyst()


class Intake:
    """The `Observations` and `Validations` ports, in this process: what `ingest` does with a request."""

    def __init__(self, process: Process, posted: list[dict[str, Any]], fuse: Fuse) -> None:
        self._process = process
        self._posted = posted
        self._fuse = fuse

    def post(self, body: JsonObject) -> Taken:
        raw = json.loads(json.dumps(body))
        self._fuse.point()
        self._posted.append(raw)
        outcome = self._process.events.one(sent_of(raw), MACHINE)
        self._fuse.point()
        if isinstance(outcome, Rejected):
            raise outcome
        answer = answer_of(outcome)
        return Taken(answer["standing"], tuple(sorted(one["competency"] for one in answer["held"])))

    def validate(self, bodies: Sequence[JsonObject]) -> list[Rejected | None]:
        found: list[Rejected | None] = []
        for body in bodies:
            try:
                self.post(body)
                found.append(None)
            except Rejected as refusal:
                found.append(refusal)
        return found

    def void(self, body: JsonObject) -> None:
        self._fuse.point()
        self._process.voiding.void(MACHINE, VoidBody.model_validate(body))
        self._fuse.point()


def new_call_world(folder: Path, framework: Framework, **more: Any) -> CallWorld:
    """A world with Joe and Mia, a recorder without calls, and an eager model."""
    place = Path(mkdtemp(dir=folder))
    integrations = SqliteDocuments(place / "integrations.sqlite", indexes=PIPELINE.integrations.indexes, durable=False)
    world = new_crash_harness(place, framework, (JOE, MIA))
    return CallWorld(world, integrations, LocalFiles(place / "transcripts"), **more)
