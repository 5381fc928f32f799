"""The platform in Terraform's environment with nothing added by hand: who posts, a mail thread, and the smoke test."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.demonstration.vendors import DemonstrationVendors
from infra.web.observations import HttpObservations
from scripts.commands import smoke
from shared.kernel.errors import Rejected, Retryable
from tests.enablement.deals import acme
from tests.harness.google_platform import GooglePlatform, account_of, ask, eventually, google_platform
from tests.ports.harness import Unavailable
from tests.system.small_corpus import ENID, JOE, PEOPLE, SmallStaging, staged_thread, thread
from tests.system.test_call_flow import reviews

pytestmark = pytest.mark.emulator
EMAIL = thread("acme_health_data_flow")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GooglePlatform]:
    with ExitStack() as stack:
        vendors = stack.enter_context(DemonstrationVendors(SmallStaging()))
        try:
            yield stack.enter_context(
                google_platform(tmp_path_factory.mktemp("packaged"), io.StringIO(), vendors.settings)
            )
        except Unavailable as reason:
            pytest.skip(str(reason))


def test_the_smoke_test_passes_and_passes_again(house: GooglePlatform, tmp_path: Path) -> None:
    api = house.deployment.api_url
    for name in ("administration", "stranger"):
        (tmp_path / name).write_text(house.issued(account_of(name), api), "utf-8")
    arguments = [f"--url={house.address}", f"--portal={house.portal}", f"--token-file={tmp_path / 'administration'}"]
    for _ in range(2):
        out, errors = io.StringIO(), io.StringIO()
        code = smoke.main([*arguments, f"--stranger-token-file={tmp_path / 'stranger'}"], out, errors)
        assert (code, errors.getvalue()) == (0, ""), out.getvalue()


def test_a_mail_thread_becomes_a_rating(house: GooglePlatform) -> None:
    assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).status == 200
    mail_becomes_a_rating(house)


def test_a_deal_becomes_assignments(house: GooglePlatform) -> None:
    assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).status == 200
    deal_becomes_assignments(house)


def deal_becomes_assignments(house: GooglePlatform) -> None:
    meeting = (datetime.now(UTC) + timedelta(days=20)).isoformat()
    body = acme(employee_id=JOE, next_meeting__date=meeting)
    planned = ask(house, "POST", "/api/v1/deal-assignments", body, account="crm", function="deals")
    assert planned.status in (200, 201), planned
    wanted = {one["assignment_id"] for one in planned.value["assignments"]}
    own, path = house.person(JOE), f"/api/v1/employees/{JOE}/assignments"

    def given() -> bool:
        return wanted <= {one["assignment_id"] for one in ask(house, "GET", path, token=own).value["items"]}

    assert wanted, planned
    eventually(given, "what the deal asks for")


def mail_becomes_a_rating(house: GooglePlatform) -> None:
    body = {"export": staged_thread(EMAIL).mbox.decode(), "thread_id": "flow"}
    taken = ask(house, "POST", "/api/v1/email-threads", body, account="voice-roleplay", function="email_threads")
    assert taken.status == 202, taken

    def observed() -> bool:
        calls = ask(house, "GET", "/api/v1/calls").value["items"]
        return any(one["record_id"] == "email-flow" and one["state"] == "observed" for one in calls)

    eventually(observed, "the analysed thread")
    # What a model says of a mail waits for a person, who then lets it count.
    enid = house.person(ENID)
    item = eventually(lambda: next((one for one in reviews(house) if one["source_id"] == "flow"), None), "the review")
    review = f"/api/v1/reviews/{item['review_id']}"
    seen = ask(house, "POST", f"{review}/own-scores", {"skip": True}, token=enid).value
    decision = {"decision": "confirm", "event_id": seen["event_id"]}
    assert ask(house, "POST", f"{review}/decision", decision, token=enid).value["outcome"] == "confirmed"
    own, path = house.person(item["employee_id"]), f"/api/v1/employees/{item['employee_id']}/skills?view=all"
    eventually(
        lambda: any(row["field_observations"] for row in ask(house, "GET", path, token=own).value["skills"]),
        "a rating of what was written",
    )


def test_who_posts_without_a_declaration_is_refused(house: GooglePlatform) -> None:
    """The same post, by the account that `posts:` lets in and by that of a function which declares none."""
    functions = house.deployment.functions
    allowed = functions["ingest"].environment["AUGMENT_ALLOWED_CALLERS"]
    poster, other = functions["gong_call"].account, functions["rating_update"].account
    assert f"{poster}:events.write" in allowed.split(",")
    assert other not in allowed
    with pytest.raises(Rejected):  # let in, and told what is wrong with it
        posting_as(house, poster).post({})
    with pytest.raises(Retryable, match="403"):
        posting_as(house, other).post({})


def test_the_address_of_ingest_itself_is_closed_to_functions(house: GooglePlatform) -> None:
    assert not house.deployment.functions["ingest"].reachable
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(house.outside("ingest"), timeout=10)


def posting_as(house: GooglePlatform, account: str) -> HttpObservations:
    class Own:
        def token_for(self, audience: str) -> str:
            return house.issued(account, audience)

    return HttpObservations(lambda: house.address, Own(), house.deployment.api_url)
