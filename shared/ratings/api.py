"""Serves the routes of ratings: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import (
    decode_cursor,
    employee_id_of,
    encode_cursor,
    limit_of,
    name_of,
    one_of,
    position_of,
    whole_number,
)
from shared.platform.edges.routes import CURSOR, FRAMEWORK, LIMIT, NDJSON, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.ratings.usecases.export_profiles import ExportProfiles
    from shared.ratings.usecases.list_changes import ListChanges
    from shared.ratings.usecases.my_team import MyTeam
    from shared.ratings.usecases.request_recalculation import RequestRecalculation
    from shared.ratings.usecases.show_calibration import ShowCalibration
    from shared.ratings.usecases.show_profile import ShowProfile
    from shared.ratings.usecases.team_readiness import Readiness
    from shared.ratings.usecases.wanted_skills import Wanted

contract = Contract(lambda: import_module("shared.ratings.contract"))
team = Contract(lambda: import_module("shared.ratings.team_contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def profiles(self) -> ShowProfile: ...
    @property
    def export(self) -> ExportProfiles: ...
    @property
    def changes(self) -> ListChanges: ...
    @property
    def readiness(self) -> Readiness: ...
    @property
    def calibration(self) -> ShowCalibration: ...
    @property
    def my_team(self) -> MyTeam: ...
    @property
    def request_recalculation(self) -> RequestRecalculation: ...


api: Routes[UseCases] = Routes("skills_api")
VIEW = Parameter(
    "view",
    "`all`: every context seen, every field, every gap. Else the general skills, then what rules, deals and "
    "`context` name, then each single dimension seen",
    {"type": "string", "enum": ["all"]},
)


@api.get(
    "/api/v1/employees/<employee_id>/skills",
    "One person's skills as of today, with gaps",
    "profile.read",
    answer=contract.ProfileAnswer,
    of_one=True,
    query=(
        Parameter("competency", "Only this competency"),
        Parameter(
            "context",
            "One more context to rate: `industry=healthcare&deal_size=enterprise`, percent-encoded as a whole; "
            "`notices` tell of values that the framework does not know",
        ),
        Parameter(
            "as_of",
            "What was true on this day instead of today, by all that is known now",
            {"type": "string", "format": "date"},
        ),
        Parameter(
            "known_at",
            "What was shown at this moment (RFC 3339), or at the end of this day: by the events, voids, decisions, "
            "frameworks and parameters of then, and without what was not open to the caller then. With `as_of` what "
            "was known about that day, which is not after it. 422 for a moment before the platform kept what was known",
        ),
        VIEW,
        Parameter("fields", "The fields of a row, apart by commas, besides `competency` and `context`"),
        Parameter("limit", "Rows on a page, 1-200; 40 unless given, all with `view=all`", LIMIT.schema),
        CURSOR,
    ),
    problems=(404, 422),
    tag="Profiles",
)
def get_profile(request: Request, on: UseCases) -> Response:
    answer, following = on.profiles.answer(request.caller, employee_id_of(request), _wanted(request))
    if following is None:
        return Response(answer)
    rank, competency, context = following
    return Response(answer.model_copy(update={"next_cursor": encode_cursor([rank, context, competency])}))


def _every(request: Request) -> bool:
    return one_of(request, "view", ("all",)) == "all"


def _wanted(request: Request) -> Wanted:
    from shared.ratings.usecases.wanted_skills import USUAL, USUAL_GAPS, USUAL_LIMIT, Wanted, fields_from_text

    query = request.query
    every = _every(request)
    rank, context, competency = decode_cursor(query["cursor"], 3) if "cursor" in query else ("", "", "")
    usual = None if every else USUAL
    return Wanted(
        competency=query.get("competency"),
        context=query.get("context"),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
        every=every,
        fields=fields_from_text(query["fields"]) if "fields" in query else usual,
        limit=whole_number(request, "limit", 1, 200) or (None if every else USUAL_LIMIT),
        after=(rank, competency, context) if "cursor" in query else None,
        gaps=None if every else USUAL_GAPS,
    )


@api.get(
    "/api/v1/export/skill-profiles",
    "Everybody's skill profiles, one on a line, in the order of employee ids; at most 1,000 in an answer",
    "profiles.export",
    answer=contract.ProfileAnswer,
    query=(
        Parameter("cursor", "The `employee_id` of the last line that arrived whole; no line follows the last person"),
        VIEW,
    ),
    content_type=NDJSON,
    problems=(422,),
    tag="Profiles",
)
def export_profiles(request: Request, on: UseCases) -> Response:
    after = name_of(request, "cursor")
    return Response(lines=on.export.lines(request.caller, every=_every(request), after=after), content_type=NDJSON)


@api.get(
    "/api/v1/changes",
    "Whose profiles changed since a cursor, two minutes late; without one, the cursor of now, for a copy to begin with",
    "profiles.export",
    answer=contract.ChangesAnswer,
    query=(Parameter("after", "`cursor` of the answer before"), LIMIT, VIEW),
    problems=(410, 422),
    tag="Profiles",
)
def list_changes(request: Request, on: UseCases) -> Response:
    from shared.ratings.contract import ChangesAnswer
    from shared.ratings.usecases.list_changes import Cursor

    after = None
    if "after" in request.query:
        within, at, name = decode_cursor(request.query["after"], 3, "after")
        after = Cursor(position_of(at, name, "after"), within)
    page = on.changes.page(request.caller, after, every=_every(request), limit=limit_of(request))
    at, name = page.cursor.position
    cursor = encode_cursor([page.cursor.within, at.isoformat(), name])
    return Response(ChangesAnswer(changes=list(page.items), cursor=cursor, more=page.more))


@api.post(
    "/api/v1/skills/recalculate",
    "Start a recalculation; its progress is at /recalculations/{run_id}",
    "recalculation.run",
    answer=contract.RunAnswer,
    body=contract.RecalculationBody,
    body_optional=True,
    success=202,
    problems=(400, 413, 415, 422),
    tag="Skills",
)
def recalculate(request: Request, on: UseCases) -> Response:
    from shared.ratings.contract import RecalculationBody

    run = on.request_recalculation.start(request.caller, request.body(RecalculationBody))
    return Response(run, 202, {"Location": f"/api/v1/recalculations/{run.run_id}"})


@api.get(
    "/api/v1/recalculations/<run_id>",
    "How far a recalculation is",
    "recalculation.run",
    answer=contract.RunAnswer,
    problems=(404,),
    tag="Skills",
)
def get_recalculation(request: Request, on: UseCases) -> Response:
    return Response(on.request_recalculation.progress(request.caller, request.path["run_id"]))


@api.get(
    "/api/v1/team",
    "Where the own direct reports stand, and whom to talk to this week",
    "team.read",
    answer=team.TeamAnswer,
    query=(FRAMEWORK,),
    problems=(404,),
    tag="Readiness",
)
def get_team(request: Request, on: UseCases) -> Response:
    return Response(on.my_team.show(request.caller, request.query.get("framework_id") or DEFAULT_FRAMEWORK))


@api.get(
    "/api/v1/readiness",
    "Are we ready to sell?",
    "readiness.read",
    answer=contract.ReadinessAnswer,
    query=(FRAMEWORK, Parameter("dimension", "The heat map's dimension; the framework's first unless given")),
    problems=(404, 422),
    tag="Readiness",
)
def get_readiness(request: Request, on: UseCases) -> Response:
    return Response(
        on.readiness.answer(
            request.caller, framework_id=request.query.get("framework_id"), dimension=request.query.get("dimension")
        )
    )


@api.get(
    "/api/v1/calibration",
    "What the nightly calibration has learnt: how noisy scores are, and how far scorers lean",
    "operations.read",
    answer=contract.CalibrationAnswer,
    query=(Parameter("version", "A former version instead of the one in force", {"type": "integer", "minimum": 1}),),
    problems=(404, 422),
    tag="Operations",
)
def get_calibration(request: Request, on: UseCases) -> Response:
    return Response(on.calibration.show(request.caller, whole_number(request, "version", 1, 1_000_000_000)))
