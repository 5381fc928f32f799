"""What happens before the golden documents are taken: requests, schedules and deliveries, told in order.

Only HTTP paths and bodies, as integrators and people send them.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from infra.demonstration import learning_standards

JOE, KIM, SARAH, PRIYA = (f"{name}@augmentcode.com" for name in ("joe.quill", "kim.thistle", "sarah", "priya"))
DANA, VIC, ENID, ADA, MO, CRO = (f"{n}@augmentcode.com" for n in ("dana", "vic", "enid", "ada", "mo", "cro"))
PEOPLE = f"""name,email,role,manager,hire_date,mentor
Joe Quill,{JOE},employee,{DANA},2024-03-01,{MO}
Kim Thistle,{KIM},employee,{DANA},2024-06-15,
Sarah Johnson,{SARAH},employee,{DANA},2022-06-15,
Dana Manager,{DANA},manager,{VIC},2020-01-01,
Vic Senior,{VIC},senior_manager,{CRO},2019-01-01,
Enid Enablement,{ENID},enablement,,2021-01-01,
Chris Revenue,{CRO},cro,,2018-01-01,
Mo Mentor,{MO},mentor,,2020-01-01,
Ada Min,{ADA},administrator,,2018-01-01,
nobody at all,no address,employee,,,
"""
ALONE, TOGETHER = "4073396820192928764", "1220869505535744208"
CALL, SHARED_CALL = f"gong-{ALONE}", f"gong-{TOGETHER}"
THREAD = "email-acme-1"
SERVICE = "administration"


class Told(Protocol):
    """An answer. value: its JSON body"""

    @property
    def value(self) -> Any: ...


class Teller(Protocol):
    """Who tells the story to a platform and keeps every answer."""

    def ask(
        self, method: str, path: str, body: Any = None, *, who: str = SERVICE, kind: str = "application/json"
    ) -> Told: ...

    def schedule(self, name: str) -> None: ...
    def deliver(self) -> None: ...
    def move(self, **by: float) -> None: ...


def tell(teller: Teller) -> None:
    """Everything, in order."""
    for chapter in (people, practice, field, learning, evidence, skills, calls, threads, transcripts):
        chapter(teller)
        teller.deliver()
    teller.move(hours=50)
    for chapter in (reviews, repairs, nights, questions, refusals, deals, erasure):
        chapter(teller)
        teller.deliver()


def tell_of_a_model(teller: Teller) -> None:
    """Calls and a thread that a language model reads in batches, and one of them at once."""
    people(teller)
    teller.schedule("gong-batch")
    teller.deliver()
    threads(teller)
    teller.deliver()
    for _ in range(2):
        teller.schedule("analysis-submit")
        teller.deliver()
        teller.move(hours=1)
        teller.deliver()
    teller.ask("POST", f"calls/{CALL}/analyses", who=ADA)
    teller.deliver()
    teller.schedule("health-check")
    for path in (f"calls/{CALL}", f"calls/{THREAD}", f"field-observations/{JOE}", "health", "certificates"):
        teller.ask("GET", path, who=ADA)


def people(teller: Teller) -> None:
    teller.ask("POST", "employees/import", PEOPLE, kind="text/csv")
    teller.ask("PUT", f"employees/{PRIYA}", {"name": "Priya Patel", "role": "employee", "manager": VIC})
    teller.ask("PUT", f"employees/{PRIYA}", {"name": "Priya Patel", "manager": DANA, "hire_date": "2023-01-09"})
    teller.ask("PUT", f"employees/{PRIYA}", {"name": "Priya Patel", "manager": 7})
    rows = f"email,certification,competency,score,date\n{JOE},Associate,product_knowledge,91,2025-01-15\n"
    teller.ask("POST", "certifications/import", rows, kind="text/csv")


def practice(teller: Teller) -> None:
    first = validation("v1", JOE, 83.17)
    for body in (first, first, {**first, "overall_score": 1}):
        teller.ask("POST", "validation-events", body, who="voice-roleplay")
    listed = [validation(f"v{n}", JOE, 80 + n, industry="healthcare") for n in range(2, 6)]
    listed += [validation(f"s{n}", SARAH, 90 - n) for n in range(4)] + [validation("k1", KIM, 64)]
    listed += [
        listed[0],
        validation("odd", JOE, 60, competency="juggling"),
        {**validation("bad", JOE, 60), "passed": 3},
    ]
    teller.ask("POST", "validation-events", listed, who="voice-roleplay")
    whole = {
        "details_url": "https://practice.example/s/1",
        "session_metadata": {"duration_seconds": 600.5, "scenario_id": "hc", "attempt_number": 2, "mood": "calm"},
        "competency_scores": [
            {"competency": "Discovery", "score": 77.5, "context": {"industry": "fintech", "deal_size": "enterprise"}},
            {"competency": "closing", "score": 70},
        ],
    }
    teller.ask("POST", "validation-events", {**validation("whole", JOE, 77.5), **whole}, who="voice-roleplay")
    teller.ask("POST", "validation-events", validation("stranger", "ned@augmentcode.com", 75), who="voice-roleplay")
    teller.ask("POST", "validation-events", {"employee_id": JOE, "more": ["?"]}, who="voice-roleplay")


def field(teller: Teller) -> None:
    for number in range(4):
        teller.ask("POST", "field-observations", observation(number, JOE, 55 + number), who="voice-roleplay")
    several = [
        observation(9, SARAH, 88),
        observation(8, KIM, 71, reviewed=False),
        observation(8, KIM, 71, reviewed=False),
    ]
    teller.ask("POST", "field-observations", several, who="voice-roleplay")
    teller.ask("POST", "field-observations", {**observation(7, JOE, 70), "source_id": ""}, who="voice-roleplay")


def learning(teller: Teller) -> None:
    first = activity("a1", JOE)
    teller.ask("POST", "learning-activities", first, who="voice-roleplay")
    teller.ask("POST", "learning-activities", [first, activity("a2", KIM), activity("a3", SARAH)], who="voice-roleplay")
    early = {**activity("a4", JOE), "completed_at": "2025-01-01T00:00:00Z"}
    teller.ask("POST", "learning-activities", early, who="voice-roleplay")


def evidence(teller: Teller) -> None:
    """Two bring notes; one sends hers again, and other bytes under its key; a mentor brings one of his learner's."""
    for who, words in ((JOE, "Asked before I pitched"), (KIM, "Kim's own"), (KIM, "Kim's own"), (KIM, "Other bytes")):
        path = "evidence?key=note-1&kind=note&captured_at=2025-03-01T08:00:00Z&competencies=discovery&caption=A%20note"
        teller.ask("POST", path, words, who=who, kind="text/plain")
    teller.ask("POST", f"evidence?key=note-2&kind=note&employee_id={JOE}", "Joe listened", who=MO, kind="text/plain")
    teller.ask("POST", f"evidence?key=note-3&kind=note&employee_id={KIM}", "Not my learner", who=MO, kind="text/plain")
    teller.ask("POST", "learning/observations", {"key": "visit-1"}, who=MO)
    teller.ask("POST", "learning/verifications", {"key": "visit-1"}, who=MO)


