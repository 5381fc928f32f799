"""Serves the coach's routes: whether it may write to somebody."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import employee_id_of
from shared.platform.edges.routes import Contract, Routes

if TYPE_CHECKING:
    from shared.coaching.usecases.agreement import Agreement

contract = Contract(lambda: import_module("shared.coaching.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def agreement(self) -> Agreement: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/learning/enrolments/<employee_id>/coach-agreement",
    "Whether the coach may write to somebody on WhatsApp, at which number, and the text that they agree to",
    "learning.own",
    answer=contract.CoachAgreementView,
    tag="Learning",
)
def get_coach_agreement(request: Request, on: UseCases) -> Response:
    return Response(on.agreement.show(request.caller, employee_id_of(request)))


@api.post(
    "/api/v1/learning/enrolments/<employee_id>/coach-agreement",
    "Agree that the coach writes on WhatsApp, or end it: people themselves, or who enrols them in their name",
    "learning.own",
    answer=contract.CoachAgreementView,
    body=contract.CoachAgreementBody,
    problems=(400, 409, 413, 415, 422),
    tag="Learning",
)
def give_coach_agreement(request: Request, on: UseCases) -> Response:
    from shared.coaching.contract import CoachAgreementBody

    return Response(on.agreement.take(request.caller, employee_id_of(request), request.body(CoachAgreementBody)))
