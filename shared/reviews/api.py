"""Serves the routes of reviews: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.kernel.unicode_form import folded
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, limit_of, one_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Parameter, Routes
from shared.reviews.domain.review_state import REASONS, STATES

if TYPE_CHECKING:
    from shared.reviews.usecases.certificates import Certificates
    from shared.reviews.usecases.contest_scores import ContestScores
    from shared.reviews.usecases.decide_review import DecideReview
    from shared.reviews.usecases.give_own_scores import GiveOwnScores
    from shared.reviews.usecases.read_review import ReadReview
    from shared.reviews.usecases.settings import Settings
    from shared.reviews.usecases.show_reviews import ShowReviews

contract = Contract(lambda: import_module("shared.reviews.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def certificates(self) -> Certificates: ...
    @property
    def contest(self) -> ContestScores: ...
    @property
    def decide(self) -> DecideReview: ...
    @property
    def own_scores(self) -> GiveOwnScores: ...
    @property
    def read(self) -> ReadReview: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def show(self) -> ShowReviews: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/reviews",
    "Reviews of analysts' scores in the caller's sight, those opened last first",
    "reviews.read",
    answer=contract.ReviewList,
    query=(
        LIMIT,
        CURSOR,
        Parameter("state", "Only reviews in this state", {"type": "string", "enum": list(STATES)}),
        Parameter(
            "reason",
            "Only reviews with this reason",
            {"type": "string", "enum": list(REASONS)},
        ),
        Parameter("employee_id", "Only reviews of this employee's calls"),
    ),
    problems=(404, 422),
    tag="Reviews",
)
def list_reviews(request: Request, on: UseCases) -> Response:
    from shared.reviews.contract import ReviewList

    named = request.query.get("employee_id")
    page = on.show.page(
        request.caller,
        state=one_of(request, "state", STATES),
        reason=one_of(request, "reason", REASONS),
        employee_id=None if named is None else folded(named),
        limit=limit_of(request),
        after=cursor_of(request),
    )
    return Response(ReviewList(items=list(page.items), next_cursor=cursor_to(page.next)))


@api.get(
    "/api/v1/reviews/<review_id>",
    "One review with its scores and what they stand on",
    "reviews.read",
    answer=contract.ReviewView,
    problems=(404,),
    tag="Reviews",
)
def get_review(request: Request, on: UseCases) -> Response:
    return Response(on.read.answer(request.caller, request.path["review_id"]))


@api.post(
    "/api/v1/reviews/<review_id>/own-scores",
    "Say what you make of a call, before the analyst's scores are shown",
    "reviews.decide",
    answer=contract.ReviewView,
    body=contract.OwnScores,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Reviews",
)
def give_own_scores(request: Request, on: UseCases) -> Response:
    from shared.reviews.contract import OwnScores

    return Response(on.own_scores.give(request.caller, request.path["review_id"], request.body(OwnScores)))


@api.post(
    "/api/v1/reviews/<review_id>/decision",
    "Confirm, correct or reject an analyst's scores",
    "reviews.decide",
    answer=contract.ReviewView,
    body=contract.ReviewDecision,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Reviews",
)
def decide_review(request: Request, on: UseCases) -> Response:
    from shared.reviews.contract import ReviewDecision

    body = request.body(ReviewDecision)
    return Response(on.decide.decide(request.caller, request.path["review_id"], body))


@api.post(
    "/api/v1/reviews/<review_id>/contest",
    "Contest the scores of an own call",
    "reviews.contest",
    answer=contract.ReviewView,
    body=contract.Contest,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Reviews",
)
def contest_review(request: Request, on: UseCases) -> Response:
    from shared.reviews.contract import Contest

    body = request.body(Contest)
    return Response(on.contest.contest(request.caller, request.path["review_id"], body))


@api.get(
    "/api/v1/settings/reviews",
    "How scores are reviewed",
    "reviews.read",
    answer=contract.ReviewSettingsView,
    tag="Reviews",
)
def get_review_settings(request: Request, on: UseCases) -> Response:
    return Response(on.settings.reviews(request.caller))


@api.put(
    "/api/v1/settings/reviews",
    "Change how scores are reviewed",
    "operations.write",
    answer=contract.ReviewSettingsView,
    body=contract.ReviewSettingsBody,
    problems=(400, 412, 413, 415, 422),
    tag="Reviews",
)
def put_review_settings(request: Request, on: UseCases) -> Response:
    from shared.reviews.contract import ReviewSettingsBody

    return Response(on.settings.set_reviews(request.body(ReviewSettingsBody), request.caller, request.expect))


@api.get(
    "/api/v1/certificates",
    "How far each scorer agrees with people",
    "certificates.read",
    answer=contract.CertificateList,
    tag="Reviews",
)
def list_certificates(request: Request, on: UseCases) -> Response:
    return Response(on.certificates.all(request.caller))


@api.get(
    "/api/v1/certificates/<certificate_id>/history",
    "How a scorer's certificate developed, day by day",
    "certificates.read",
    answer=contract.CertificateHistory,
    problems=(404,),
    tag="Reviews",
)
def get_certificate_history(request: Request, on: UseCases) -> Response:
    return Response(on.certificates.history(request.caller, request.path["certificate_id"]))