def deals(teller: Teller) -> None:
    body = {
        "deal_id": "opp_1",
        "employee_id": JOE,
        "account": {"name": "Acme Health", "industry": "hospitals", "size": "enterprise"},
        "opportunity": {"name": "Expansion", "value": 500000, "stage": "discovery", "products": ["platform", "gizmo"]},
        "next_meeting": {
            "date": "2025-03-21T10:00:00Z",
            "type": "technical_discovery",
            "attendees": [{"name": "Carla Customer", "title": "CISO", "persona": "technical_security"}],
        },
    }
    answer = teller.ask("POST", "deal-assignments", body, who="crm").value
    teller.ask("POST", "deal-assignments", body, who="crm")
    teller.deliver()
    first, *_ = answer["assignments"][0]["activities"]
    done = {"content_id": first["content_id"], "relevant": True}
    teller.ask("POST", f"assignments/{answer['assignments'][0]['assignment_id']}/completions", done, who=JOE)
    teller.ask("PUT", "settings/assignments", {"on": True, "most_open": 1}, who=ADA)
    given = {"employee_ids": [JOE, KIM], "content_id": "hipaa-battlecard", "due_on": "2025-03-28", "reason": "For Acme"}
    by_hand = teller.ask("POST", "assignments", given, who=DANA).value
    teller.ask("POST", "assignments", {**given, "due_on": "2025-03-01"}, who=DANA)
    teller.ask("POST", f"assignments/{by_hand['items'][0]['assignment_id']}/withdrawal", None, who=DANA)
    teller.ask("GET", f"employees/{JOE}/assignments", who=DANA)
    teller.ask("GET", "deals/opp_1/skill-snapshot", who=DANA)
    teller.schedule("pipeline-totals")
    teller.ask("GET", "pipeline", who=DANA)
    teller.ask("GET", "pipeline", who=CRO)
    outcome = {
        "deal_id": "opp_1",
        "employee_id": JOE,
        "account_name": "Acme Health",
        "opportunity_name": "Expansion",
        "stage": "closed_won",
        "closed_won": True,
        "close_date": "2025-03-14",
        "demo_calls_conducted": 2,
    }
    teller.ask("POST", "deal-outcomes", outcome, who="crm")
    teller.ask("POST", "deal-outcomes", {**outcome, "demo_calls_conducted": "many"}, who="crm")


