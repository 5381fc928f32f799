"""A language model chooses among intents where no rule knows one, and whatever it does wrong changes nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from infra.coaching.shipped import shipped_intents
from shared.analysts.ports.language_model import AccountRefused, Completion, Overloaded, Prompt, PromptRefused
from shared.coaching.domain.intents import understood
from shared.coaching.usecases.choose_intent import NAMES, ChooseIntent
from shared.conversations.domain.cost import Usage
from tests.harness.crash_harness import Notes

UNKNOWN = "fancy giving us summat to do"


@dataclass
class Model:
    """Answers with this text, or fails so."""

    text: str = ""
    fails: Exception | None = None
    asked: list[Prompt] = field(default_factory=list)

    def complete(self, prompt: Prompt) -> Completion:
        self.asked.append(prompt)
        if self.fails is not None:
            raise self.fails
        return Completion(self.text, "end_turn", "m", Usage())


def choosing(model: Model | None) -> tuple[ChooseIntent, Notes]:
    log = Notes()
    return ChooseIntent(shipped_intents(), model, "a-model", log), log


def says(name: str) -> Model:
    return Model(json.dumps({"intent": name}))


def test_a_model_chooses_where_no_rule_knows() -> None:
    model = says("quiz_me")
    chosen, _ = choosing(model)
    assert chosen.of(UNKNOWN).intent == "quiz_me"
    [prompt] = model.asked
    assert prompt.schema["properties"]["intent"]["enum"] == list(NAMES)
    assert json.loads(prompt.user) == {"message": UNKNOWN}


@pytest.mark.parametrize("text", ["quiz me", "tell me a joke", "talk to my mentor", "", "  "])
def test_what_a_rule_knows_and_what_says_nothing_is_asked_of_no_model(text: str) -> None:
    model = says("progress")
    chosen, _ = choosing(model)
    assert chosen.of(text) == understood(text, shipped_intents())
    assert model.asked == []


@pytest.mark.parametrize("name", [*NAMES])
def test_every_name_that_it_may_choose_is_understood(name: str) -> None:
    chosen, _ = choosing(says(name))
    found = chosen.of(UNKNOWN)
    assert found.intent == name or found.to_mentor or found.refusal is not None


@pytest.mark.parametrize(
    "model",
    [
        Model("not json"),
        Model('{"intent": "stop"}'),
        Model('{"intent": "answer"}'),
        Model('{"intent": "delete_everything"}'),
        Model('{"intent": ["quiz_me"]}'),
        Model('["quiz_me"]'),
        Model("null"),
        Model("{}"),
        Model(fails=Overloaded("busy")),
        Model(fails=PromptRefused("no")),
        Model(fails=AccountRefused("credit", "used up")),
    ],
)
def test_whatever_a_model_does_wrong_the_rules_stand(model: Model) -> None:
    chosen, log = choosing(model)
    assert chosen.of(UNKNOWN) == understood(UNKNOWN, shipped_intents())
    assert UNKNOWN not in str(log.lines)


def test_without_a_model_the_rules_stand() -> None:
    assert choosing(None)[0].of(UNKNOWN) == understood(UNKNOWN, shipped_intents())
