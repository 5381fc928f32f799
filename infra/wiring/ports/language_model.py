"""Opens the language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.vendors.claude import ClaudeLanguageModel
    from shared.analysts.ports.language_model import LanguageModel


def language_model(on: Environment) -> LanguageModel | None:
    """Opens the language model; None where none is connected."""
    return None if on.connected.secret("anthropic-key") is None else on.once(claude)


def claude(on: Environment) -> ClaudeLanguageModel:
    """Makes the model's client. Raises ValueError for a setting or key that cannot be read."""
    from infra.vendors.claude import ClaudeLanguageModel

    key = on.connected.secret("anthropic-key") or ""
    return ClaudeLanguageModel(key, base_url=given(on.connected.settings, "AUGMENT_MODEL_URL"))
