"""Builds what moves a person's data to another id, which opens every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.identities import identities
from infra.wiring.people import people
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.warehouse import warehouse

if TYPE_CHECKING:
    from shared.identities.usecases.move_document import Stores
    from shared.identities.usecases.move_person import MovePerson


def mover(on: Environment) -> MovePerson:
    """Makes what moves a person in every store."""
    from shared.coaching.records.celebrations import celebration_id_of
    from shared.coaching.records.nudges import nudges_id_of, united_nudges
    from shared.identities.usecases.move_document import Stores
    from shared.identities.usecases.move_person import MovePerson
    from shared.learning.enrolment_records import united_enrolments
    from shared.learning.phone_item_records import united_items

    def every() -> Stores:
        return Stores(
            documents=documents(on),
            employees=people(on).records,
            integrations=integrations(on),
            transcripts=conversations(on).transcripts,
            warehouse=warehouse(on),
            unions={"enrolments": united_enrolments, "phone_items": united_items, "coach_nudges": united_nudges},
            namings={"coach_nudges": nudges_id_of, "coach_celebrations": celebration_id_of},
        )

    return MovePerson(every, identities(on).runs, people(on).writing, on.clock, on.log)
