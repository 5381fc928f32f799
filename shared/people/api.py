"""Serves the routes of people: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.kernel.unicode_form import folded
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import csv_of, decode_cursor, employee_id_of, encode_cursor, limit_of, one_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.people.usecases.change_employee import ChangeEmployee
    from shared.people.usecases.import_people import ImportPeople
    from shared.people.usecases.list_job_titles import ListJobTitles
    from shared.people.usecases.open_profile import OpenProfile
    from shared.people.usecases.people_in_sight import PeopleInSight

contract = Contract(lambda: import_module("shared.people.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def in_sight(self) -> PeopleInSight: ...
    @property
    def import_people(self) -> ImportPeople: ...
    @property
    def list_job_titles(self) -> ListJobTitles: ...
    @property
    def profile_access(self) -> OpenProfile: ...
    @property
    def change_employee(self) -> ChangeEmployee: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/employees",
    "The people in the caller's sight",
    "people.list",
    answer=contract.EmployeeList,
    query=(
        LIMIT,
        CURSOR,
        Parameter("manager", "Only direct reports of this manager"),
        Parameter("active", "true (the default), false or all", {"type": "string", "enum": ["true", "false", "all"]}),
    ),
    problems=(422,),
    tag="People",
)
def list_employees(request: Request, on: UseCases) -> Response:
    from shared.people.contract import EmployeeList

    active = one_of(request, "active", ("true", "false", "all")) or "true"
    after = request.query.get("cursor")
    shown, following = on.in_sight.page(
        request.caller,
        limit=limit_of(request),
        after=None if after is None else str(decode_cursor(after, 1)[0]),
        manager=folded(request.query["manager"]) if "manager" in request.query else None,
        active={"true": True, "false": False, "all": None}[active],
    )
    cursor = None if following is None else encode_cursor([following])
    return Response(EmployeeList(employees=shown, next_cursor=cursor))


@api.post(
    "/api/v1/employees/import",
    "Import people from CSV (`employee_id` may stand in the place of `email`), with a report line by line",
    "people.write",
    answer=contract.ImportAnswer,
    csv="name,email,role,manager,hire_date",
    problems=(400, 413, 415, 422),
    tag="People",
)
def import_employees(request: Request, on: UseCases) -> Response:
    return Response(on.import_people.from_csv(request.caller, csv_of(request)))


@api.get(
    "/api/v1/job-titles",
    "The titles that an import of people reads, each with its role",
    "people.write",
    answer=contract.JobTitleList,
    tag="People",
)
def list_job_titles(request: Request, on: UseCases) -> Response:
    return Response(on.list_job_titles.list(request.caller))


@api.get(
    "/api/v1/employees/<employee_id>",
    "One person's record",
    "profile.read",
    answer=contract.EmployeeView,
    of_one=True,
    problems=(404,),
    tag="People",
)
def get_employee(request: Request, on: UseCases) -> Response:
    return Response(on.profile_access.show(request.caller, employee_id_of(request)))


@api.put(
    "/api/v1/employees/<employee_id>",
    "Create or replace one person's record",
    "people.write",
    answer=contract.EmployeeView,
    body=contract.EmployeeBody,
    problems=(400, 404, 409, 412, 413, 415, 422),
    tag="People",
)
def put_employee(request: Request, on: UseCases) -> Response:
    from shared.people.contract import EmployeeBody

    employee_id = employee_id_of(request)
    body = request.body(EmployeeBody)
    return Response(on.change_employee.put(request.caller, employee_id, body, request.expect))
