"""Opens what the health check asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from infra.wiring.model_gate import model_gate
from infra.wiring.ports.channels import slack, smtp
from infra.wiring.ports.crm import salesforce
from infra.wiring.ports.crm_settings import deal_mapping, silent_hours
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.language_model import claude
from infra.wiring.ports.messenger import whatsapp
from infra.wiring.ports.recorder import gong
from infra.wiring.ports.storage_probe import storage_probe
from infra.wiring.ports.web_push import web_push

if TYPE_CHECKING:
    from shared.crm.domain.hint import Source
    from shared.ports.ambient import Probe

WAYS: Mapping[str, Source] = {
    "Salesforce’s messages": "outbound_message",
    "Salesforce’s flows": "callout",
    "Salesforce’s change events": "change_event",
}


def probes(on: Environment) -> Mapping[str, Probe | None]:
    """Returns, by integration, what asks whether it answers; None for one that is not connected."""
    from infra.vendors.probes import (
        ClaudeProbe,
        GongProbe,
        MailProbe,
        SalesforceProbe,
        SlackProbe,
        WebPushProbe,
        WhatsAppProbe,
    )
    from shared.operations.usecases.health import STORAGE

    connected = on.connected
    asks_gong = GongProbe(lambda: on.once(gong), on.clock)
    asks_claude = ClaudeProbe(lambda: on.once(claude), lambda: connected.call_settings.model, model_gate(on))
    asks_mail = MailProbe(lambda: on.once(smtp))
    asks_salesforce = SalesforceProbe(lambda: on.once(salesforce), lambda: deal_mapping(connected.settings).fields)
    asks_push = given(connected.settings, "AUGMENT_WEB_PUSH").lower() == "on"
    storage = storage_probe(on)
    here: dict[str, Probe | None] = {} if storage is None else {STORAGE: storage}
    return here | {
        "Google Workspace directory": None,
        "Salesforce": asks_salesforce if connected.may_have("salesforce-key") else None,
        "Gong": asks_gong if connected.may_have("gong-access") else None,
        "Outgoing mail": asks_mail if given(connected.settings, "AUGMENT_SMTP_HOST") else None,
        "Slack": SlackProbe(lambda: on.once(slack)) if connected.may_have("slack-access") else None,
        "WhatsApp": WhatsAppProbe(lambda: on.once(whatsapp)) if connected.may_have("whatsapp-access") else None,
        "Web push": WebPushProbe(lambda: on.once(web_push)) if asks_push else None,
        "Claude": asks_claude if connected.may_have("anthropic-key") else None,
        **_ways_of_the_crm(on),
    }


def _ways_of_the_crm(on: Environment) -> dict[str, Probe | None]:
    """Returns what tells of each way by which the CRM tells of changes whether it has fallen silent."""
    from shared.crm.records import HintRecords
    from shared.crm.usecases.watch_source import WatchSource

    connected = on.connected.may_have("salesforce-webhook-token")
    hints = HintRecords(integrations(on))

    def silent() -> timedelta:
        return timedelta(hours=silent_hours(on.connected.settings))

    return {name: WatchSource(hints, source, silent, on.clock) if connected else None for name, source in WAYS.items()}
