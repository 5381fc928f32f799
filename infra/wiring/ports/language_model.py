"""Opens the language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.vendors.claude import ClaudeLanguageModel
    from shared.analysts.ports.language_model import LanguageModel
    from shared.analysts.usecases.model_gate import ModelGate


def language_model(on: Environment) -> LanguageModel | None:
    """Opens the language model, behind the gate that stops what the account refuses; None where none is connected."""
    return None if on.connected.secret("anthropic-key") is None else on.once(_guarded)


def _guarded(on: Environment) -> LanguageModel:
    from shared.analysts.usecases.guarded_model import GuardedModel

    return GuardedModel(on.once(claude), model_gate(on), on.log)


def model_gate(on: Environment) -> ModelGate:
    """Makes what keeps the gate before the language model."""
    from infra.wiring.ports.integrations import integrations
    from shared.analysts.records import Outages
    from shared.analysts.usecases.model_gate import ModelGate

    return ModelGate(Outages(integrations(on)), on.clock)


def claude(on: Environment) -> ClaudeLanguageModel:
    """Makes the model's client. Raises ValueError for a setting or key that cannot be read."""
    from infra.vendors.claude import ClaudeLanguageModel

    key = on.connected.secret("anthropic-key") or ""
    return ClaudeLanguageModel(key, base_url=given(on.connected.settings, "AUGMENT_MODEL_URL"))
