"""Opens the language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from infra.wiring.model_gate import model_gate

if TYPE_CHECKING:
    from infra.vendors.claude import ClaudeLanguageModel
    from shared.analysts.ports.language_model import LanguageModel


def language_model(on: Environment) -> LanguageModel | None:
    """Opens the language model, behind the gate that stops what the account refuses; None where none is connected."""
    return None if on.connected.secret("anthropic-key") is None else on.once(_guarded)


def _guarded(on: Environment) -> LanguageModel:
    from shared.analysts.usecases.guarded_model import GuardedModel

    return GuardedModel(on.once(claude), model_gate(on), on.log)


def claude(on: Environment) -> ClaudeLanguageModel:
    """Makes the model's client. Raises ValueError for a setting or key that cannot be read."""
    from infra.vendors.claude import ClaudeLanguageModel

    key = on.connected.secret("anthropic-key") or ""
    return ClaudeLanguageModel(key, base_url=given(on.connected.settings, "AUGMENT_MODEL_URL"))