def skills(teller: Teller) -> None:
    rule = {"competency": "discovery", "min_validation_attempts": 4, "min_validation_score": 80}
    change = {"rules": [{**rule, "observation_window_days": 90, "expires_after_days": 200}], "aliases": ["disco"]}
    teller.ask("POST", "skills/discovery/preview", change, who=ADA)
    teller.ask("PUT", "skills/discovery", change, who=ADA)
    teller.ask("PUT", "skills/discovery", {**change, "if_version": 1}, who=ADA)
    held = teller.ask("GET", "held-scores", who=ADA).value["items"]
    teller.ask("POST", f"held-scores/{held[0]['held_id']}/decision", {"decision": "dismiss"}, who=ADA)
    standards = {"standards": [*learning_standards.standards()]}
    teller.ask("POST", "standards/import", standards, who=ADA)
    teller.ask("POST", "assessment-plans/import", {"plans": [*learning_standards.plans()]}, who=ADA)
    teller.ask("GET", "standards/AU9902@1.0/framework-draft", who=ADA)
    framework = {
        "framework_id": "partners",
        "name": "Partners",
        "dimensions": [{"dimension": "region", "values": ["north"]}],
        "competencies": [{"competency": "co_selling", "core": True, "rubric": [{"from": 0, "description": "Not"}]}],
        "rules": [{"competency": "co_selling", "min_field_observations": 2}],
        "scenarios": [{"scenario_id": "p1", "title": "Sell with us", "competencies": ["co_selling"], "minutes": 20}],
        "required_by_stage": {"demo": ["co_selling"]},
    }
    teller.ask("PUT", "frameworks/partners?if_version=0", framework, who=ADA)
    dimension = {"values": ["north", "south"], "aliases": {"n": "north"}}
    skill = {"competency": "storytelling", "core": True, "rules": [], "framework_id": "partners"}
    teller.ask("POST", "skills", skill, who=ADA)
    teller.ask("PUT", "frameworks/partners/dimensions/region", dimension, who=ADA)


def calls(teller: Teller) -> None:
    teller.schedule("gong-batch")
    teller.deliver()
    teller.ask("PUT", f"calls/{CALL}/deal", {"deal_id": "006A", "account_name": "Willow Pets"}, who=ADA)
    teller.ask("POST", f"calls/{SHARED_CALL}/analyses", who=ADA)
    period = {"since": "2025-03-01T00:00:00Z", "until": "2025-03-12T00:00:00Z"}
    teller.ask("POST", "calls/analyses", period, who=ADA)


def threads(teller: Teller) -> None:
    messages = [
        message(1, JOE, "What would the pilot have to show, in your eyes? Who else decides on the budget?"),
        message(2, "carla@acme.example", "Builds under ten minutes. Our CISO has to agree."),
        message(3, JOE, "Then let us agree on next steps: the security review on Friday, is that right for you?"),
        message(4, SARAH, "From me as well: what would it cost you to wait another quarter?"),
    ]
    body = {"thread_id": "acme-1", "messages": messages, "context": {"industry": "healthcare", "deal_id": "006B"}}
    for sent in (body, body, {"thread_id": "acme-2"}):
        teller.ask("POST", "email-threads", sent)


def transcripts(teller: Teller) -> None:
    transcript = f"calls/{CALL}/transcript"
    teller.ask("GET", transcript, who=JOE)
    teller.ask("GET", transcript, who=DANA)
    teller.ask("POST", "transcript-grants", {"employee_id": JOE, "to": DANA, "purpose": "coaching"}, who=ADA)
    teller.ask("GET", transcript, who=DANA)
    other = teller.ask(
        "POST", "transcript-grants", {"employee_id": JOE, "to": MO, "purpose": "help", "days": 7}, who=ADA
    )
    teller.ask("DELETE", f"transcript-grants/{other.value['grant_id']}", who=ADA)
    raised = {"call_id": CALL, "to": VIC, "reason": "the customer complained"}
    teller.ask("POST", "escalations", raised, who=DANA)
    teller.ask("GET", transcript, who=VIC)
    ended = teller.ask("POST", "escalations", {**raised, "call_id": SHARED_CALL}, who=DANA)
    teller.ask("DELETE", f"escalations/{ended.value['escalation_id']}", who=DANA)
    told = teller.ask("GET", f"employees/{JOE}/notifications", who=JOE).value["items"]
    teller.ask("POST", f"employees/{JOE}/notifications/{told[0]['notification_id']}/read", who=JOE)


