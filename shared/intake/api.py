"""Serves the routes of intake. What `ingest` rejects is quarantined, not lost."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.kernel.unicode_form import folded
from shared.observations.domain.observation import EVENT_STATUSES, Kind
from shared.platform.edges.http import Request, Response
from shared.platform.edges.incoming import require_json
from shared.platform.edges.query import csv_of, cursor_of, cursor_to, employee_id_of, limit_of, moment_of, one_of
from shared.platform.edges.routes import CURSOR, LIMIT, SINCE, UNTIL, Contract, Handler, ModelName, Parameter, Routes

if TYPE_CHECKING:
    from shared.intake.usecases.import_certifications import ImportCertifications
    from shared.intake.usecases.show_event import ShowEvent
    from shared.intake.usecases.show_history import ShowHistory
    from shared.intake.usecases.take_in import TakeIn
    from shared.intake.usecases.void_event import VoidEvent

SOURCE = Parameter("source", "Only events of this source")
COMPETENCY = Parameter(
    "competency", "Only events that score this competency: its name or an alias in the person's framework, case apart"
)
STANDING = Parameter(
    "standing",
    "Only events that stand so now; counted: what counts, and nothing else",
    {"type": "string", "enum": list(EVENT_STATUSES)},
)
HISTORY = (LIMIT, CURSOR, SINCE, UNTIL, SOURCE, COMPETENCY, STANDING)

contract = Contract(lambda: import_module("shared.intake.contract"))


observations = Contract(lambda: import_module("shared.observations.contract"))
people = Contract(lambda: import_module("shared.people.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def import_certifications(self) -> ImportCertifications: ...
    @property
    def history(self) -> ShowHistory: ...
    @property
    def event(self) -> ShowEvent: ...
    @property
    def voiding(self) -> VoidEvent: ...
    @property
    def take_in(self) -> TakeIn: ...


Register = Callable[[Handler[UseCases]], Handler[UseCases]]

recording: Routes[UseCases] = Routes("ingest")
_RECORDED = (400, 409, 413, 415, 422)


def _takes(path: str, noun: str, body: ModelName, answer: ModelName, list_answer: ModelName) -> Register:
    """Registers the decorated handler for one kind of event, alone or in a list."""
    return recording.post(
        path,
        f"Record {noun}, or a list of up to 500",
        "events.write",
        answer=answer,
        body=body,
        success=201,
        list_answer=list_answer,
        problems=_RECORDED,
        tag="Events",
    )


@_takes(
    "/api/v1/validation-events",
    "a validation event",
    observations.ValidationEvent,
    contract.ValidationAnswer,
    contract.ValidationListAnswer,
)
def record_validation_event(request: Request, on: UseCases) -> Response:
    return _record(request, on)


@_takes(
    "/api/v1/field-observations",
    "a field observation",
    observations.FieldObservation,
    contract.FieldAnswer,
    contract.FieldListAnswer,
)
def record_field_observation(request: Request, on: UseCases) -> Response:
    return _record(request, on)


@_takes(
    "/api/v1/learning-activities",
    "a learning activity",
    observations.LearningActivity,
    contract.LearningAnswer,
    contract.LearningListAnswer,
)
def record_learning_activity(request: Request, on: UseCases) -> Response:
    return _record(request, on)


def _record(request: Request, on: UseCases) -> Response:
    operation, headers = request.route.operation, request.headers
    taken = on.take_in.request(operation, request.raw, request.caller, lambda: require_json(headers))
    return Response(text=taken.text, status=taken.status)


api: Routes[UseCases] = Routes("skills_api")


def _tells(path: str, noun: str) -> Register:
    """Registers the decorated handler for one person's events of a kind."""
    return api.get(
        f"{path}/<employee_id>",
        f"One person's {noun}, the newest first",
        "histories.read",
        answer=contract.HistoryAnswer,
        of_one=True,
        query=HISTORY,
        problems=(404, 422),
        tag="Histories",
    )


@_tells("/api/v1/validation-events", "validation events")
def list_validation_events(request: Request, on: UseCases) -> Response:
    return _history(request, on, "validation")


@_tells("/api/v1/field-observations", "field observations")
def list_field_observations(request: Request, on: UseCases) -> Response:
    return _history(request, on, "field")


@_tells("/api/v1/learning-activities", "learning activities")
def list_learning_activities(request: Request, on: UseCases) -> Response:
    return _history(request, on, "learning")


@api.get(
    "/api/v1/events/<path:event_id>",
    "One event, under its sender's id or the one that it was answered with, for who may see its person's history; of a "
    "conversation that was sent without an `observation_id` under its `source_id` as well",
    "histories.read",
    answer=contract.EventView,
    query=(
        Parameter("source", "The event's source, which an id of its sender's needs; learning has none"),
        Parameter("employee_id", "Whose, where several people have an event under this id, as of one conversation"),
    ),
    problems=(404,),
    tag="Histories",
)
def get_event(request: Request, on: UseCases) -> Response:
    query, whose = request.query, request.query.get("employee_id")
    event_id = request.path["event_id"].strip()
    return Response(on.event.get(request.caller, event_id, query.get("source"), whose and folded(whose)))


@api.post(
    "/api/v1/voids",
    "Take out an event that was recorded by mistake, with the reason",
    "events.void",
    answer=contract.VoidAnswer,
    body=contract.VoidBody,
    problems=(400, 404, 413, 415, 422),
    tag="Events",
)
def void_event(request: Request, on: UseCases) -> Response:
    from shared.intake.contract import VoidBody

    return Response(on.voiding.void(request.caller, request.body(VoidBody)))


@api.post(
    "/api/v1/certifications/import",
    "Import certifications from CSV (`employee_id` may stand in the place of `email`), with a report line by line",
    "people.write",
    answer=people.ImportAnswer,
    csv="email,certification,competency,score,date",
    problems=(400, 413, 415, 422),
    tag="People",
)
def import_certifications(request: Request, on: UseCases) -> Response:
    return Response(on.import_certifications.from_csv(request.caller, csv_of(request)))


def _history(request: Request, on: UseCases, kind: Kind) -> Response:
    from shared.intake.contract import HistoryAnswer
    from shared.observations.domain.event_filter import EventFilter

    employee_id = employee_id_of(request)
    employee = on.history.open(request.caller, employee_id, kind)
    wanted = EventFilter(
        kind,
        source=request.query.get("source"),
        standing=one_of(request, "standing", EVENT_STATUSES),
        competency=request.query.get("competency"),
        since=moment_of(request, "since"),
        until=moment_of(request, "until"),
    )
    found = on.history.of(request.caller, employee, wanted, limit=limit_of(request), after=cursor_of(request))
    return Response(HistoryAnswer(employee_id=employee_id, items=list(found.items), next_cursor=cursor_to(found.next)))
