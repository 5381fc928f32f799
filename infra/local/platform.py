"""Sets up the embedded platform on a Runtime's parts: its environment, the frameworks that ship, and its warehouse."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence

import yaml

from infra.frameworks.shipped import framework_files
from infra.local.ambient import FolderSecrets
from infra.local.delivery import Sink
from infra.local.duckdb_warehouse import RawMessage
from infra.local.environment import ADMINISTRATOR, EmbeddedEnvironment
from infra.local.identity import service_account
from infra.local.leased import Leased
from infra.local.runtime import Parts
from infra.wiring.environment import configure as set_environment
from infra.wiring.environment import environment
from infra.wiring.ports.warehouse import warehouse
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.domain.framework import framework_from_dict
from shared.kernel.access import Caller

SYSTEM = Caller(email=service_account("platform"), scopes=frozenset({"administration"}))


def configure(
    parts: Parts,
    settings: Mapping[str, str] | None = None,
    administrator: str = ADMINISTRATOR,
    demonstration: Container[str] = frozenset(),
) -> None:
    """Makes the environment of this process from these parts, with the shipped frameworks installed.

    settings: of the integrations and their secrets, instead of the environment's
    administrator, demonstration: who may come in how, see EmbeddedEnvironment
    """
    on = EmbeddedEnvironment(parts, settings, administrator, demonstration)
    if settings is not None:
        on.secrets = FolderSecrets(parts.directory / "secrets", parts.pipeline.secrets, settings)
    set_environment(on)
    for path in framework_files():
        framework = framework_from_dict(yaml.safe_load(path.read_text(encoding="utf-8")))
        taxonomy(on).publish_frameworks.install(framework, SYSTEM)


def warehouse_sink(parts: Parts) -> Sink:
    """Returns where topics go on their way to the warehouse's raw tables."""
    on = environment()
    loaded = warehouse(on)
    if isinstance(on, EmbeddedEnvironment):
        on.fill_warehouse()

    def take(topic: str, messages: Sequence[Leased]) -> None:
        loaded.ingest_raw(  # type: ignore[attr-defined]
            topic,
            [RawMessage(m.message_id, m.published_at, json.loads(m.data), m.attributes) for m in messages],
        )

    return take
