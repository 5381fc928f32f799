"""Rules of frameworks and skills, and of scores whose words mean nothing yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count

from infra.wiring.taxonomy import taxonomy
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from tests.frameworks.standards import apprenticeship, plan
from tests.harness.api_client import ADA, JOE, ApiClient, call_seen, role_play
from tests.policy.both_edges import ADMINISTRATOR, EVERYBODY, Rule
from tests.policy.calls import REVIEWING

FRAMEWORK = "sales_engineering"
_numbers = count(1)


def skill(api: ApiClient) -> str:
    """A skill that is described in no words of these rules."""
    assert api.put("skills/discovery", {"description": f"Version {next(_numbers)}"}).status == 200
    return "discovery"


def practised(api: ApiClient) -> str:
    """A skill that Joe holds by what was seen of him with customers."""
    number = next(_numbers)
    api.record(*(call_seen(7000 + 10 * number + of, score=90) for of in range(10)))
    return "discovery"


def unmapped(api: ApiClient) -> str:
    """A score of Joe's in a word that nobody knows."""
    number = next(_numbers)
    scores = [{"competency": f"word_{number}", "score": 40}]
    answer = api.post("validation-events", role_play(5000 + number, competency_scores=scores))
    return str(answer.json["held"][0]["held_id"])


def its_word(api: ApiClient, held_id: str) -> Mapping[str, str]:
    """What the page is sent to dismiss it."""
    page = api.platform.unmapped.page(Caller(email=ADA, role="administrator"), limit=100)
    word = next(one.competency for one in page.items if one.held_id == held_id)
    return {"word": word, "framework": FRAMEWORK, "decision": "dismiss"}


def unused(api: ApiClient) -> str:
    """A competency that there is not yet."""
    return f"competency_{next(_numbers)}"


def standard(api: ApiClient) -> str:
    """A standard that is kept."""
    assert api.post("standards/import", {"standards": [apprenticeship()]}).status == 200
    return "ST9417@1.0"


def unbegun(api: ApiClient) -> str:
    """A standard for which there is no framework."""
    number = next(_numbers)
    record = apprenticeship(referenceNumber=f"ST{8000 + number}", larsCode=80000 + number)
    assert api.post("standards/import", {"standards": [record]}).status == 200
    return f"ST{8000 + number}@1.0"


def former(api: ApiClient) -> str:
    """A standard with another title than the one that is imported."""
    record = apprenticeship(title=f"Rigger, draft {next(_numbers)}")
    assert api.post("standards/import", {"standards": [record]}).status == 200
    return ""


def sent(api: ApiClient) -> str:
    """A file of a standard with another title than the one that is kept, as its first step keeps it."""
    former(api)
    content = json.dumps([apprenticeship()]).encode()
    caller = Caller(email=ADA, role="administrator")
    return taxonomy(api.platform.on).standards_files.keep(caller, content)


def planned(api: ApiClient) -> str:
    """The plan of a standard that is kept."""
    standard(api)
    assert api.post("assessment-plans/import", {"plans": [plan()]}).status == 200
    return "ST9417@1.0_1.0"


def replanned(api: ApiClient) -> str:
    """A version that there is not yet of a standard's plan."""
    standard(api)
    return f"2.{next(_numbers)}"


def planned_standard(api: ApiClient) -> str:
    """A standard that has a plan."""
    planned(api)
    return "ST9417@1.0"


STANDING_BY = REVIEWING | {"mentor", "employer"}
"""Who reads all standards; others those of their own world, and are told no more of others' than that they are none."""
UNKNOWN = frozenset({404})
INDUSTRIES = ("healthcare", "retail")
DEFINITION = {"name": "Discovery", "description": "Finds what it costs", "category": "sales_technique", "core": "yes"}
PREVIEWED = {"step": "preview", "min_field_observations": "2", "min_field_score": "99", "observation_window_days": "90"}
WELDING = {
    "framework_id": "welding",
    "name": "Welding",
    "competencies": [{"competency": "seams"}],
    "rules": [{"competency": "seams", "min_field_score": 75}],
}

