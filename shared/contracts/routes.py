"""Every HTTP route of the platform's API: who serves it, who may call it, what goes in and what comes out.

The OpenAPI document, the functions' routing and the test of every route against every role come from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.conversations.domain.call_state import HOWS, STATES
from shared.kernel.access import Permission


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model by the module of `shared.contracts` and the class: a function routes without loading models that it may
    never need."""

    module: Literal["answers", "bodies"]
    name: str


@dataclass(frozen=True, slots=True)
class _Models:
    """`answers.ProfileAnswer` is that model's name."""

    module: Literal["answers", "bodies"]

    def __getattr__(self, name: str) -> ModelName:
        if name.startswith("_"):
            raise AttributeError(name)
        return ModelName(self.module, name)


answers, bodies = _Models("answers"), _Models("bodies")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: optional, a string; `schema` is its JSON schema."""

    name: str
    about: str
    schema: tuple[tuple[str, object], ...] = (("type", "string"),)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    operation:  its id, and the name of its handler
    permission: what a caller needs; None: public
    of_one:     the path names an employee, and the relation to that person decides as well
    body:       the JSON body's model; lists_too: a list of up to 500 is accepted as well; csv: the body is text/csv
    answer:     the model of the answer with status `success`
    problems:   statuses of problem details besides 401, 403 and 503, which every authenticated route may give
    """

    operation: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    function: str
    summary: str
    permission: Permission | None
    answer: ModelName | None = None
    body: ModelName | None = None
    success: int = 200
    lists_too: bool = False
    csv: str | None = None
    of_one: bool = False
    query: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    content_type: str = "application/json"
    tag: str = ""

    @property
    def openapi_path(self) -> str:
        """The path as OpenAPI writes it: `/employees/{employee_id}`."""
        return self.path.replace("<", "{").replace(">", "}")


_LIMIT = Parameter("limit", "Items on a page, 1-200", (("type", "integer"), ("minimum", 1), ("maximum", 200)))
_CURSOR = Parameter("cursor", "From `next_cursor` of the page before")
_SINCE = Parameter("since", "Not before this moment", (("type", "string"), ("format", "date-time")))
_UNTIL = Parameter("until", "Before this moment", (("type", "string"), ("format", "date-time")))
_SOURCE = Parameter("source", "Only events of this source")
_COMPETENCY = Parameter(
    "competency", "Only events that score this competency: its name or an alias in the person's framework, case apart"
)
_STANDING = Parameter(
    "standing", "Only events that stand so", (("type", "string"), ("enum", ["counted", "held", "rejected"]))
)
_FRAMEWORK = Parameter("framework_id", "The framework; sales_engineering unless given")
_HISTORY = (_LIMIT, _CURSOR, _SINCE, _UNTIL, _SOURCE, _COMPETENCY, _STANDING)
_IN = (400, 409, 413, 415, 422)
_PAGED = (422,)


def _event(noun: str, path: str, operation: str, body: ModelName, answer: ModelName) -> Route:
    return Route(
        operation, "POST", path, "ingest", f"Record {noun}, or a list of up to 500", "events.write", answer, body,
        success=201, lists_too=True, problems=_IN, tag="Events",
    )  # fmt: skip


def _history(noun: str, path: str, operation: str) -> Route:
    return Route(
        operation, "GET", f"{path}/<employee_id>", "skills_api", f"One person's {noun}, the newest first",
        "profile.read", answers.HistoryAnswer, of_one=True, query=_HISTORY, problems=(404, 422), tag="Histories",
    )  # fmt: skip


