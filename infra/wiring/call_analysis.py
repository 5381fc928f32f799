"""Builds the import and the analysis of calls, with the recorder and the language model that are connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.analysts import analysts
from infra.wiring.conversations import conversations
from infra.wiring.discovery import call_people, discovery
from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.language_model import language_model
from infra.wiring.ports.observations import observations
from infra.wiring.ports.recorder import recorder
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.analyse_call import AnalyseCalls
    from shared.call_pipeline.usecases.analysis_batches import AnalysisBatches
    from shared.call_pipeline.usecases.import_call import ImportCalls


def analyses(on: Environment) -> AnalyseCalls:
    """Makes what analyses a call with the language model that is connected, or by counting."""
    from shared.call_pipeline.usecases.analyse_call import AnalyseCalls

    said = conversations(on)
    return AnalyseCalls(
        analysts(on).analyst,
        said.call_records,
        said.transcripts,
        frameworks(on).configuration,
        observations(on),
        bus(on),
        on.clock,
        on.log,
        in_batches=analysts(on).claude is not None,
    )


def call_import(on: Environment) -> ImportCalls:
    """Makes the import of one call at a time."""
    from shared.call_pipeline.usecases.call_deals import KnownDeals
    from shared.call_pipeline.usecases.import_call import ImportCalls

    said, settings = conversations(on), on.connected.call_settings
    return ImportCalls(
        recorder(on),
        said.call_records,
        on.once(call_people),
        said.transcripts,
        on.once(analyses),
        KnownDeals(integrations(on), settings.home_domains),
        tasks(on),
        lambda: platform(on).quarantine,
        settings,
        on.clock,
        on.log,
    )


def batches(on: Environment) -> AnalysisBatches | None:
    """Makes message batches; None where no language model is connected."""
    model, analyst = language_model(on), analysts(on).claude
    if model is None or analyst is None:
        return None
    from shared.call_pipeline.usecases.analysis_batches import AnalysisBatches

    said = conversations(on)
    return AnalysisBatches(
        model,
        analyst,
        on.once(analyses),
        said.call_records,
        said.transcripts,
        discovery(on, recorder(on)),
        frameworks(on).configuration,
        integrations(on),
        tasks(on),
        on.clock,
        on.ids,
        on.log,
    )
