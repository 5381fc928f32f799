"""Nothing new of an enrolled learner is kept before they agree, or after they withdraw, whoever brings it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra.demonstration.apprentice_feeding import CONSENT
from shared.learning.domain.consent import CURRENT, TEXTS
from shared.ports.documents import Query
from tests.evidence.sending import EMPLOYER, JPEG, bytes_kept, employ, jointing, notes, send
from tests.evidence.test_observing import history, observe, seen, verified, verify
from tests.harness.api_client import JOE, MO, ApiClient, Reply

BROUGHT: dict[str, Callable[[ApiClient], Reply]] = {
    "their own photo": lambda api: send(api, key="new"),
    "their mentor's photo of them": lambda api: send(api, who=MO, employee_id=JOE, key="new"),
    "an observation": lambda api: observe(api, seen(7)),
    "a verification": lambda api: verify(api, verified(7)),
}


@pytest.fixture
def site(api: ApiClient) -> ApiClient:
    """Joe learns cable jointing with Mo."""
    jointing(api)
    return api


@pytest.mark.parametrize("said", [(), (False,), (True, False)], ids=["not asked", "refused", "withdrawn"])
@pytest.mark.parametrize("brought", BROUGHT)
def test_nothing_new_is_kept_without_agreement_and_the_sender_is_told_why(
    site: ApiClient, said: tuple[bool, ...], brought: str
) -> None:
    employ(site, said=said)

    refused = BROUGHT[brought](site)

    assert refused.status == 403
    assert "agree" in refused.json["detail"]
    assert "again" in refused.json["detail"], "the sender keeps it, and may send it later"
    assert (bytes_kept(site), notes(site), history(site)) == ([], 0, [])
    assert not site.parts.documents.query(Query("evidence"))
    employ(site)
    assert BROUGHT[brought](site).status in (200, 201), "the same is taken in once they agree"


def test_what_was_kept_before_stays_and_is_answered_as_kept(site: ApiClient) -> None:
    employ(site)
    before = [send(site), observe(site, seen(1)), verify(site, verified(2))]
    employ(site, said=(True, False))

    again = [send(site), observe(site, seen(1)), verify(site, verified(2))]

    assert [one.json["evidence_id"] for one in again] == [one.json["evidence_id"] for one in before]
    assert {one.json["status"] for one in again} == {"duplicate"}
    assert send(site, JPEG + b"other", key="device-2").status == 403


def test_who_learns_by_no_standard_was_never_asked_and_may_send(site: ApiClient) -> None:
    assert send(site).status == 201
    assert observe(site, seen(1)).status in (200, 201)
    assert verify(site, verified(1), EMPLOYER).status == 403, "nobody employs them"


def test_the_text_in_force_names_what_is_kept_and_nothing_that_is_not() -> None:
    text = TEXTS[CURRENT]
    assert all(word in text for word in ("answers", "photos", "voice notes", "observes", "withdraw"))
    assert "which lessons you open" not in text, "nobody records that"


def test_the_demonstrations_apprentices_agree_to_the_text_in_force() -> None:
    assert CONSENT == CURRENT
