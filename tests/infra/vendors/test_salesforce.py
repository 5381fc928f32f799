"""Our client of Salesforce against a server of our own: who is let in, what refusals mean, what is asked."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.demonstration.salesforce_interface import (
    INTEGRATION_USER,
    TOKEN_PATH,
    USERNAME,
    Answer,
    SalesforceInterface,
    Trouble,
)
from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_server import SalesforceServer
from infra.vendors import soql
from infra.vendors.salesforce import MOST_BYTES
from shared.kernel.errors import AugmentError
from shared.ports.crm import CrmLimited, CrmRecord, CrmRefused, CrmUnavailable, Cursor, Deleted, Usage
from tests.harness.salesforce import Connected, client, key_pair, salesforce
from tests.harness.web import Told, serving

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def refusal(connected: Connected, trouble: Trouble) -> AugmentError:
    """What our client raises when something goes wrong."""
    connected.interface.order(trouble)
    with pytest.raises(AugmentError) as raised:
        client(connected.url).read("Opportunity", ["006000000000001AAA"], ["Name"])
    return raised.value


class TestLogin:
    def test_a_session_is_kept_and_renewed_once_when_it_has_ended(self) -> None:
        """J10: 401 is a session that has ended, no refusal."""
        with salesforce() as connected:
            deal = connected.organisation.add("Opportunity", {"Name": "Deal"})
            for _ in range(3):
                assert deal in connected.records.read("Opportunity", [deal], ["Name"])
            assert connected.interface.answered == {200: 4}, "one login"
            connected.interface.end_sessions()
            assert deal in connected.records.read("Opportunity", [deal], ["Name"])
            assert connected.interface.answered == {200: 6, 401: 1}

    def test_many_whose_session_has_ended_renew_it_once_for_all(self) -> None:
        with salesforce() as connected:
            deal = connected.organisation.add("Opportunity", {"Name": "Deal"})
            connected.records.read("Opportunity", [deal], ["Name"])
            connected.interface.end_sessions()
            found: list[Mapping[str, Any]] = []
            asking = [
                threading.Thread(target=lambda: found.append(connected.records.read("Opportunity", [deal], ["Name"])))
                for _ in range(6)
            ]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            assert [deal in one for one in found] == [True] * 6
            assert connected.interface.logins == 2

    def test_a_session_that_is_refused_at_once_is_not_asked_for_for_ever(self) -> None:
        with salesforce() as connected:
            expired = Answer(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
            connected.interface.order(Trouble(expired), times=5)
            with pytest.raises(CrmRefused, match="login policies"):
                connected.records.read("Opportunity", ["006000000000001AAA"], ["Name"])
            assert connected.interface.answered == {200: 2, 401: 2}

    @pytest.mark.parametrize(
        ("other", "mend"),
        [
            ({"audience": "https://test.salesforce.com"}, "'https://test.salesforce.com': AUGMENT_SALESFORCE_AUDIENCE"),
            ({"user": "somebody@demonstration.example"}, "“Admin approved users are pre-authorized”"),
            ({"consumer_key": "another"}, "AUGMENT_SALESFORCE_CONSUMER_KEY is of no connected app"),
            ({"private_key": "no key"}, "the secret salesforce-key is no RSA key in PEM"),
        ],
    )
    def test_j09_a_wrong_configuration_says_what_to_mend(self, other: Mapping[str, str], mend: str) -> None:
        """J09: none of these is ever tried again."""
        with salesforce() as connected, pytest.raises(CrmRefused) as raised:
            client(connected.url, other).read("Opportunity", ["006000000000001AAA"], ["Name"])
        assert mend in raised.value.mend

    def test_j09_of_another_key_and_another_clock_the_clock_is_named_first(self) -> None:
        """J09: “invalid assertion” is the clock's, too, and everybody changes the key first."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with salesforce() as connected:
            for mend, records in (
                ("not the one of the certificate", client(connected.url, {"private_key": other.decode()})),
                ("seconds apart", client(connected.url, now=lambda: datetime.now(UTC) - timedelta(minutes=10))),
                ("seconds apart", client(connected.url, now=lambda: datetime.now(UTC) + timedelta(minutes=10))),
            ):
                with pytest.raises(CrmRefused, match=mend):
                    records.read("Opportunity", ["006000000000001AAA"], ["Name"])

    @pytest.mark.parametrize(
        ("answer", "kind", "words"),
        [
            (
                Answer(400, {"error": "invalid_app_access", "error_description": "user is not admin approved to …"}),
                CrmRefused,
                "access to the app",
            ),
            (Answer(503, "<html>down for maintenance</html>"), CrmUnavailable, "answers 503"),
            (Answer(404, "<html>no such page</html>"), CrmRefused, "AUGMENT_SALESFORCE_TOKEN_URL (404)"),
            (
                Answer(400, {"error": "invalid_grant", "error_description": "login rate exceeded"}),
                CrmLimited,
                "limits our logins",
            ),
            (Answer(400, {"error": "<b>", "error_description": "Ann's secret"}), CrmRefused, "(no reason)"),
            (Answer(200, "<html>welcome</html>"), CrmUnavailable, "nothing that can be read"),
            (Answer(200, {"access_token": "t", "instance_url": "http://elsewhere.example"}), CrmRefused, "without TLS"),
        ],
    )
    def test_j09_other_answers_are_told_apart(self, answer: Answer, kind: type[AugmentError], words: str) -> None:
        """J09: an outage answers with HTML, and is tried again."""
        with salesforce() as connected:
            raised = refusal(connected, Trouble(answer, TOKEN_PATH))
        assert type(raised) is kind
        assert words in str(raised)
        assert "secret" not in str(raised)

    def test_j09_the_address_and_the_audience_are_two_settings(self) -> None:
        with pytest.raises(ValueError, match="AUGMENT_SALESFORCE_TOKEN_URL begins with https://"):
            client("http://acme--uat.sandbox.my.salesforce.com")


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "kind", "limit", "words"),
        [
            (
                (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
                CrmLimited,
                ("daily", 900),
                "credentials are right",
            ),
            (
                (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
                CrmLimited,
                ("concurrent", 10),
                "at this moment",
            ),
            ((403, "API_DISABLED_FOR_ORG", "The REST API is not enabled …"), CrmRefused, None, "“API Enabled”"),
            ((500, "UNABLE_TO_LOCK_ROW", "unable to obtain …"), CrmUnavailable, None, "UNABLE_TO_LOCK_ROW"),
            ((400, "QUERY_TIMEOUT", "Your query request was running …"), CrmUnavailable, None, "QUERY_TIMEOUT"),
            ((400, "INVALID_TYPE", "sObject type 'Deal__c' is not supported."), CrmRefused, None, "'Deal__c'"),
            ((403, "INSUFFICIENT_ACCESS", "Ann Poe may not"), CrmRefused, None, "(403, INSUFFICIENT_ACCESS): Name"),
        ],
    )
    def test_j10_refusals_are_told_apart_by_their_code_and_words(
        self, answer: tuple[int, str, str], kind: type[AugmentError], limit: tuple[str, int] | None, words: str
    ) -> None:
        """J10: one status says that the day's allowance is spent, that one asks too much at once, and worse."""
        status, code, message = answer
        with salesforce() as connected:
            raised = refusal(connected, Trouble(Answer(status, [{"message": message, "errorCode": code}])))
        assert type(raised) is kind
        assert words in str(raised)
        assert "Ann" not in str(raised)
        if isinstance(raised, CrmLimited):
            assert (raised.kind, raised.after_seconds) == limit

    def test_j10_the_allowance_is_known_from_each_answer(self) -> None:
        """J10: who watches it slows down before the wall, and leaves the rest to the organisation's others."""
        with salesforce(per_day=20) as connected:
            assert connected.records.usage() is None
            connected.records.changed_since("Opportunity", ["Name"], None)
            assert connected.records.usage() == Usage(1, 20)
            connected.interface.used = 18
            connected.records.changed_since("Opportunity", ["Name"], None)
            assert connected.records.usage() == Usage(19, 20)
            assert Usage(19, 20).nearly_spent
            assert not Usage(18, 20).nearly_spent
            connected.records.changed_since("Opportunity", ["Name"], None)
            with pytest.raises(CrmLimited) as raised:
                connected.records.changed_since("Opportunity", ["Name"], None)
            assert raised.value.kind == "daily"

    @pytest.mark.parametrize(
        ("field", "words"),
        [
            ("Sales_Enginer__c", "'Sales_Enginer__c' does not exist on Opportunity"),
            ("Account.Industrie", "'Account.Industrie' does not exist on Account"),
            ("Acount.Industry", "'Acount.Industry' goes by a relation that does not exist"),
            ("Amount) FROM User", "'Amount) FROM User' is no name of a field"),
            ("", "'' is no name of a field"),
        ],
    )
    def test_the_configured_field_that_is_wrong_is_named(self, field: str, words: str) -> None:
        with salesforce() as connected, pytest.raises(CrmRefused) as raised:
            connected.records.exists("Opportunity", ["Name", "Amount", field])
        assert words in raised.value.mend

    @pytest.mark.parametrize(
        "answer",
        [
            Told(b"<html>a proxy's welcome</html>"),
            Told({"records": 7, "done": True}),
            Told({"records": [], "done": False}),
            Told({"records": [], "done": False, "nextRecordsUrl": "https://elsewhere.example/query/1"}),
            Told({"records": [{"Id": "006000000000001AAA"}], "done": True}),
            Told([]),
            Told(b"[" * 100_000),
            Told({}, status=302, headers={"Location": "https://elsewhere.example/"}),
        ],
        ids=["html", "no list", "no next", "elsewhere", "no stamp", "a list", "deep", "moved"],
    )
    def test_whatever_comes_is_told_as_trouble_of_the_crm(self, answer: Told) -> None:
        with salesforce() as connected, serving(lambda _: answer) as url:
            login = Answer(200, {"access_token": "t", "instance_url": url})
            connected.interface.order(Trouble(login, TOKEN_PATH))
            with pytest.raises((CrmUnavailable, CrmRefused)):
                connected.records.read("Opportunity", ["006000000000001AAA"], ["Name"])

    def test_an_answer_has_a_bound(self) -> None:
        large = Told(b" " * (MOST_BYTES + 1))
        with salesforce() as connected, serving(lambda _: large) as url:
            login = Answer(200, {"access_token": "t", "instance_url": url})
            connected.interface.order(Trouble(login, TOKEN_PATH))
            with pytest.raises(CrmUnavailable, match="cannot be reached"):
                connected.records.read("Opportunity", ["006000000000001AAA"], ["Name"])

    def test_nobody_there_is_an_outage(self) -> None:
        server = SalesforceServer(SalesforceInterface(Organisation(), key_pair()[1]))
        with server:
            url = server.url
        with pytest.raises(CrmUnavailable, match="cannot be reached"):
            client(url).read("Opportunity", ["006000000000001AAA"], ["Name"])


class TestAsking:
    def test_many_ids_are_several_questions(self) -> None:
        with salesforce(page_size=150) as connected:
            ids = [connected.organisation.add("Opportunity", {"Name": "d"}) for _ in range(401)]
            assert set(connected.records.read("Opportunity", ids, ["Name"])) == set(ids)
            assert [asked.count("'") // 2 for asked in connected.interface.asked] == [200, 200, 1]

    def test_a_merged_record_says_into_which_and_its_children_have_moved(self) -> None:
        organisation = Organisation()
        kept, lost = (organisation.add("Account", {"Name": name}) for name in ("Acme", "ACME Inc"))
        deal = organisation.add("Opportunity", {"Name": "Deal", "AccountId": lost})
        organisation.delete("Account", lost, into=kept)
        with salesforce(organisation) as connected:
            gone = connected.records.read("Account", [lost], [])[lost]
            assert isinstance(gone, Deleted)
            assert gone.merged_into == kept
            found = connected.records.read("Opportunity", [deal], ["Account.Name"])[deal]
            assert isinstance(found, CrmRecord)
            assert found.text("Account.Name") == "Acme"

    def test_users_are_asked_for_without_what_they_do_not_have(self) -> None:
        with salesforce() as connected:
            user = connected.organisation.add("User", {"Email": "joe.smith@demonstration.example"})
            found = connected.records.read("User", [user], ["Email"])[user]
            assert isinstance(found, CrmRecord)
            assert found.text("Email") == "joe.smith@demonstration.example"

    def test_a_question_is_quoted_and_its_moments_have_no_colon(self) -> None:
        assert soql.quoted("O'Hara \\ \n") == "'O\\'Hara \\\\ \\n'"
        asked = soql.after("Opportunity", ["Name"], Cursor(NOON.replace(microsecond=7_000), "006000000000001AAA"), 4)
        assert asked == (
            "SELECT Name, Id, SystemModstamp, IsDeleted FROM Opportunity WHERE SystemModstamp > "
            "2026-03-02T12:00:00.007+0000 OR (SystemModstamp = 2026-03-02T12:00:00.007+0000 AND Id > "
            "'006000000000001AAA') ORDER BY SystemModstamp, Id LIMIT 4"
        )

    def test_a_record_is_written_as_the_integrations_user(self) -> None:
        with salesforce() as connected:
            deal = connected.organisation.add("Opportunity", {"Name": "Deal"})
            assert connected.records.write("Opportunity", deal, {"Readiness__c": 63, "Open_Preparation__c": None})
            row = connected.organisation.row("Opportunity", deal)
            assert row is not None
            assert (row["Readiness__c"], row["LastModifiedById"]) == (63, INTEGRATION_USER)
            with pytest.raises(CrmRefused, match="'Redyness__c' does not exist on Opportunity"):
                connected.records.write("Opportunity", deal, {"Redyness__c": 1})
            connected.organisation.delete("Opportunity", deal)
            for gone in (deal, "006000000zzzzzzAAA", "../../limits"):
                assert not connected.records.write("Opportunity", gone, {"Readiness__c": 1})

    def test_no_key_and_no_session_is_in_any_error(self) -> None:
        with salesforce() as connected:
            raised = refusal(connected, Trouble(Answer(400, [{"errorCode": "X", "message": USERNAME}])))
            for word in ("session-", "BEGIN", USERNAME):
                assert word not in f"{raised!s} {raised!r} {raised.__context__!r}"
