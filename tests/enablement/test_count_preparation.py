"""What people prepare is carried into the warehouse once a day, each side of the hold-out as such."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from infra.wiring.ports.warehouse import warehouse
from infra.wiring.preparation_count import preparation_count
from shared.enablement.usecases import count_preparation
from shared.kernel.errors import Retryable
from shared.ports.warehouse import Row
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import JOE, SARAH, ApiClient


def rows(api: ApiClient) -> list[dict[str, object]]:
    found = warehouse(api.platform.on).query(
        "SELECT * FROM staging.preparation_counted ORDER BY counted_at, content_id"
    )
    return [dict(one) for one in found]


def test_each_activity_is_carried_once_a_day_as_it_is_then(api: ApiClient) -> None:
    answer = api.post("deal-assignments", acme(), who=CRM).json
    api.deliver()
    (assignment,) = answer["assignments"]
    first = assignment["activities"][0]["content_id"]
    counting = preparation_count(api.platform.on)
    assert counting.today() == len(assignment["activities"])
    assert counting.today() == 0, "once a day"
    assert {row["state"] for row in rows(api)} == {"open"}
    assert {(row["employee_id"], row["arm"], row["done_at"]) for row in rows(api)} == {(JOE, "none", None)}

    path = f"assignments/{assignment['assignment_id']}/completions"
    assert api.post(path, {"content_id": first, "relevant": True}, who=JOE).status == 200
    api.clock.move(days=1)
    assert counting.today() == len(assignment["activities"])
    (done,) = (row for row in rows(api) if row["done_at"] is not None)
    assert (done["content_id"], done["helped"]) == (first, True)


def test_what_was_due_long_ago_is_left_as_it_was_carried_last(api: ApiClient) -> None:
    assert api.post("deal-assignments", acme(employee_id=SARAH), who=CRM).status == 201
    api.deliver()
    api.clock.move(days=60)
    assert preparation_count(api.platform.on).today() == 0


def test_a_day_that_dies_midway_is_carried_again_until_all_of_it_is_there(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [
        api.post("deal-assignments", acme(deal_id=deal, employee_id=who), who=CRM).json["assignments"][0]
        for deal, who in (("acme-1", JOE), ("acme-2", SARAH))
    ]
    api.deliver()
    store, load, loads = warehouse(api.platform.on), warehouse(api.platform.on).load, []

    def dies(table: str, found: Sequence[Row]) -> None:
        loads.append(table)
        if len(loads) == 2:
            raise Retryable("the warehouse is away")
        load(table, found)

    monkeypatch.setattr(count_preparation, "AT_ONCE", 1)
    monkeypatch.setattr(store, "load", dies)
    counting = preparation_count(api.platform.on)
    with pytest.raises(Retryable):
        counting.today()
    assert len(rows(api)) == 1
    assert counting.today() == sum(len(one["activities"]) for one in given)
    assert {row["assignment_id"] for row in rows(api)} == {one["assignment_id"] for one in given}
    assert counting.today() == 0
