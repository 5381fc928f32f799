"""Builds the eraser, which opens every store; only one function has the right to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents
from infra.wiring.ports.evidence_files import evidence_files
from infra.wiring.ports.files import files
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.warehouse import warehouse
from infra.wiring.privacy import privacy

if TYPE_CHECKING:
    from shared.privacy.usecases.erase_person import ErasePerson


def eraser(on: Environment) -> ErasePerson:
    """Makes what erases a person from every store."""
    from shared.coaching.usecases.name_theirs import NameTheirs
    from shared.privacy.usecases.clean_document import Stores
    from shared.privacy.usecases.erase_person import ErasePerson

    def every() -> Stores:
        return Stores(
            documents=documents(on),
            employees=people(on).records,
            integrations=integrations(on),
            quarantine=files(on),
            transcripts=conversations(on).transcripts,
            evidence=evidence_files(on),
            dead_letters=dead_letters(on),
            warehouse=warehouse(on),
            scrub=on.scrub,
            name_theirs=NameTheirs(integrations(on)).name,
        )

    return ErasePerson(every, privacy(on).runs, on.clock, on.log)
