"""Serves the routes of identities: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.kernel.unicode_form import folded
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import employee_id_of
from shared.platform.edges.routes import Contract, Routes

if TYPE_CHECKING:
    from shared.identities.usecases.follow_moves import FollowMoves
    from shared.identities.usecases.release_id import ReleaseId
    from shared.identities.usecases.start_move import StartMove

contract = Contract(lambda: import_module("shared.identities.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def start_move(self) -> StartMove: ...
    @property
    def moves(self) -> FollowMoves: ...
    @property
    def release_id(self) -> ReleaseId: ...


api: Routes[UseCases] = Routes("skills_api")


@api.post(
    "/api/v1/employees/<employee_id>/rename",
    "Give a person another id; the old one stays understood. The path has the present one. Its progress is at "
    "/moves/{run_id}",
    "people.move",
    answer=contract.MoveRun,
    body=contract.RenameBody,
    success=202,
    problems=(400, 404, 409, 413, 415, 422),
    tag="People",
)
def rename_employee(request: Request, on: UseCases) -> Response:
    from shared.identities.contract import RenameBody

    body = request.body(RenameBody)
    run = on.start_move.rename(request.caller, employee_id_of(request), body.new_id, body.reason)
    return Response(run, 202, {"Location": f"/api/v1/moves/{run.run_id}"})


@api.post(
    "/api/v1/employees/<employee_id>/merge",
    "Make one person of two records; the path's id, a present one, leads to the other then. Its progress is at "
    "/moves/{run_id}",
    "people.move",
    answer=contract.MoveRun,
    body=contract.MergeBody,
    success=202,
    problems=(400, 404, 409, 413, 415, 422),
    tag="People",
)
def merge_employees(request: Request, on: UseCases) -> Response:
    from shared.identities.contract import MergeBody

    body = request.body(MergeBody)
    run = on.start_move.merge(request.caller, employee_id_of(request), body.into, body.reason)
    return Response(run, 202, {"Location": f"/api/v1/moves/{run.run_id}"})


@api.get(
    "/api/v1/employees/<employee_id>/former-ids",
    "The ids that a person had before, which lead to them",
    "people.move",
    answer=contract.FormerIds,
    tag="People",
)
def list_former_ids(request: Request, on: UseCases) -> Response:
    return Response(on.moves.former_ids(request.caller, employee_id_of(request)))


@api.post(
    "/api/v1/employees/<employee_id>/former-ids/<former_id>/release",
    "Give up an id that a person had: whoever comes with it is somebody else. What was moved stays moved",
    "people.move",
    answer=contract.FormerIds,
    body=contract.ReleaseBody,
    problems=(400, 404, 409, 413, 415, 422),
    tag="People",
)
def release_former_id(request: Request, on: UseCases) -> Response:
    from shared.identities.contract import ReleaseBody

    body = request.body(ReleaseBody)
    former_id = folded(request.path["former_id"])
    return Response(on.release_id.release(request.caller, employee_id_of(request), former_id, body.reason))


@api.get(
    "/api/v1/moves/<run_id>",
    "How far a rename or a merge is",
    "people.move",
    answer=contract.MoveRun,
    problems=(404,),
    tag="People",
)
def get_move(request: Request, on: UseCases) -> Response:
    return Response(on.moves.one(request.caller, request.path["run_id"]))
