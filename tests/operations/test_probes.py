"""The health check's questions to the vendors, asked of servers that speak their protocols."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.gong_interface import GongInterface
from infra.demonstration.gong_server import GongServer
from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface
from infra.demonstration.messages_server import MessagesServer
from infra.demonstration.salesforce_interface import CLIENT_ID, TOKEN_PATH, USERNAME, Answer, Trouble
from infra.local.ambient import SystemClock
from infra.local.sqlite_documents import SqliteDocuments
from infra.vendors.integrations import Integrations
from infra.wiring.ports.probes import probes
from shared.kernel.errors import NotFound, Retryable
from shared.operations.usecases.check_health import AskIntegrations, CheckHealth
from shared.operations.usecases.unreadable_records import Kept as KeptRecords
from shared.ports.ambient import ProbeAnswer
from tests.conversations.gong_calls_in_json import details
from tests.harness.google import GivenPorts
from tests.harness.salesforce import Connected, key_pair, salesforce
from tests.harness.web import Asked, Told, serving
from tests.ports.test_language_model import counting

GONG_KEY = "demonstration:demonstration"
GOOGLE = {"GOOGLE_CLOUD_PROJECT": "demo", "AUGMENT_FUNCTION": "health_check"}
DECLARED = frozenset({"gong-access", "gong-webhook-key", "anthropic-key"})


class Kept:
    """Secrets in memory."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def get(self, name: str) -> str:
        if name not in self.values:
            raise NotFound(f"no secret {name}")
        return self.values[name]


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
    yield store
    store.close()


def connecting(
    documents: SqliteDocuments, settings: Mapping[str, str], secrets: Any, declared: frozenset[str] = DECLARED
) -> GivenPorts:
    """The environment of a function that may read these secrets, with the vendors connected by them."""
    on = GivenPorts({**GOOGLE, **settings}, {"integrations": documents})
    on.connected = Integrations(settings, secrets, declared)
    return on


def told(name: str, documents: SqliteDocuments, settings: Mapping[str, str], **secrets: str) -> ProbeAnswer:
    """What the probe of one vendor says; a vendor that is not connected has none."""
    named = {key.replace("_", "-"): value for key, value in secrets.items()}
    probe = probes(connecting(documents, settings, Kept(named)))[name]
    assert probe is not None
    return probe.check()


class TestGong:
    def test_it_answers_with_calls_and_without(self, documents: SqliteDocuments) -> None:
        recorder = GongInterface()
        with GongServer(recorder) as server:
            settings = {"AUGMENT_GONG_URL": server.url}
            assert told("Gong", documents, settings, gong_access=GONG_KEY) == ProbeAnswer(True, "answers")
            recorder.add(details(1, datetime.now(UTC) - timedelta(seconds=30)))
            assert told("Gong", documents, settings, gong_access=GONG_KEY) == ProbeAnswer(True, "answers")
        assert recorder.transcripts_given == []
        assert recorder.answered[429] == 0

    def test_it_takes_its_requests_from_the_shared_budget(self, documents: SqliteDocuments) -> None:
        with GongServer(GongInterface()) as server:
            settings = {"AUGMENT_GONG_URL": server.url, "AUGMENT_GONG_PER_DAY": "2"}
            answers = [told("Gong", documents, settings, gong_access=GONG_KEY) for _ in range(3)]
        assert [answer.ok for answer in answers] == [True, True, False]
        assert "the day's requests are used up" in answers[-1].detail

    def test_a_recorder_that_asks_to_wait_is_no_fault(self, documents: SqliteDocuments) -> None:
        busy = Told({"errors": ["API request limit exceeded"]}, status=429, headers={"Retry-After": "2"})
        with serving(lambda _: busy) as url:
            answer = told("Gong", documents, {"AUGMENT_GONG_URL": url}, gong_access=GONG_KEY)
        assert answer.ok is True
        assert "not asked this time" in answer.detail

    @pytest.mark.parametrize(
        ("secret", "reason"),
        [
            ("demonstration:a-wrong-secret", "does not take our key (401): check the secret gong-access"),
            ("a-key-alone", "a setting or the secret cannot be read"),
        ],
    )
    def test_a_key_that_is_wrong_is_said_and_not_shown(
        self, documents: SqliteDocuments, secret: str, reason: str
    ) -> None:
        with GongServer(GongInterface()) as server:
            answer = told("Gong", documents, {"AUGMENT_GONG_URL": server.url}, gong_access=secret)
        assert answer.ok is False
        assert reason in answer.detail
        assert secret.rpartition(":")[-1] not in answer.detail

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (Told({}, status=500), "answers 500"),
            (Told(b"<html>Welcome to the proxy</html>"), "cannot be read"),
            (Told({"errors": ["no such resource"]}, status=404), "not at this address"),
            (Told({"errors": [GONG_KEY]}, status=400), "finds the request wrong"),
        ],
        ids=["outage", "something else", "elsewhere", "changed"],
    )
    def test_what_is_wrong_is_named(self, documents: SqliteDocuments, answer: Told, reason: str) -> None:
        with serving(lambda _: answer) as url:
            found = told("Gong", documents, {"AUGMENT_GONG_URL": url}, gong_access=GONG_KEY)
        assert found.ok is False
        assert reason in found.detail
        assert "demonstration" not in found.detail

    def test_nobody_there(self, documents: SqliteDocuments) -> None:
        with GongServer(GongInterface()) as server:
            address = server.url
        found = told("Gong", documents, {"AUGMENT_GONG_URL": address}, gong_access=GONG_KEY)
        assert (found.ok, found.detail) == (False, "Gong cannot be reached (ConnectError)")