RULES = (
    Rule("skills are shown", lambda api: "", ("GET", "skills"), ("GET", "/skills"), EVERYBODY),
    Rule(
        "a skill is shown",
        lambda api: "discovery",
        ("GET", "skills/{id}"),
        ("GET", f"/skills/{FRAMEWORK}/{{id}}"),
        EVERYBODY,
    ),
    Rule(
        "words of contexts that no framework declares are shown to who operates the platform",
        lambda api: FRAMEWORK,
        ("GET", "frameworks/{id}/unknown-values"),
        None,
        ADMINISTRATOR,
    ),
    Rule(
        "a skill is changed",
        skill,
        ("PUT", "skills/{id}"),
        ("POST", f"/skills/{FRAMEWORK}/{{id}}"),
        REVIEWING,
        form=DEFINITION,
        body={"description": "Finds the need"},
        recorded=AuditAction.FRAMEWORK_PUBLISHED,
        about=FRAMEWORK,
    ),
    Rule(
        "a skill is created",
        unused,
        ("POST", "skills"),
        ("POST", f"/skills/{FRAMEWORK}/add"),
        REVIEWING,
        form={**DEFINITION, "name": "New", "competency": "{id}"},
        body={"competency": "{id}"},
        recorded=AuditAction.FRAMEWORK_PUBLISHED,
        about=FRAMEWORK,
    ),
    Rule(
        "what a change of rules would do is previewed by numbers, for administrators by name, and nothing is published",
        practised,
        ("POST", "skills/{id}/preview"),
        ("POST", f"/skills/{FRAMEWORK}/{{id}}/rule"),
        REVIEWING,
        form=PREVIEWED,
        body={"rules": [{"min_field_observations": 2, "min_field_score": 99}]},
        shown=("Joe Smith",),
        shown_to=ADMINISTRATOR,
        recorded=AuditAction.PREVIEW_READ,
        recorded_for=ADMINISTRATOR,
        about="*",
    ),
    Rule("a skill's versions are shown", lambda api: "discovery", ("GET", "skills/{id}/versions"), None, EVERYBODY),
    Rule("the frameworks are listed", lambda api: "", ("GET", "frameworks"), None, EVERYBODY, shown=(FRAMEWORK,)),
    Rule(
        "a whole framework is published",
        lambda api: "welding",
        ("PUT", "frameworks/{id}"),
        None,
        ADMINISTRATOR,
        body=WELDING,
        recorded=AuditAction.FRAMEWORK_PUBLISHED,
    ),
    Rule(
        "a framework's dimension is changed",
        lambda api: FRAMEWORK,
        ("PUT", "frameworks/{id}/dimensions/industry"),
        ("POST", "/dimensions/{id}"),
        REVIEWING,
        form={"dimension": "industry", "values": "\n".join(INDUSTRIES)},
        body={"values": list(INDUSTRIES)},
        recorded=AuditAction.FRAMEWORK_PUBLISHED,
    ),
    Rule(
        "a framework's dimensions are shown",
        lambda api: FRAMEWORK,
        ("GET", "frameworks/{id}"),
        ("GET", "/dimensions/{id}"),
        EVERYBODY,
    ),
    Rule(
        "the official standards are listed, to others those of their world",
        standard,
        ("GET", "standards"),
        ("GET", "/standards"),
        EVERYBODY,
        shown=("Rope access rigger",),
        shown_to=STANDING_BY,
    ),
    Rule(
        "a standard is shown",
        planned_standard,
        ("GET", "standards/{id}"),
        ("GET", "/standards/{id}"),
        STANDING_BY,
        shown=("Ties a figure",),
        refused=UNKNOWN,
    ),
    Rule(
        "official standards are imported, on pages from a file that was looked at before",
        sent,
        ("POST", "standards/import"),
        ("POST", "/standards/import/{id}"),
        REVIEWING,
        form={"step": "keep"},
        body={"standards": [apprenticeship()]},
        recorded=AuditAction.STANDARD_IMPORTED,
        about="*",
    ),
    Rule(
        "a framework is drafted from a standard",
        standard,
        ("GET", "standards/{id}/framework-draft"),
        None,
        REVIEWING,
        shown=("Ties a figure",),
    ),
    Rule(
        "a framework is begun from a standard, where there is none yet",
        unbegun,
        ("GET", "standards/{id}/framework-draft"),
        ("POST", "/standards/{id}/framework"),
        REVIEWING,
        form={"step": "begin"},
    ),
    Rule(
        "a standard's plans are listed",
        planned,
        ("GET", "standards/ST9417@1.0/assessment-plans"),
        None,
        STANDING_BY,
        refused=UNKNOWN,
    ),
    Rule(
        "an assessment plan is shown in its own words",
        planned,
        ("GET", "assessment-plans/{id}"),
        None,
        STANDING_BY,
        shown=("gateway to completion",),
        refused=UNKNOWN,
    ),
    Rule(
        "assessment plans are imported",
        replanned,
        ("POST", "assessment-plans/import"),
        None,
        REVIEWING,
        body={"plans": [plan(version="{id}")]},
        recorded=AuditAction.PLAN_IMPORTED,
        about="*",
    ),
    Rule(
        "scores of unknown words are listed", unmapped, ("GET", "held-scores"), ("GET", "/held-scores"), ADMINISTRATOR
    ),
    Rule(
        "a score of an unknown word is dismissed",
        unmapped,
        ("POST", "held-scores/{id}/decision"),
        ("POST", "/held-scores"),
        ADMINISTRATOR,
        form=its_word,
        body={"decision": "dismiss"},
        recorded=AuditAction.HELD_SCORE_DISMISSED,
        about=JOE,
    ),
)