def reviews(teller: Teller) -> None:
    settings = {"employee_first_hours": 24, "sample_share": 0.5, "contest_days": 14}
    teller.ask("PUT", "settings/reviews", settings, who=ADA)
    waiting = teller.ask("GET", "reviews?state=open", who=ENID).value["items"]
    by_call = {(item["employee_id"], item["source_id"]): item["review_id"] for item in waiting}
    for key, body in (
        ((JOE, ALONE), {"decision": "confirm", "note": "Well read"}),
        ((KIM, TOGETHER), {"decision": "reject"}),
    ):
        teller.ask("POST", f"reviews/{by_call[key]}/decision", body, who=ENID)
        teller.ask("POST", f"reviews/{by_call[key]}/decision", body, who=ENID)
    covered = teller.ask("GET", f"reviews/{by_call[JOE, TOGETHER]}", who=ENID).value
    first, *others = (one["competency"] for one in covered["scores"])
    own = {"scores": [{"competency": first, "score": 58}], "not_observed": others, "event_id": covered["event_id"]}
    shown = teller.ask("POST", f"reviews/{by_call[JOE, TOGETHER]}/own-scores", own, who=ENID).value
    better = {"competency": shown["scores"][0]["competency"], "score": 61.5}
    correct = {"decision": "correct", "scores": [better], "event_id": shown["event_id"]}
    teller.ask("POST", f"reviews/{by_call[JOE, TOGETHER]}/decision", correct, who=ENID)
    teller.deliver()
    objection = {"reason": "I did ask about the budget", "competencies": []}
    teller.ask("POST", f"reviews/{by_call[JOE, ALONE]}/contest", objection, who=JOE)
    teller.deliver()
    teller.schedule("certify-scorers")


def repairs(teller: Teller) -> None:
    kept = teller.ask("GET", "quarantine", who=ADA).value["items"]
    stranger = next(item for item in kept if item["field"] == "employee_id")
    teller.ask("GET", f"quarantine/{stranger['quarantine_id']}", who=ADA)
    teller.ask("PUT", "employees/ned@augmentcode.com", {"name": "Ned Farthing", "manager": DANA}, who=ADA)
    teller.ask("POST", f"quarantine/{stranger['quarantine_id']}/replay", who=ADA)
    other = next(item for item in kept if item["field"] != "employee_id")
    teller.ask("DELETE", f"quarantine/{other['quarantine_id']}", who=ADA)


def nights(teller: Teller) -> None:
    teller.ask("POST", "skills/recalculate", {"from_ledger": True}, who=ADA)
    teller.deliver()
    for night in ("nightly-recalculation", "pending-sweep", "health-check", "directory-sync", "gong-batch"):
        teller.schedule(night)
        teller.deliver()


def questions(teller: Teller) -> None:
    """Parameters of the GET routes; each page leads to the next."""
    for path in (
        f"validation-events/{JOE}?limit=4", f"field-observations/{JOE}?standing=held&limit=1", "employees?limit=5",
        "calls?limit=1", "audit?limit=3&action=transcript.opened", "reviews?limit=2", "held-scores?limit=1",
        f"employees/{JOE}/notifications?limit=2", "quarantine?limit=1",
    ):  # fmt: skip
        who = JOE if "notifications" in path else ADA
        cursor = teller.ask("GET", path, who=who).value["next_cursor"]
        if cursor is not None:
            teller.ask("GET", f"{path}&cursor={cursor}", who=who)
    for path in (
        f"employees/{JOE}/skills?as_of=2025-03-09&competency=discovery",
        f"validation-events/{JOE}?since=2025-03-10T00:00:00Z&source=voice-roleplay&competency=closing",
        f"employees?manager={DANA}&active=all", f"calls?employee={JOE}&state=observed", "calls?deal=person",
        "readiness?dimension=deal_size", "skills?framework_id=partners", "frameworks/partners?version=1",
        f"calls/{ALONE}/transcript?source=gong", f"reviews?employee_id={JOE}&reason=lexical",
    ):  # fmt: skip
        teller.ask("GET", path, who=ADA)