ROUTES: tuple[Route, ...] = (
    _event("a validation event", "/api/v1/validation-events", "record_validation_event",
           bodies.ValidationEvent, answers.ValidationAnswer),
    _event("a field observation", "/api/v1/field-observations", "record_field_observation",
           bodies.FieldObservation, answers.FieldAnswer),
    _event("a learning activity", "/api/v1/learning-activities", "record_learning_activity",
           bodies.LearningActivity, answers.LearningAnswer),
    _history("validation events", "/api/v1/validation-events", "list_validation_events"),
    _history("field observations", "/api/v1/field-observations", "list_field_observations"),
    _history("learning activities", "/api/v1/learning-activities", "list_learning_activities"),
    Route("get_profile", "GET", "/api/v1/employees/<employee_id>/skills", "skills_api",
          "One person's skills as of today, with gaps", "profile.read", answers.ProfileAnswer, of_one=True,
          query=(Parameter("competency", "Only this competency"),
                 Parameter("context", "One more context to rate, e.g. `industry=healthcare&deal_size=enterprise`"),
                 Parameter("as_of", "As of this day instead of today", (("type", "string"), ("format", "date")))),
          problems=(404, 422), tag="Profiles"),
    Route("list_employees", "GET", "/api/v1/employees", "skills_api", "The people in the caller's sight",
          "people.list", answers.EmployeeList,
          query=(_LIMIT, _CURSOR, Parameter("manager", "Only direct reports of this manager"),
                 Parameter("active", "true (the default), false or all",
                           (("type", "string"), ("enum", ["true", "false", "all"])))),
          problems=_PAGED, tag="People"),
    Route("import_employees", "POST", "/api/v1/employees/import", "skills_api",
          "Import people from CSV, with a report line by line", "people.write", answers.ImportAnswer,
          csv="name,email,role,manager,hire_date", problems=(400, 413, 415, 422), tag="People"),
    Route("import_certifications", "POST", "/api/v1/certifications/import", "skills_api",
          "Import certifications from CSV, with a report line by line", "people.write", answers.ImportAnswer,
          csv="email,certification,competency,score,date", problems=(400, 413, 415, 422), tag="People"),
    Route("get_employee", "GET", "/api/v1/employees/<employee_id>", "skills_api", "One person's record",
          "profile.read", answers.EmployeeView, of_one=True, problems=(404,), tag="People"),
    Route("put_employee", "PUT", "/api/v1/employees/<employee_id>", "skills_api",
          "Create or replace one person's record", "people.write", answers.EmployeeView, bodies.EmployeeBody,
          problems=(*_IN, 404), tag="People"),
    Route("list_skills", "GET", "/api/v1/skills", "skills_api", "All skill definitions with their rules",
          "skills.read", answers.SkillList, query=(_FRAMEWORK,),
          problems=(404, 422), tag="Skills"),
    Route("create_skill", "POST", "/api/v1/skills", "skills_api", "Create a skill definition", "skills.write",
          answers.SkillDefinition, bodies.SkillBody, success=201, problems=(*_IN, 404), tag="Skills"),
    Route("recalculate", "POST", "/api/v1/skills/recalculate", "skills_api",
          "Start a recalculation; its progress is at /recalculations/{run_id}", "recalculation.run",
          answers.RunAnswer, bodies.RecalculationBody, success=202, problems=(400, 413, 415, 422), tag="Skills"),
    Route("get_skill", "GET", "/api/v1/skills/<skill_id>", "skills_api", "One skill definition", "skills.read",
          answers.SkillDefinition, query=(_FRAMEWORK,), problems=(404, 422), tag="Skills"),
    Route("update_skill", "PUT", "/api/v1/skills/<skill_id>", "skills_api",
          "Change a skill definition or its rules: a new version", "skills.write", answers.SkillDefinition,
          bodies.SkillChange, query=(_FRAMEWORK,), problems=(400, 404, 409, 413, 415, 422), tag="Skills"),
    Route("preview_skill", "POST", "/api/v1/skills/<skill_id>/preview", "skills_api",
          "What a change of rules would do, person by person", "skills.write", answers.PreviewAnswer,
          bodies.SkillChange, query=(_FRAMEWORK, _LIMIT, _CURSOR), problems=(400, 404, 413, 415, 422), tag="Skills"),
    Route("list_skill_versions", "GET", "/api/v1/skills/<skill_id>/versions", "skills_api",
          "How a skill's definition and rules changed", "skills.read", answers.SkillVersions, query=(_FRAMEWORK,),
          problems=(404, 422), tag="Skills"),
    Route("get_recalculation", "GET", "/api/v1/recalculations/<run_id>", "skills_api",
          "How far a recalculation is", "recalculation.run", answers.RunAnswer, problems=(404,), tag="Skills"),
    Route("list_frameworks", "GET", "/api/v1/frameworks", "skills_api", "The frameworks in force", "skills.read",
          answers.FrameworkList, tag="Frameworks"),
    Route("get_framework", "GET", "/api/v1/frameworks/<framework_id>", "skills_api", "One whole framework",
          "skills.read", answers.FrameworkAnswer,
          query=(Parameter("version", "An earlier version", (("type", "integer"), ("minimum", 1))),),
          problems=(404, 422), tag="Frameworks"),
    Route("put_framework", "PUT", "/api/v1/frameworks/<framework_id>", "skills_api",
          "Publish a whole framework: the first version, or a new one in place of the one in force",
          "frameworks.write", answers.FrameworkAnswer, bodies.FrameworkBody,
          query=(Parameter("if_version", "Only if this version is in force; 0: only if there is none",
                           (("type", "integer"), ("minimum", 0))),),
          problems=_IN, tag="Frameworks"),
    Route("put_dimension", "PUT", "/api/v1/frameworks/<framework_id>/dimensions/<dimension>", "skills_api",
          "Set a context dimension's values and the words that mean them", "skills.write", answers.FrameworkAnswer,
          bodies.DimensionBody, problems=(400, 404, 409, 413, 415, 422), tag="Frameworks"),
    Route("get_readiness", "GET", "/api/v1/readiness", "skills_api", "Are we ready to sell?", "readiness.read",
          answers.ReadinessAnswer,
          query=(_FRAMEWORK, Parameter("dimension", "The heat map's dimension; industry unless given")),
          problems=(404, 422), tag="Readiness"),
    Route("take_email_thread", "POST", "/api/v1/email-threads", "email_threads",
          "Have an exported e-mail thread analysed: one field observation per employee who wrote", "events.write",
          answers.ThreadAnswer, bodies.EmailThreadBody, success=202, problems=(400, 413, 415, 422), tag="Calls"),
    Route("list_calls", "GET", "/api/v1/calls", "skills_api",
          "Calls and what became of them: the own ones, a person's, or all in the caller's sight", "profile.read",
          answers.CallList,
          query=(_LIMIT, _CURSOR, _SINCE, _UNTIL, Parameter("employee", "Only calls of this person"),
                 Parameter("state", "Only calls in this state; not together with deal",
                           (("type", "string"), ("enum", list(STATES)))),
                 Parameter("deal", "Only calls linked to a deal so; not together with employee",
                           (("type", "string"), ("enum", list(HOWS))))),
          problems=(404, 422), tag="Calls"),
    Route("get_call", "GET", "/api/v1/calls/<call_id>", "skills_api", "One call and what became of it", "profile.read",
          answers.CallItem, problems=(404, 422), tag="Calls"),
    Route("reanalyse_call", "POST", "/api/v1/calls/<call_id>/analyses", "skills_api",
          "Have a call analysed again; the new analysis replaces the old one", "calls.analyse", answers.CallItem,
          success=202, problems=(404, 409, 422), tag="Calls"),
    Route("link_call", "PUT", "/api/v1/calls/<call_id>/deal", "skills_api",
          "Say which deal a call belongs to", "calls.link", answers.CallItem, bodies.DealLinkBody,
          problems=(400, 404, 413, 415, 422), tag="Calls"),
    Route("reanalyse_calls", "POST", "/api/v1/calls/analyses", "skills_api",
          "Have a period's calls analysed again; the progress is at /calls/analyses/{run_id}", "calls.analyse_period",
          answers.Reanalysis, bodies.ReanalysisBody, success=202, problems=(400, 413, 415, 422), tag="Calls"),
    Route("get_reanalysis", "GET", "/api/v1/calls/analyses/<run_id>", "skills_api",
          "How far the new analysis of a period's calls is", "calls.analyse_period", answers.Reanalysis,
          problems=(404,), tag="Calls"),
    Route("get_transcript", "GET", "/api/v1/calls/<call_id>/transcript", "skills_api",
          "What was said in a call; on record, and told to those who took part", "transcripts.read",
          answers.TranscriptAnswer,
          query=(Parameter("source", "Then the path has the source's own id instead of the `record_id`"),),
          problems=(404, 422), tag="Transcripts"),
    Route("get_transcript_samples", "GET", "/api/v1/transcript-samples", "skills_api",
          "How a competency sounds in calls, without anybody's name", "samples.read", answers.TranscriptSamples,
          query=(_FRAMEWORK, Parameter("competency", "The competency; required"),
                 Parameter("band", "Scores from 80, from 60, or below; required",
                           (("type", "string"), ("enum", ["high", "medium", "low"])))),
          problems=(404, 422), tag="Transcripts"),
    Route("list_transcript_grants", "GET", "/api/v1/transcript-grants", "skills_api",
          "Grants in force: those to and about the caller, an administrator all", "grants.read", answers.GrantList,
          tag="Transcripts"),
    Route("grant_transcripts", "POST", "/api/v1/transcript-grants", "skills_api",
          "Let a manager or mentor read one employee's transcripts for a while", "grants.write", answers.Grant,
          bodies.GrantBody, success=201, problems=(400, 404, 413, 415, 422), tag="Transcripts"),
    Route("revoke_transcript_grant", "DELETE", "/api/v1/transcript-grants/<grant_id>", "skills_api",
          "End a grant", "grants.write", answers.Grant, problems=(404,), tag="Transcripts"),
    Route("list_escalations", "GET", "/api/v1/escalations", "skills_api",
          "Escalations in force: to, by and about the caller, an administrator all", "grants.read",
          answers.EscalationList, tag="Transcripts"),
    Route("escalate_call", "POST", "/api/v1/escalations", "skills_api",
          "Let a senior manager read one call's transcript for seven days", "escalations.write", answers.Escalation,
          bodies.EscalationBody, success=201, problems=(400, 404, 413, 415, 422), tag="Transcripts"),
    Route("revoke_escalation", "DELETE", "/api/v1/escalations/<escalation_id>", "skills_api",
          "End an escalation", "escalations.write", answers.Escalation, problems=(404,), tag="Transcripts"),
    Route("list_notifications", "GET", "/api/v1/employees/<employee_id>/notifications", "skills_api",
          "What the platform has told the caller", "notifications.read", answers.NotificationList,
          query=(_LIMIT, _CURSOR), problems=_PAGED, tag="Notifications"),
    Route("read_notification", "POST", "/api/v1/employees/<employee_id>/notifications/<notification_id>/read",
          "skills_api", "Mark one as read", "notifications.read", answers.Notification, problems=(404,),
          tag="Notifications"),
    Route("erase_employee", "POST", "/api/v1/employees/<employee_id>/erasure", "skills_api",
          "Erase one person from every store; its progress is at /erasures/{run_id}", "erasure.run",
          answers.ErasureRun, bodies.ErasureBody, success=202, problems=(400, 404, 413, 415, 422), tag="People"),
    Route("list_erasures", "GET", "/api/v1/erasures", "skills_api", "The latest erasures", "erasure.run",
          answers.ErasureList, tag="People"),
    Route("get_erasure", "GET", "/api/v1/erasures/<run_id>", "skills_api",
          "How far an erasure is, and what it removed", "erasure.run", answers.ErasureRun, problems=(404,),
          tag="People"),
    Route("search_audit", "GET", "/api/v1/audit", "skills_api", "Who saw whom, and who changed what", "audit.read",
          answers.AuditList,
          query=(_LIMIT, _CURSOR, _SINCE, _UNTIL, Parameter("actor", "Who acted"),
                 Parameter("subject", "Whom or what it concerned"), Parameter("action", "What was done")),
          problems=_PAGED, tag="Operations"),
    Route("list_held_scores", "GET", "/api/v1/held-scores", "skills_api",
          "Scores of unknown competencies, waiting for a decision", "operations.read", answers.HeldList,
          query=(_LIMIT, _CURSOR), problems=_PAGED, tag="Operations"),
    Route("decide_held_score", "POST", "/api/v1/held-scores/<held_id>/decision", "skills_api",
          "Read the unknown word as a known competency, or dismiss it", "operations.write", answers.HeldItem,
          bodies.HeldDecision, problems=(400, 404, 409, 413, 415, 422), tag="Operations"),
    Route("list_reviews", "GET", "/api/v1/reviews", "skills_api",
          "Reviews of analysts' scores in the caller's sight, those opened last first", "reviews.read",
          answers.ReviewList,
          query=(_LIMIT, _CURSOR,
                 Parameter("state", "Only reviews in this state",
                           (("type", "string"), ("enum", ["open", "decided", "superseded"]))),
                 Parameter("reason", "Only reviews with this reason",
                           (("type", "string"),
                            ("enum", ["lexical", "low_confidence", "untrusted_scorer", "contested", "sample"]))),
                 Parameter("employee_id", "Only reviews of this employee's calls")),
          problems=(404, 422), tag="Reviews"),
    Route("get_review", "GET", "/api/v1/reviews/<review_id>", "skills_api",
          "One review with its scores and what they stand on", "reviews.read", answers.ReviewView,
          problems=(404,), tag="Reviews"),
    Route("decide_review", "POST", "/api/v1/reviews/<review_id>/decision", "skills_api",
          "Confirm, correct or reject an analyst's scores", "reviews.decide", answers.ReviewView,
          bodies.ReviewDecision, problems=(400, 404, 409, 413, 415, 422), tag="Reviews"),
    Route("contest_review", "POST", "/api/v1/reviews/<review_id>/contest", "skills_api",
          "Contest the scores of an own call", "reviews.contest", answers.ReviewView, bodies.Contest,
          problems=(400, 404, 409, 413, 415, 422), tag="Reviews"),
    Route("get_review_settings", "GET", "/api/v1/settings/reviews", "skills_api", "How scores are reviewed",
          "reviews.read", answers.ReviewSettingsView, tag="Reviews"),
    Route("put_review_settings", "PUT", "/api/v1/settings/reviews", "skills_api", "Change how scores are reviewed",
          "operations.write", answers.ReviewSettingsView, bodies.ReviewSettingsBody,
          problems=(400, 413, 415, 422), tag="Reviews"),
    Route("list_certificates", "GET", "/api/v1/certificates", "skills_api",
          "How far each scorer agrees with people", "reviews.read", answers.CertificateList, tag="Reviews"),
    Route("get_certificate_history", "GET", "/api/v1/certificates/<certificate_id>/history", "skills_api",
          "How a scorer's certificate developed, day by day", "reviews.read", answers.CertificateHistory,
          problems=(404,), tag="Reviews"),
    Route("list_quarantine", "GET", "/api/v1/quarantine", "skills_api", "Input that could not be taken in",
          "operations.read", answers.QuarantineList, query=(_LIMIT, _CURSOR), problems=_PAGED, tag="Operations"),
    Route("get_quarantined", "GET", "/api/v1/quarantine/<quarantine_id>", "skills_api",
          "One quarantined input with its raw content", "operations.read", answers.QuarantineDetail,
          problems=(404,), tag="Operations"),
    Route("replay_quarantined", "POST", "/api/v1/quarantine/<quarantine_id>/replay", "skills_api",
          "Take the input in again; of a call that could not be read: have the call analysed again", "operations.write",
          answers.Replayed, problems=(*_IN, 404), tag="Operations"),
    Route("discard_quarantined", "DELETE", "/api/v1/quarantine/<quarantine_id>", "skills_api",
          "Give a quarantined input up", "operations.write", answers.Done, problems=(404,), tag="Operations"),
    Route("list_dead_letters", "GET", "/api/v1/dead-letters", "skills_api", "What could not be delivered",
          "operations.read", answers.DeadLetterList, tag="Operations"),
    Route("get_dead_letter", "GET", "/api/v1/dead-letters/<letter_id>", "skills_api", "One dead letter",
          "operations.read", answers.DeadLetterDetail, problems=(404,), tag="Operations"),
    Route("replay_dead_letter", "POST", "/api/v1/dead-letters/<letter_id>/replay", "skills_api",
          "Deliver it again", "operations.write", answers.Done, problems=(404,), tag="Operations"),
    Route("discard_dead_letter", "DELETE", "/api/v1/dead-letters/<letter_id>", "skills_api", "Give it up",
          "operations.write", answers.Done, problems=(404,), tag="Operations"),
    Route("get_health", "GET", "/api/v1/health", "skills_api", "How every integration is", "operations.read",
          answers.HealthAnswer, tag="Operations"),
    Route("get_openapi", "GET", "/api/v1/openapi.json", "skills_api", "This API as OpenAPI 3.1", None, tag="About"),
    Route("get_documentation", "GET", "/api/v1/docs", "skills_api", "This API as a page to read", None,
          content_type="text/html", tag="About"),
)  # fmt: skip


def routes_of(function: str) -> tuple[Route, ...]:
    """The routes that a function serves."""
    return tuple(route for route in ROUTES if route.function == function)
