"""Opens what the health check asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from infra.wiring.model_gate import model_gate
from infra.wiring.ports.channels import smtp
from infra.wiring.ports.language_model import claude
from infra.wiring.ports.recorder import gong
from infra.wiring.ports.storage_probe import storage_probe

if TYPE_CHECKING:
    from shared.ports.ambient import Probe


def probes(on: Environment) -> Mapping[str, Probe | None]:
    """Returns, by integration, what asks whether it answers; None for one that is not connected."""
    from infra.vendors.probes import ClaudeProbe, GongProbe, MailProbe
    from shared.operations.usecases.health import STORAGE

    connected = on.connected
    asks_gong = GongProbe(lambda: on.once(gong), on.clock)
    asks_claude = ClaudeProbe(lambda: on.once(claude), lambda: connected.call_settings.model, model_gate(on))
    asks_mail = MailProbe(lambda: on.once(smtp))
    storage = storage_probe(on)
    here: dict[str, Probe | None] = {} if storage is None else {STORAGE: storage}
    return here | {
        "Google Workspace directory": None,
        "Salesforce": None,
        "Gong": asks_gong if connected.may_have("gong-access") else None,
        "Outgoing mail": asks_mail if given(connected.settings, "AUGMENT_SMTP_HOST") else None,
        "Claude": asks_claude if connected.may_have("anthropic-key") else None,
    }
