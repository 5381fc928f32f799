"""Describes what identities takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from shared.kernel.bodies import Body, EmployeeId, readable
from shared.platform.contract import Output

Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True), AfterValidator(readable)
]


class RenameBody(Body):
    """Gives a person another id."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    new_id: EmployeeId = Field(
        description="The id from now on; nobody else has or had it. The old one stays understood"
    )
    reason: Reason = Field(description="Why; it stands in the audit")


class MergeBody(Body):
    """Makes one person of two records."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    into: EmployeeId = Field(description="The record that stays; the path's goes, and its id leads to this one")
    reason: Reason = Field(description="Why; it stands in the audit")


class ReleaseBody(Body):
    """Gives up an id that a person had, for somebody whose it is."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    reason: Reason = Field(description="Why; it stands in the audit")


class FormerId(Output):
    """An id that a person had. Whatever comes in under it counts for the person, until it is released."""

    former_id: str
    given_up_at: datetime = Field(description="When the person got another one, or their record went into another")
    run_id: str = Field(description="The move by which, at /moves/{run_id}")


class FormerIds(Output):
    """The ids that lead to a person, beside the one that they have."""

    employee_id: str
    former_ids: list[FormerId]


class MoveRun(Output):
    """Everything of one id on its way to another one. What comes in under either counts for the person at once."""

    run_id: str
    kind: Literal["rename", "merge"]
    former_id: str
    employee_id: str = Field(description="Where everything goes")
    state: Literal["running", "waiting", "finished"] = Field(
        description="waiting: for the second look, at what was on its way during the first"
    )
    reason: str
    requested_by: str
    requested_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    documents: int = Field(description="How many have been changed so far")
