"""Serves the routes of deals and of what people are to do: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, employee_id_of, framework_id_of, limit_of, whole_number
from shared.platform.edges.routes import CURSOR, FRAMEWORK, LIMIT, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.deals.contract import DealOutcomeAnswer
    from shared.deals.usecases.show_snapshot import ShowSnapshot
    from shared.enablement.contract import DealAssignmentAnswer
    from shared.enablement.usecases.assign_by_hand import AssignByHand
    from shared.enablement.usecases.assign_deal import AssignDeal
    from shared.enablement.usecases.assignment_rules import AssignmentRules
    from shared.enablement.usecases.hold_out import HoldOut
    from shared.enablement.usecases.own_assignments import OwnAssignments
    from shared.enablement.usecases.record_outcome import RecordOutcome
    from shared.enablement.usecases.show_pipeline import ShowPipeline
    from shared.enablement.usecases.team_deals import TeamDeals

deals = Contract(lambda: import_module("shared.deals.contract"))
contract = Contract(lambda: import_module("shared.enablement.contract"))
pipeline = Contract(lambda: import_module("shared.enablement.pipeline_contract"))
TAG, ASSIGNMENTS = "Deals", "Assignments"
_TOLD = (400, 404, 413, 415, 422)


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def assign_deal(self) -> AssignDeal: ...
    @property
    def record_outcome(self) -> RecordOutcome: ...
    @property
    def snapshot(self) -> ShowSnapshot: ...
    @property
    def assignments(self) -> OwnAssignments: ...
    @property
    def hold_out(self) -> HoldOut: ...
    @property
    def team_deals(self) -> TeamDeals: ...
    @property
    def by_hand(self) -> AssignByHand: ...
    @property
    def assignment_rules(self) -> AssignmentRules: ...
    @property
    def pipeline(self) -> ShowPipeline: ...


telling: Routes[UseCases] = Routes("deals")


@telling.post(
    "/api/v1/deal-assignments",
    "Tell who works on a deal and whom they meet next; the answer says what follows",
    "deals.write",
    answer=contract.DealAssignmentAnswer,
    body=deals.DealAssignmentBody,
    success=201,
    repeats=True,
    problems=_TOLD,
    tag=TAG,
)
def assign_deal(request: Request, on: UseCases) -> Response:
    from shared.deals.contract import DealAssignmentBody

    return _told(on.assign_deal.assign(request.caller, request.body(DealAssignmentBody)))


@telling.post(
    "/api/v1/deal-outcomes",
    "Tell how far a deal is, and what came of it",
    "deals.write",
    answer=deals.DealOutcomeAnswer,
    body=deals.DealOutcomeBody,
    success=201,
    repeats=True,
    problems=_TOLD,
    tag=TAG,
)
def record_deal_outcome(request: Request, on: UseCases) -> Response:
    from shared.deals.contract import DealOutcomeBody

    return _told(on.record_outcome.record(request.caller, request.body(DealOutcomeBody)))


def _told(answer: DealAssignmentAnswer | DealOutcomeAnswer) -> Response:
    """Answers 201 to what is news, 200 to what is known or older."""
    return Response(answer, 200 if answer.duplicate or answer.status == "superseded" else 201)


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/deals/<deal_id>/skill-snapshot",
    "What somebody's skills were when the deal became theirs",
    "profile.read",
    answer=deals.SkillSnapshotView,
    query=(Parameter("employee_id", "Somebody who worked on the deal before; without it, who does now"),),
    problems=(404,),
    tag=TAG,
)
def get_skill_snapshot(request: Request, on: UseCases) -> Response:
    return Response(on.snapshot.show(request.caller, request.path["deal_id"], request.query.get("employee_id")))


@api.get(
    "/api/v1/employees/<employee_id>/assignments",
    "What somebody is to do, and what became of it, the latest due first",
    "profile.read",
    answer=contract.AssignmentList,
    of_one=True,
    query=(LIMIT, CURSOR),
    problems=(404, 422),
    tag=ASSIGNMENTS,
)
def list_assignments(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import AssignmentList

    employee_id = employee_id_of(request)
    found = on.assignments.of(request.caller, employee_id, limit=limit_of(request), after=cursor_of(request))
    return Response(AssignmentList(employee_id=employee_id, items=list(found.items), next_cursor=cursor_to(found.next)))


@api.get(
    "/api/v1/team/deals-at-risk",
    "Deals of the own direct reports with a medium or high risk, the next meeting first",
    "team.read",
    answer=contract.TeamDealsAnswer,
    tag=TAG,
)
def get_team_deals(request: Request, on: UseCases) -> Response:
    return Response(on.team_deals.at_risk(request.caller))


@api.get(
    "/api/v1/pipeline",
    "How ready people are for the open deals of the team, the organisation or everybody, with how sure that is",
    "pipeline.read",
    answer=pipeline.PipelineAnswer,
    query=(
        LIMIT,
        Parameter("from", "How many deals come before the page: `next` of the page before", {"type": "integer"}),
    ),
    problems=(422,),
    tag=TAG,
)
def get_pipeline(request: Request, on: UseCases) -> Response:
    from shared.enablement.usecases.show_pipeline import MOST_BEFORE

    start = whole_number(request, "from", 0, MOST_BEFORE) or 0
    return Response(on.pipeline.show(request.caller, start=start, limit=limit_of(request)))


@api.get(
    "/api/v1/settings/hold-out",
    "Whether some deals go without preparation",
    "hold_out.manage",
    answer=contract.HoldOutView,
    tag=TAG,
)
def get_hold_out(request: Request, on: UseCases) -> Response:
    return Response(on.hold_out.show(request.caller))


@api.put(
    "/api/v1/settings/hold-out",
    "Have one deal in ten of low risk go without preparation, or none",
    "hold_out.manage",
    answer=contract.HoldOutView,
    body=contract.HoldOutBody,
    problems=(400, 412, 413, 415, 422),
    tag=TAG,
)
def put_hold_out(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import HoldOutBody

    return Response(on.hold_out.turn(request.caller, request.body(HoldOutBody), request.expect))


@api.get(
    "/api/v1/settings/assignments",
    "Which rules assign without a deal, and when people are reminded",
    "assignment_rules.manage",
    answer=contract.AssignmentRulesView,
    tag=ASSIGNMENTS,
)
def get_assignment_rules(request: Request, on: UseCases) -> Response:
    return Response(on.assignment_rules.show(request.caller))


@api.put(
    "/api/v1/settings/assignments",
    "Say which rules assign without a deal, how much, and when people are reminded",
    "assignment_rules.manage",
    answer=contract.AssignmentRulesView,
    body=contract.AssignmentRulesBody,
    problems=(400, 412, 413, 415, 422),
    tag=ASSIGNMENTS,
)
def put_assignment_rules(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import AssignmentRulesBody

    return Response(on.assignment_rules.change(request.caller, request.body(AssignmentRulesBody), request.expect))


@api.get(
    "/api/v1/trial-deals",
    "Deals that were drawn to go with or without preparation, the latest first",
    "hold_out.manage",
    answer=contract.TrialDealList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag=TAG,
)
def list_trial_deals(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import TrialDealList

    found = on.hold_out.deals(request.caller, limit=limit_of(request), after=cursor_of(request))
    return Response(TrialDealList(items=list(found.items), next_cursor=cursor_to(found.next)))


@api.get(
    "/api/v1/assignable-content",
    "What can be assigned to people of a framework",
    "assignments.give",
    answer=contract.AssignableList,
    query=(FRAMEWORK,),
    problems=(404,),
    tag=ASSIGNMENTS,
)
def list_assignable_content(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import AssignableList
    from shared.enablement.usecases.views import assignable_view

    framework_id = framework_id_of(request)
    found = on.by_hand.items(request.caller, framework_id)
    return Response(AssignableList(framework_id=framework_id, items=[assignable_view(one) for one in found]))


@api.post(
    "/api/v1/assignments",
    "Assign something to some people by hand",
    "assignments.give",
    answer=contract.GivenAnswer,
    body=contract.GivenAssignmentBody,
    success=201,
    repeats=True,
    problems=(400, 404, 413, 415, 422),
    tag=ASSIGNMENTS,
)
def give_assignments(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import GivenAssignmentBody

    answer = on.by_hand.give(request.caller, request.body(GivenAssignmentBody))
    return Response(answer, 201 if answer.items else 200)


@api.post(
    "/api/v1/assignments/<assignment_id>/withdrawal",
    "Take back what was assigned by hand or by a rule",
    "assignments.give",
    answer=contract.AssignmentView,
    problems=(404, 409),
    tag=ASSIGNMENTS,
)
def withdraw_assignment(request: Request, on: UseCases) -> Response:
    return Response(on.by_hand.take_back(request.caller, request.path["assignment_id"]))


@api.post(
    "/api/v1/assignments/<assignment_id>/completions",
    "Say that one of the own activities is done, and whether it helped",
    "assignments.complete",
    answer=contract.AssignmentView,
    body=contract.CompletionBody,
    problems=(400, 404, 409, 413, 415, 422),
    tag=ASSIGNMENTS,
)
def complete_activity(request: Request, on: UseCases) -> Response:
    from shared.enablement.contract import CompletionBody

    body = request.body(CompletionBody)
    return Response(on.assignments.complete(request.caller, request.path["assignment_id"], body))
