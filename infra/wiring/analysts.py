"""Builds the analysts: Claude, or counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.language_model import language_model

if TYPE_CHECKING:
    from shared.analysts.claude.scoring import ClaudeAnalyst
    from shared.analysts.usecases.analyst import Analyst


class AnalystsUseCases(Wiring):
    """Makes each use case of analysts when it is first asked for."""

    @wired
    def analyst(self) -> Analyst:
        """Analyses with the language model that is connected, or by counting."""
        from shared.analysts.lexical.scoring import LexicalAnalyst

        claude = self.claude
        return LexicalAnalyst() if claude is None else claude

    @wired
    def claude(self) -> ClaudeAnalyst | None:
        """Asks the language model; None where none is connected."""
        on = self._on
        model = language_model(on)
        if model is None:
            return None
        from shared.analysts.claude.scoring import ClaudeAnalyst
        from shared.analysts.claude.view import AnalystSettings
        from shared.analysts.records import Scorers

        settings = AnalystSettings(model=on.connected.call_settings.model)
        return ClaudeAnalyst(model, Scorers(integrations(on)), settings, frameworks(on).configuration.certified)


def analysts(on: Environment) -> AnalystsUseCases:
    """Returns the use cases of analysts on an environment."""
    return on.once(AnalystsUseCases)
