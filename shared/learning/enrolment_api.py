"""Serves the routes of enrolment: who learns by which standard, what they agree to, their breaks and authorisations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import decode_cursor, employee_id_of, encode_cursor, limit_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Routes

if TYPE_CHECKING:
    from shared.learning.usecases.authorise import Authorise
    from shared.learning.usecases.enrol import Enrol
    from shared.learning.usecases.keep_enrolment import KeepEnrolment
    from shared.learning.usecases.watch_learners import WatchLearners

progress = Contract(lambda: import_module("shared.learning.progress_contract"))
contract = Contract(lambda: import_module("shared.learning.enrolment_contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def enrol(self) -> Enrol: ...
    @property
    def keeping(self) -> KeepEnrolment: ...
    @property
    def authorise(self) -> Authorise: ...
    @property
    def watching(self) -> WatchLearners: ...


api: Routes[UseCases] = Routes("skills_api")
MOST_WATCHED = 25
"""Learners on a page of those who may need help: each is rated for it."""


@api.get(
    "/api/v1/learning/enrolments",
    "The learners in the caller's sight, by employee id",
    "learners.read",
    answer=contract.LearnerList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Learning",
)
def list_learners(request: Request, on: UseCases) -> Response:
    after = request.query.get("cursor")
    place = None if after is None else str(decode_cursor(after, 1)[0])
    found = on.keeping.list(request.caller, limit_of(request), place)
    return Response(found.model_copy(update={"next_cursor": found.next_cursor and encode_cursor([found.next_cursor])}))


@api.post(
    "/api/v1/learning/enrolments",
    "Invite somebody to learn by a standard: they are held to its version, text and plan, and mailed a link",
    "enrolments.write",
    answer=contract.EnrolmentView,
    body=contract.EnrolmentBody,
    success=201,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def invite_learner(request: Request, on: UseCases) -> Response:
    from shared.learning.enrolment_contract import EnrolmentBody

    made = on.enrol.invite(request.caller, request.body(EnrolmentBody))
    return Response(made, 201, {"Location": f"/api/v1/learning/enrolments/{made.employee_id}"})


@api.get(
    "/api/v1/learning/enrolments/<employee_id>",
    "What a learner is held to, what they agreed to, and their breaks",
    "enrolments.read",
    answer=contract.EnrolmentView,
    problems=(404,),
    tag="Learning",
)
def get_enrolment(request: Request, on: UseCases) -> Response:
    return Response(on.keeping.show(request.caller, employee_id_of(request)))


@api.post(
    "/api/v1/learning/enrolments/<employee_id>/consent",
    "Agree to what is kept while one learns, or withdraw: learners themselves alone",
    "learning.own",
    answer=contract.EnrolmentView,
    body=contract.ConsentBody,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def give_consent(request: Request, on: UseCases) -> Response:
    from shared.learning.enrolment_contract import ConsentBody

    return Response(on.keeping.consent(request.caller, employee_id_of(request), request.body(ConsentBody)))


@api.post(
    "/api/v1/learning/enrolments/<employee_id>/breaks",
    "Note a break in learning, or another end of the one that begins on that day",
    "enrolments.write",
    answer=contract.EnrolmentView,
    body=contract.BreakBody,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def note_break(request: Request, on: UseCases) -> Response:
    from shared.learning.enrolment_contract import BreakBody

    return Response(on.keeping.note_break(request.caller, employee_id_of(request), request.body(BreakBody)))


@api.get(
    "/api/v1/learning/enrolments/<employee_id>/authorisations",
    "What a learner may do at work, alone or supervised, and until when",
    "enrolments.read",
    answer=contract.AuthorisationList,
    problems=(404,),
    tag="Learning",
)
def list_authorisations(request: Request, on: UseCases) -> Response:
    return Response(on.authorise.of(request.caller, employee_id_of(request)))


@api.post(
    "/api/v1/learning/enrolments/<employee_id>/authorisations",
    "Say what a learner may do at work, alone or supervised, and until when",
    "authorisations.write",
    answer=contract.AuthorisationView,
    body=contract.AuthorisationBody,
    success=201,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def give_authorisation(request: Request, on: UseCases) -> Response:
    from shared.learning.enrolment_contract import AuthorisationBody

    body = request.body(AuthorisationBody)
    return Response(on.authorise.give(request.caller, employee_id_of(request), body), 201)


@api.get(
    "/api/v1/learning/authorisations",
    "The authorisations that end within a month, of the learners in the caller's sight",
    "learners.read",
    answer=contract.AuthorisationList,
    tag="Learning",
)
def list_ending_authorisations(request: Request, on: UseCases) -> Response:
    return Response(on.authorise.ending(request.caller))


@api.get(
    "/api/v1/learning/authorisations/in-force",
    "What each of the learners in the caller's sight may do, alone or supervised, and until when",
    "learners.read",
    answer=contract.AuthorisedList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Learning",
)
def list_authorised(request: Request, on: UseCases) -> Response:
    after = request.query.get("cursor")
    place = None if after is None else str(decode_cursor(after, 1)[0])
    found = on.authorise.in_force(request.caller, min(limit_of(request, default=20), MOST_WATCHED), place)
    return Response(found.model_copy(update={"next_cursor": found.next_cursor and encode_cursor([found.next_cursor])}))


@api.post(
    "/api/v1/learning/authorisations/<authorisation_id>/revocation",
    "Take an authorisation back",
    "authorisations.write",
    answer=contract.AuthorisationView,
    problems=(404, 409),
    tag="Learning",
)
def revoke_authorisation(request: Request, on: UseCases) -> Response:
    return Response(on.authorise.revoke(request.caller, request.path["authorisation_id"]))


@api.get(
    "/api/v1/learning/at-risk",
    "The learners in the caller's sight, by employee id, with the reasons why they may need help",
    "learners.read",
    answer=progress.AtRiskList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Learning",
)
def list_at_risk(request: Request, on: UseCases) -> Response:
    after = request.query.get("cursor")
    place = None if after is None else str(decode_cursor(after, 1)[0])
    found = on.watching.at_risk(request.caller, min(limit_of(request, default=20), MOST_WATCHED), place)
    return Response(found.model_copy(update={"next_cursor": found.next_cursor and encode_cursor([found.next_cursor])}))


@api.get(
    "/api/v1/learning/milestones",
    "How long it takes learners to reach a milestone, unfinished ones censored; nothing of fewer than five",
    "learners.read",
    answer=progress.MilestoneTimes,
    tag="Learning",
)
def get_milestones(request: Request, on: UseCases) -> Response:
    return Response(on.watching.milestones(request.caller))