SALESFORCE = frozenset({"salesforce-key"})


def salesforce_says(
    documents: SqliteDocuments, connected: Connected, settings: Mapping[str, str] | None = None, key: str | None = None
) -> ProbeAnswer:
    """What the probe says of a server of Salesforce's interface. key: instead of that of the certificate"""
    known = {
        "AUGMENT_SALESFORCE_TOKEN_URL": connected.url + TOKEN_PATH,
        "AUGMENT_SALESFORCE_CONSUMER_KEY": CLIENT_ID,
        "AUGMENT_SALESFORCE_USER": USERNAME,
        "AUGMENT_SALESFORCE_PRODUCTS": "Products__c",
        **(settings or {}),
    }
    on = connecting(documents, known, Kept({"salesforce-key": key or key_pair()[0]}), SALESFORCE)
    probe = probes(on)["Salesforce"]
    assert probe is not None
    return probe.check()


class TestSalesforce:
    def test_it_answers_and_says_how_much_of_its_allowance_is_used(self, documents: SqliteDocuments) -> None:
        with salesforce(per_day=15_000) as connected:
            connected.interface.used = 7_000
            answer = salesforce_says(documents, connected)
            assert answer == ProbeAnswer(True, "answers; 7,001 of 15,000 requests of 24 hours are used")
            connected.interface.used = 14_949
            answer = salesforce_says(documents, connected)
            assert answer.ok is False
            assert answer.detail.startswith("14,950 of 15,000 requests of 24 hours are used, by all that ask it")

    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            ({"AUGMENT_SALESFORCE_PRODUCTS": "Prodcts__c"}, "the configured field 'Prodcts__c' does not exist on Opp"),
            ({"AUGMENT_SALESFORCE_AUDIENCE": "https://test.salesforce.com"}, "AUGMENT_SALESFORCE_AUDIENCE is"),
            (
                {"AUGMENT_SALESFORCE_TOKEN_URL": "http://acme.my.salesforce.com"},
                "TOKEN_URL begins with https://",
            ),
            ({"AUGMENT_SALESFORCE_ENGINEER": "somebody"}, "AUGMENT_SALESFORCE_ENGINEER: 'somebody' is none of"),
        ],
    )
    def test_what_is_configured_wrong_is_named(
        self, documents: SqliteDocuments, settings: Mapping[str, str], reason: str
    ) -> None:
        with salesforce() as connected:
            answer = salesforce_says(documents, connected, settings)
        assert answer.ok is False
        assert reason in answer.detail

    def test_j10_a_spent_day_is_told_from_a_busy_moment(self, documents: SqliteDocuments) -> None:
        with salesforce() as connected:
            for words, ok, told in (
                ("TotalRequests Limit exceeded.", False, "credentials are right"),
                ("ConcurrentRequests Limit exceeded.", True, "not asked this time"),
            ):
                said = [{"message": words, "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
                connected.interface.order(Trouble(Answer(403, said)))
                answer = salesforce_says(documents, connected)
                assert (answer.ok, told in answer.detail) == (ok, True)

    def test_a_key_is_never_shown(self, documents: SqliteDocuments) -> None:
        with salesforce() as connected:
            answer = salesforce_says(documents, connected, key="-----BEGIN PRIVATE KEY-----\nvery-secret")
        assert answer == ProbeAnswer(False, "the secret salesforce-key is no RSA key in PEM")


class TestClaude:
    def ask(self, documents: SqliteDocuments, url: str, key: str = KEY, **settings: str) -> ProbeAnswer:
        return told(
            "Claude",
            documents,
            {"AUGMENT_MODEL_URL": url, "AUGMENT_MODEL": DEMONSTRATION_MODEL, **settings},
            anthropic_key=key,
        )

    def test_it_answers_and_is_charged_nothing(self, documents: SqliteDocuments) -> None:
        service = MessagesInterface(counting)
        with MessagesServer(service) as url:
            assert self.ask(documents, url) == ProbeAnswer(True, "answers")
        assert service.recorded == []

    @pytest.mark.parametrize(
        ("lifecycle", "ok", "reason"),
        [
            ("deprecated", True, "its model will be retired on 2026-11-30"),
            ("retired", False, "has been retired on 2026-11-30"),
        ],
    )
    def test_a_model_near_its_end_is_named_with_the_day(
        self, documents: SqliteDocuments, lifecycle: str, ok: bool, reason: str
    ) -> None:
        service = MessagesInterface(counting)
        service.lifecycles[DEMONSTRATION_MODEL] = lifecycle
        with MessagesServer(service) as url:
            answer = self.ask(documents, url)
        assert answer.ok is ok
        assert reason in answer.detail
        assert "AUGMENT_MODEL" in answer.detail

    def test_a_model_that_there_is_not(self, documents: SqliteDocuments) -> None:
        with MessagesServer(MessagesInterface(counting)) as url:
            answer = self.ask(documents, url, AUGMENT_MODEL="claude-of-yesteryear")
        assert answer.ok is False
        assert "'claude-of-yesteryear'" in answer.detail

    def test_a_key_that_is_wrong_is_said_and_not_shown(self, documents: SqliteDocuments) -> None:
        with MessagesServer(MessagesInterface(counting)) as url:
            answer = self.ask(documents, url, key="sk-ant-a-wrong-key")
        assert answer.ok is False
        assert "does not let us in: 401" in answer.detail
        assert "sk-ant" not in answer.detail

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (Told({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, status=529), "529"),
            (Told(b"<html>Welcome to the proxy</html>"), "cannot be read"),
            (Told({}), "cannot be read"),
        ],
        ids=["overloaded", "something else", "an empty answer"],
    )
    def test_what_is_wrong_is_named(self, documents: SqliteDocuments, answer: Told, reason: str) -> None:
        with serving(lambda _: answer) as url:
            found = self.ask(documents, url)
        assert found.ok is False
        assert reason in found.detail

    def test_one_request_of_the_model(self, documents: SqliteDocuments) -> None:
        seen: list[Asked] = []

        def service(asked: Asked) -> Told:
            seen.append(asked)
            return Told({"type": "model", "id": "m-1", "lifecycle": "active", "retires_at": None})

        with serving(service) as url:
            assert self.ask(documents, url, AUGMENT_MODEL="m").ok is True
        assert [(one.method, one.path) for one in seen] == [("GET", "/v1/models/m")]


def test_a_secret_that_is_missing_where_it_was_promised_is_a_fault(documents: SqliteDocuments) -> None:
    class Unmounted:
        def get(self, name: str) -> str:
            raise Retryable(f"the secret {name} is not mounted")

    probe = probes(connecting(documents, {}, Unmounted()))["Gong"]
    assert probe is not None
    assert probe.check() == ProbeAnswer(False, "the secret gong-access is not mounted")


@pytest.mark.parametrize("value", [None, "none", " "])
def test_what_is_not_connected_is_not_asked(documents: SqliteDocuments, value: str | None) -> None:
    kept = Kept({} if value is None else {"gong-access": value, "anthropic-key": value})
    assert set(probes(connecting(documents, {}, kept)).values()) == {None}


def test_a_function_without_the_secret_asks_nobody(documents: SqliteDocuments) -> None:
    kept = Kept({"gong-access": GONG_KEY, "anthropic-key": KEY})
    assert set(probes(connecting(documents, {}, kept, frozenset())).values()) == {None}


class Letters:
    """No dead letters."""

    def list(self, limit: int = 100) -> list[Any]:
        return []


class Lines:
    """A log in memory."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def event(self, name: str, severity: str = "INFO", **fields: Any) -> None:
        self.lines.append({"event": name, "severity": severity, **fields})


def test_the_health_check_reports_a_fault_as_failing_without_the_key(documents: SqliteDocuments) -> None:
    log = Lines()
    with GongServer(GongInterface()) as gong, MessagesServer(MessagesInterface(counting)) as model:
        settings = {"AUGMENT_GONG_URL": gong.url, "AUGMENT_MODEL_URL": model, "AUGMENT_MODEL": DEMONSTRATION_MODEL}
        kept = Kept({"gong-access": "k:a-wrong-secret", "anthropic-key": KEY})
        outside = AskIntegrations(probes(connecting(documents, settings, kept)))
        make: Callable[..., CheckHealth] = CheckHealth
        report = make(KeptRecords(documents, ()), Letters(), outside, SystemClock(), log).check()

    states = {item.name: item.state for item in report.integrations}
    assert report.state == "degraded"
    assert (states["Gong"], states["Claude"], states["Salesforce"]) == ("failing", "ok", "not_configured")
    assert {"event": "health.problem", "severity": "ERROR", "integration": "Gong", "state": "failing"} in log.lines
    assert "a-wrong-secret" not in json.dumps([report.stored(), log.lines], default=str)