def refusals(teller: Teller) -> None:
    for path in ("employees/nobody@x.example", "calls/gong-1", "nothing/here", "calls?state=odd", "employees?limit=0"):
        teller.ask("GET", path, who=ADA)
    teller.ask("GET", f"validation-events/{JOE}?cursor=forged", who=ADA)
    teller.ask("GET", f"employees/{JOE}/skills?as_of=soon", who=ADA)
    teller.ask("GET", f"employees/{SARAH}/skills", who=JOE)
    teller.ask("GET", "employees", who="somebody-else")
    teller.ask("POST", "employees/import", PEOPLE, who="voice-roleplay", kind="text/csv")
    teller.ask("POST", "validation-events", "{", who="voice-roleplay")
    teller.ask("POST", "validation-events", "a,b", who="voice-roleplay", kind="text/csv")
    teller.ask("DELETE", "skills/discovery", who=ADA)


def erasure(teller: Teller) -> None:
    teller.ask("POST", f"employees/{KIM}/erasure", {"employee_id": JOE}, who=ADA)
    teller.ask("POST", f"employees/{KIM}/erasure", {"employee_id": KIM}, who=ADA)
    teller.deliver()
    teller.ask("POST", "validation-events", validation("gone", KIM, 81), who="voice-roleplay")
    teller.ask("PUT", f"employees/{KIM}", {"name": "Kim Thistle", "manager": DANA}, who=ADA)
    teller.move(hours=3)
    teller.deliver()
    teller.ask("POST", "validation-events", validation("after", KIM, 81), who="voice-roleplay")
    teller.ask("PUT", f"employees/{KIM}", {"name": "Kim Thistle", "manager": DANA}, who=ADA)
    teller.ask("POST", "validation-events", validation("back", KIM, 81), who="voice-roleplay")
    teller.ask("POST", f"employees/{SARAH}/erasure", {"employee_id": SARAH}, who=ADA)
    teller.deliver()
    teller.move(hours=3)


def validation(
    name: str, who: str, score: float, *, competency: str = "discovery", industry: str = ""
) -> dict[str, Any]:
    return {
        "event_id": f"evt-{name}",
        "employee_id": who,
        "event_type": "role_play",
        "event_source": "voice-roleplay",
        "timestamp": "2025-03-10T09:30:00+01:00",
        "overall_score": score,
        "passed": score >= 70,
        "competency_scores": [
            {"competency": competency, "score": score, **({"context": {"industry": industry}} if industry else {})}
        ],
    }


def observation(number: int, who: str, score: float, *, reviewed: bool = True) -> dict[str, Any]:
    return {
        "observation_id": f"obs-{number}",
        "employee_id": who,
        "observation_source": "visits",
        "source_id": f"visit-{number}",
        "timestamp": f"2025-03-0{number or 5}T15:00:00Z",
        "competency_scores": [
            {"competency": "discovery", "score": score, "evidence": "Asked about the process"},
            {"competency": "listening", "score": score + 5, "confidence": 0.5},
        ],
        "context": {"deal_id": "006A", "account_name": "Acme", "industry": "healthcare", "buyer_personas": ["ciso"]},
        "source_url": "https://visits.example/1",
        "analysis_metadata": {"human_reviewed": reviewed, "model_used": "eyes", "confidence_score": 0.7},
    }


def activity(name: str, who: str) -> dict[str, Any]:
    return {
        "activity_id": name,
        "employee_id": who,
        "activity_type": "podcast",
        "content_id": "primer",
        "content_title": "A primer",
        "started_at": "2025-03-08T10:00:00Z",
        "completed_at": "2025-03-08T10:18:00Z",
        "completion_percentage": 100,
        "quiz_score": 88,
        "related_competencies": ["discovery"],
        "context_tags": {"industry": ["healthcare"]},
    }


def message(number: int, writer: str, text: str) -> dict[str, Any]:
    return {
        "from": writer,
        "to": [JOE if writer == "carla@acme.example" else "carla@acme.example"],
        "date": f"2025-03-0{number}T10:00:00Z",
        "subject": "Pilot",
        "message_id": f"<m{number}@example.com>",
        "text": text,
    }


def encoded(body: Any) -> bytes | None:
    """A request's body: a text as it is, all else as JSON."""
    return body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
