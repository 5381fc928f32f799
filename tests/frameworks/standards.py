"""Builds records of the official feeds for tests, in words of an invented trade."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5


def id_of(name: str) -> str:
    """Returns an id of the publishers' form."""
    return str(uuid5(NAMESPACE_URL, name))


def statement(name: str, detail: str, field: str = "id") -> dict[str, Any]:
    return {field: id_of(name), "detail": detail}


def common(**changed: Any) -> dict[str, Any]:
    return {
        "referenceNumber": "ST9417",
        "version": "1.0",
        "versionNumber": "1.0",
        "larsCode": 4171,
        "status": "Approved for delivery",
        "title": "Rope access rigger (invented)",
        "level": 3,
        "typicalDuration": 18,
        "maxFunding": 9000,
        "route": "Engineering and manufacturing",
        "assessmentPlanUrl": "https://plans.example/st9417",
        "approvedForDelivery": "2026-02-02T00:00:00",
        "createdDate": "2026-01-05T00:00:00",
        "publishDate": "2026-02-03T00:00:00",
        "lastUpdated": "2026-02-03T00:00:00",
        "earliestStartDate": "2026-03-01T00:00:00",
        "latestStartDate": None,
        "latestEndDate": None,
        "regulated": False,
        "typicalJobTitles": ["Rigger"],
    } | changed


def apprenticeship(**changed: Any) -> dict[str, Any]:
    record = common(
        coreAndOptions=True,
        options=[{"optionId": id_of("towers"), "title": "Towers"}, {"optionId": id_of("bridges"), "title": "Bridges"}],
        optionsUnstructuredTemplate=[],
        knowledges=[
            statement("k-anchor", "<p>How an <b>anchor</b> holds &amp; fails.</p>", "knowledgeId"),
            statement("k-wind", "Limits of wind:<ul><li>gusts</li><li>steady wind</li></ul>", "knowledgeId"),
        ],
        skills=[
            statement("s-tie", "Ties a figure of eight.", "skillId"),
            statement("s-tension", "Tensions a line across a span.", "skillId"),
        ],
        behaviours=[statement("b-stop", "Stops when unsure.", "behaviourId")],
        duties=[
            {
                "dutyID": id_of("d-rig"),
                "dutyDetail": "Duty 1 Rig a line.",
                "isThisACoreDuty": 1,
                "mappedKnowledge": [id_of("k-anchor")],
                "mappedSkills": [id_of("s-tie").upper()],
                "mappedBehaviour": [id_of("b-stop")],
                "mappedOptions": [],
            },
            {
                "dutyID": id_of("d-span"),
                "dutyDetail": "Duty 2 Cross a span.",
                "isThisACoreDuty": 0,
                "mappedKnowledge": None,
                "mappedSkills": [id_of("s-tension")],
                "mappedBehaviour": None,
                "mappedOptions": [id_of("bridges")],
            },
        ],
    )
    return record | changed


def foundation(**changed: Any) -> dict[str, Any]:
    record = common(
        referenceNumber="FA9418",
        larsCode=4172,
        level=2,
        typicalDuration=8,
        technicalKnowledges=[statement("tk", "Names the parts of a harness.")],
        technicalSkills=[statement("ts", "Checks a harness.")],
        employabilitySkillsAndBehaviours=[statement("esb", "Is on time.")],
    )
    return record | changed


def unit(**changed: Any) -> dict[str, Any]:
    record = common(
        referenceNumber="AU9419",
        larsCode="Z1234ABC",
        minimumHoursForCompliance=60,
        technicalKnowledges=[statement("utk", "Knows when a rope is retired.")],
        technicalSkills=[statement("uts", "Inspects a rope.")],
    )
    for absent in ("typicalDuration", "assessmentPlanUrl"):
        del record[absent]
    return record | changed


def plan(**changed: Any) -> dict[str, Any]:
    """Returns an assessment plan of `apprenticeship`, in an invented plan's words."""
    return {
        "standard": "ST9417@1.0",
        "version": "1.0",
        "title": "How a rigger is assessed (invented)",
        "synthetic": True,
        "words": {
            "assessment": "apprenticeship assessment",
            "gateway": "gateway to completion",
            "assessor": "assessment organisation",
        },
        "methods": [{"method_id": "climb", "name": "Climb"}, {"method_id": "talk", "name": "Discussion"}],
        "statements": [
            planned("K1", methods=["talk"], mandatory=False, marked_by="training provider"),
            planned("K2"),
            planned("S1", methods=["climb"], mandatory=True, marked_by="assessment organisation"),
            planned("S2", methods=["climb", "talk"], mandatory=True, marked_by="assessment organisation"),
            planned("B1", mandatory=None, marked_by="employer"),
        ],
    } | changed


def planned(code: str, **changed: Any) -> dict[str, Any]:
    """Returns how a statement is assessed."""
    return {"code": code, "mandatory": None, "methods": ["talk"], "marked_by": None} | changed
