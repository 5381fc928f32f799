"""Rules of calls: what was observed in them, their transcripts and samples."""

from __future__ import annotations

from itertools import count

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, NOW, SARAH, ApiClient
from tests.harness.call_records import call_record, took_part
from tests.policy.both_edges import ADMINISTRATOR, EVERYBODY, Rule

OPENING = frozenset({"employee", "manager", "mentor", "enablement", "cro", "administrator"})
REVIEWING = frozenset({"enablement", "administrator"})
LEADING = REVIEWING | {"cro"}
COST, BROKEN, SAID = "0.0123", "The analyst did not answer in time", "What does a failed release cost you"
_numbers = count(1)


def call(api: ApiClient) -> str:
    """A call of Joe's with a customer, which was analysed at the second attempt."""
    call_id = f"policy-{next(_numbers)}"
    parties = (Party("1", "Joe", JOE, Affiliation.INTERNAL), Party("2", "Casey", None, Affiliation.EXTERNAL))
    api.platform.transcripts.keep("gong", Conversation(call_id, None, 20_000, parties, (Turn("1", 0, 9_000, SAID),)))
    made = call_record(
        "gong",
        call_id,
        NOW,
        state="observed",
        title="Quarterly review",
        employees=[JOE],
        participants=[took_part(JOE)],
        observations=[{"employee_id": JOE, "observation_id": "o", "standing": "counted", "scores": {"discovery": 80}}],
        cost_usd=0.0123,
        last_error=BROKEN,
    )
    assert api.platform.call_records.create(made)
    return made.record_id


def unscored(api: ApiClient) -> str:
    """A call of Joe's in which nothing to score was observed."""
    record_id = call(api)
    api.platform.call_records.change(record_id, lambda known: known.changed(observations=()))
    return record_id


PERIOD = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-03T00:00:00Z"}


def period(api: ApiClient) -> str:
    """A new analysis of a period's calls."""
    return str(api.post("calls/analyses", PERIOD).json["run_id"])


RULES = (
    Rule(
        "a call is shown to whom a profile in it opens, its cost and last error to those who run the platform",
        call,
        ("GET", "calls/{id}"),
        ("GET", "/calls/{id}"),
        OPENING,
        shown=(COST, BROKEN),
        shown_to=REVIEWING,
        recorded=AuditAction.CALL_VIEWED,
        recorded_for=OPENING - {"employee"},
        about=JOE,
    ),
    Rule(
        "calls are listed, and leaders' views are recorded",
        call,
        ("GET", "calls"),
        ("GET", "/calls"),
        EVERYBODY - {"employer"},
        recorded=AuditAction.CALLS_LISTED,
        recorded_for=LEADING,
        about=JOE,
    ),
    Rule(
        "a call is analysed again",
        call,
        ("POST", "calls/{id}/analyses"),
        ("POST", "/calls/{id}/analyses"),
        REVIEWING | {"manager"},
        recorded=AuditAction.CALL_REANALYSIS_REQUESTED,
    ),
    Rule(
        "a call is linked to its deal",
        call,
        ("PUT", "calls/{id}/deal"),
        ("POST", "/calls/{id}/deal"),
        REVIEWING | {"manager"},
        form={"deal_id": "006B", "account_name": "Bluefin"},
        body={"deal_id": "006B", "account_name": "Bluefin"},
        recorded=AuditAction.CALL_DEAL_LINKED,
    ),
    Rule(
        "the voices of a call are listed",
        call,
        ("GET", "calls/{id}/speakers"),
        None,
        ADMINISTRATOR,
        recorded=AuditAction.CALL_VIEWED,
        about=JOE,
    ),
    Rule(
        "a part in a call is moved to the right person",
        unscored,
        ("POST", "calls/{id}/speakers"),
        ("POST", "/calls/{id}/speakers"),
        ADMINISTRATOR,
        form={"speaker_id": "1", "employee_id": SARAH, "reason": "Sarah spoke"},
        body={"speaker_id": "1", "employee_id": SARAH, "reason": "Sarah spoke"},
        recorded=AuditAction.CALL_MOVED,
        about=JOE,
    ),
    Rule(
        "the calls of a period are analysed again",
        lambda api: "",
        ("POST", "calls/analyses"),
        ("POST", "/calls/analyses"),
        REVIEWING,
        form={"from": "2026-01-01", "to": "2026-01-02"},
        body=PERIOD,
        recorded=AuditAction.CALLS_REANALYSIS_REQUESTED,
    ),
    Rule(
        "how far the new analysis of a period's calls is, is shown",
        period,
        ("GET", "calls/analyses/{id}"),
        ("GET", "/calls/analyses/{id}"),
        REVIEWING,
    ),
    Rule(
        "a transcript is opened by whoever was in the call, and on a ground, which is recorded",
        call,
        ("GET", "calls/{id}/transcript"),
        ("POST", "/calls/{id}/transcript"),
        ADMINISTRATOR | {"employee"},
        shown=(SAID,),
        recorded=AuditAction.TRANSCRIPT_OPENED,
        recorded_for=ADMINISTRATOR,
        about=JOE,
    ),
    Rule(
        "samples are read without anybody's name, and each reading is recorded",
        call,
        ("GET", "transcript-samples?competency=discovery&band=high"),
        ("GET", "/samples?competency=discovery&band=high"),
        REVIEWING,
        never=(SAID, JOE),
        recorded=AuditAction.TRANSCRIPT_SAMPLES_READ,
    ),
)
