"""Enrolment: what a learner is held to, how they come in, what they agree to, their breaks, what they may do."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from infra.demonstration import learning_standards
from infra.wiring.enrolment import enrolment
from infra.wiring.notifications import notifications
from shared.kernel.errors import Gone
from shared.learning.domain.consent import CURRENT
from shared.learning.enrolment_records import Authorisation, AuthorisationRecords, EnrolmentRecords, Scope
from shared.learning.usecases.keep_enrolment import told_apart
from shared.ports.documents import Query
from tests.harness.api_client import ADA, CRO, DANA, ENID, JOE, MO, SARAH, ApiClient
from tests.harness.counting import counting
from tests.learning.apprentices import ANA, BEN, EMPLOYER, OLD_PLAN, PLAN, STANDARD, enrolled, invite, prepare


def shown(api: ApiClient, employee_id: str = ANA, who: str = ENID) -> Any:
    return api.get(f"learning/enrolments/{employee_id}", who=who)


def token_of(api: ApiClient, employee_id: str = ANA) -> str:
    """What the mail's link ends with."""
    kept = EnrolmentRecords(api.platform.documents).get(employee_id)
    assert kept is not None
    assert kept.invitation_id is not None
    return notifications(api.platform.on).invitation_links.token(kept.invitation_id)


def test_a_learner_is_pinned_to_version_text_and_plan(api: ApiClient) -> None:
    """What is published later changes nothing of what somebody was promised."""
    prepare(api)
    made = invite(api)
    changed = dict(learning_standards.standards()[0])
    changed["title"] = "Another title (synthetic)"
    api.post("standards/import", {"standards": [changed]})
    newer = dict(learning_standards.plans()[1]) | {"version": "3.0"}
    api.post("assessment-plans/import", {"plans": [newer]})

    kept = shown(api).json

    assert made.status == 201
    assert (kept["standard"], kept["revision"], kept["plan"]) == (STANDARD, 1, PLAN)
    assert (kept["gateway"], kept["gateway_on"], kept["milestone"]) == (
        "gateway to completion",
        "2028-02-01",
        "gateway",
    )
    assert api.get(f"standards/{STANDARD}").json["revision"] == 2


def test_a_former_plan_speaks_its_own_words(api: ApiClient) -> None:
    prepare(api)
    invite(api, plan=OLD_PLAN)

    assert shown(api).json["gateway"] == "EPA gateway"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ({"standard": "ST9999@1.0"}, "standard"),
        ({"standard": "AU9902@1.0"}, "standard"),
        ({"revision": 7}, "revision"),
        ({"plan": "AU9902@1.0_1.0"}, "plan"),
        ({"milestone": "moon"}, "milestone"),
        ({"employer_id": ANA}, "employer_id"),
        ({"gateway_on": "soon"}, "gateway_on"),
    ],
)
def test_what_nobody_can_be_held_to_is_named(api: ApiClient, field: dict[str, Any], wrong: str) -> None:
    prepare(api)

    answer = invite(api, **field)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, wrong)


def test_only_employees_of_the_standards_framework_are_invited(api: ApiClient) -> None:
    """A link in a mail lets in whoever has it: into no more than a learner's own."""
    prepare(api)

    of_sales, a_mentor, nobody = invite(api, JOE), invite(api, MO), invite(api, "who@else.example")

    assert (of_sales.status, of_sales.json["errors"][0]["field"]) == (422, "standard")
    assert (a_mentor.status, a_mentor.json["errors"][0]["field"]) == (422, "employee_id")
    assert nobody.status == 404


def test_the_link_lets_in_once(api: ApiClient) -> None:
    prepare(api)
    invite(api)
    opening, token = enrolment(api.platform.on).invitations, token_of(api)

    assert [opening.look(token) for _ in range(2)] == ["open", "open"], "looking changes nothing"
    came = opening.open_invitation(token)
    with pytest.raises(Gone):
        opening.open_invitation(token)

    assert (came.employee_id, came.name) == (ANA, "Ana Joiner")
    assert opening.look(token) == "used"
    assert shown(api).json["state"] == "joined"


def test_a_link_ends_by_its_age_and_by_the_next_one(api: ApiClient) -> None:
    prepare(api)
    invite(api)
    opening, first = enrolment(api.platform.on).invitations, token_of(api)
    invite(api)
    second = token_of(api)

    assert (opening.look(first), opening.look(second)) == ("too_old", "open")
    api.clock.move(days=7)
    for token in (first, second):
        with pytest.raises(Gone):
            opening.open_invitation(token)
    assert opening.look(second) == "too_old"


def test_invited_again_somebody_keeps_their_breaks_and_that_they_came(api: ApiClient) -> None:
    prepare(api)
    invite(api)
    enrolment(api.platform.on).invitations.open_invitation(token_of(api))
    noted = {"begins": "2026-02-10", "ends": "2026-02-20", "reason": "illness"}
    assert api.post(f"learning/enrolments/{ANA}/breaks", noted, who=ENID).status == 200
    joined = shown(api).json["joined_at"]

    again = invite(api, gateway_on="2028-03-01")

    assert again.status == 201
    kept = shown(api).json
    assert kept["gateway_on"] == "2028-03-01", "held to what is said now"
    assert [(one["begins"], one["ends"], one["reason"]) for one in kept["breaks"]] == [tuple(noted.values())]
    assert (kept["joined_at"], kept["state"]) == (joined, "joined")
    assert joined is not None


def test_a_link_of_somebody_who_left_or_leads_opens_nothing(api: ApiClient) -> None:
    prepare(api)
    invite(api)
    token = token_of(api)
    api.put(f"employees/{ANA}", {"name": "Ana Joiner", "role": "administrator", "framework_id": "cable_jointing_demo"})

    with pytest.raises(Gone):
        enrolment(api.platform.on).invitations.open_invitation(token)


@pytest.mark.parametrize("guess", ["", ".", "x.y", "a" * 5_000, "…", "invitations/x.y", "\x00.\x00"])
def test_a_guess_opens_nothing(api: ApiClient, guess: str) -> None:
    opening = enrolment(api.platform.on).invitations

    assert opening.look(guess) == "unknown"
    with pytest.raises(Gone):
        opening.open_invitation(guess)


def test_nothing_that_is_stored_opens_an_invitation(api: ApiClient) -> None:
    """Neither a backup nor a notice holds the link: its signature is in no document."""
    prepare(api)
    invite(api)
    _, _, signature = token_of(api).rpartition(".")
    documents = api.platform.documents

    kept = [repr(one.data) for name in documents.collections() for one in documents.query(Query(name))]

    assert [one for one in kept if signature in one] == []
    assert any("learning.invited" in one for one in kept)


def test_only_learners_themselves_agree_and_may_withdraw(api: ApiClient) -> None:
    prepare(api)
    invite(api)
    path = f"learning/enrolments/{ANA}/consent"

    others = [api.post(path, {"version": CURRENT, "agreed": True}, who=who).status for who in (ENID, MO, ADA, BEN)]
    unknown = api.post(path, {"version": 9, "agreed": True}, who=ANA)
    first = api.post(path, {"version": CURRENT, "agreed": True}, who=ANA).json
    again = api.post(path, {"version": CURRENT, "agreed": True}, who=ANA).json
    withdrawn = api.post(path, {"version": CURRENT, "agreed": False}, who=ANA).json

    assert others == [403] * 4
    assert (unknown.status, unknown.json["errors"][0]["field"]) == (422, "version")
    assert first["state"] == "learning"
    assert first["consents"] == again["consents"]
    assert withdrawn["state"] == "withdrawn"
    assert [one["agreed"] for one in withdrawn["consents"]] == [True, False]
    assert invite(api).status == 409, "who has answered stays on what they answered to"


def test_breaks_are_noted_ended_and_never_lie_over_another(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    path = f"learning/enrolments/{ANA}/breaks"

    opened = api.post(path, {"begins": "2026-02-10", "reason": "illness"}, who=ENID).json
    ended = api.post(path, {"begins": "2026-02-10", "ends": "2026-02-20", "reason": "illness"}, who=ENID).json
    over = api.post(path, {"begins": "2026-02-15", "ends": "2026-03-01"}, who=ENID)
    backwards = api.post(path, {"begins": "2026-04-02", "ends": "2026-04-01"}, who=ENID)

    assert opened["state"] == "on_break"
    assert [(one["begins"], one["ends"]) for one in ended["breaks"]] == [("2026-02-10", "2026-02-20")]
    assert (over.json["errors"][0]["field"], backwards.json["errors"][0]["field"]) == ("begins", "ends")
    assert shown(api, who=MO).json["breaks"][0]["reason"] is None, "of health, perhaps: not the mentor's"
    assert shown(api, who=ANA).json["breaks"][0]["reason"] == "illness"


def test_one_learner_s_old_authorisations_hide_none_that_ends_soon(api: ApiClient) -> None:
    """Neither of another learner, nor of their own; who may do what is listed for both, what ends next first."""
    prepare(api)
    for one in (ANA, BEN):
        enrolled(api, one)
    records = AuthorisationRecords(api.platform.documents)
    now = api.clock.now()
    for number in range(150):
        _authorised(records, now, BEN, f"Old {number}", timedelta(days=-2))
    _authorised(records, now, BEN, "Strip cores", timedelta(days=9))
    _authorised(records, now, BEN, "Cut cables", timedelta(days=200), scope="alone")
    _authorised(records, now, ANA, "Joint at 11 kV", timedelta(days=8))

    soon = api.get("learning/authorisations", who=ADA).json["authorisations"]
    listed = api.get("learning/authorisations/in-force", who=ADA).json["learners"]
    own = api.get(f"learning/enrolments/{BEN}/authorisations", who=ADA).json["authorisations"]

    assert [(one["name"], one["activity"]) for one in soon] == [
        ("Ana Joiner", "Joint at 11 kV"),
        ("Ben Joiner", "Strip cores"),
    ]
    assert [(one["name"], [each["activity"] for each in one["authorisations"]], one["more"]) for one in listed] == [
        ("Ana Joiner", ["Joint at 11 kV"], False),
        ("Ben Joiner", ["Strip cores", "Cut cables"], False),
    ]
    assert [one["activity"] for one in own[:2]] == ["Cut cables", "Strip cores"]


def _authorised(
    records: AuthorisationRecords,
    now: datetime,
    whose: str,
    activity: str,
    left: timedelta,
    scope: Scope = "supervised",
) -> None:
    records.add(
        Authorisation(
            authorisation_id=f"{whose}-{activity}".replace(" ", "-"),
            employee_id=whose,
            activity=activity,
            scope=scope,
            begins=(now - timedelta(days=30)).date(),
            ends=(now + left).date(),
            given_by=MO,
            given_at=now,
        )
    )


def test_authorisations_end_and_are_taken_back_and_stay_on_record(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    path = f"learning/enrolments/{ANA}/authorisations"
    body = {"activity": "Prepare 11 kV ends", "scope": "supervised", "begins": "2026-02-01", "ends": "2026-03-01"}

    given = api.post(path, body, who=MO)
    again = api.post(path, body, who=MO)
    soon = api.get("learning/authorisations", who=MO).json["authorisations"]
    revoked = api.post(f"learning/authorisations/{given.json['authorisation_id']}/revocation", who=MO).json

    assert (given.status, given.json["state"]) == (201, "ends_soon")
    assert again.json["authorisation_id"] == given.json["authorisation_id"]
    assert [(one["name"], one["scope"]) for one in soon] == [("Ana Joiner", "supervised")]
    assert revoked["state"] == "revoked"
    assert [one["state"] for one in api.get(path, who=ANA).json["authorisations"]] == ["revoked"]
    assert api.get("learning/authorisations", who=MO).json["authorisations"] == []
    assert api.post(path, body | {"ends": "2026-02-05"}, who=MO).json["errors"][0]["field"] == "ends"
    assert api.post(path, body | {"ends": "2036-02-05"}, who=MO).json["errors"][0]["field"] == "ends"


def test_what_was_given_is_over_on_the_day_after_its_last(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    path = f"learning/enrolments/{ANA}/authorisations"
    body = {"activity": "Joint at 11 kV", "scope": "alone", "begins": "2026-02-01", "ends": "2026-02-14"}
    api.post(path, body, who=MO)

    api.clock.move(days=2)
    last = api.get(path, who=MO).json["authorisations"][0]["state"]
    api.clock.move(days=1)
    after = api.get(path, who=MO).json["authorisations"][0]["state"]

    assert (last, after) == ("ends_soon", "ended")


def test_whoever_stands_beside_a_learner_sees_them_and_nobody_else(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    invite(api, BEN, employer_id=None)

    def seen_by(who: str) -> list[int]:
        return [shown(api, one, who).status for one in (ANA, BEN)]

    assert {who: seen_by(who) for who in (ANA, MO, EMPLOYER, ENID, ADA, DANA, JOE, CRO)} == {
        ANA: [200, 403],
        MO: [200, 403],
        EMPLOYER: [200, 403],
        ENID: [200, 200],
        ADA: [200, 200],
        DANA: [403, 403],
        JOE: [403, 403],
        CRO: [403, 403],
    }
    listed = {
        who: [one["employee_id"] for one in api.get("learning/enrolments", who=who).json["learners"]]
        for who in (MO, EMPLOYER, ENID)
    }
    assert listed == {MO: [ANA], EMPLOYER: [ANA], ENID: [ANA, BEN]}
    assert api.get("learning/enrolments", who=SARAH).status == 403


def test_every_view_of_another_learner_is_on_record(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    shown(api, who=ANA)
    assert api.get("audit", action="learner.viewed").json["items"] == []

    shown(api, who=MO)
    api.get("learning/enrolments", who=EMPLOYER)

    assert [one["actor"] for one in api.get("audit", action="learner.viewed", subject=ANA).json["items"]] == [MO]
    assert [one["actor"] for one in api.get("audit", action="learners.listed").json["items"]] == [EMPLOYER]


def test_lists_go_on_where_they_ended(api: ApiClient) -> None:
    prepare(api)
    for one in (ANA, BEN):
        invite(api, one)

    first = api.get("learning/enrolments", limit=1, who=ENID).json
    second = api.get("learning/enrolments", limit=1, cursor=first["next_cursor"], who=ENID).json

    assert [one["employee_id"] for page in (first, second) for one in page["learners"]] == [ANA, BEN]
    assert second["next_cursor"] is None


def test_the_earliest_first_lesson_stands_in_whatever_order_it_is_told(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    records, now = EnrolmentRecords(api.platform.documents), api.clock.now()
    api.clock.move(hours=2)

    for at in (api.clock.now(), now, api.clock.now()):
        records.note_first_lesson(ANA, at)
    records.note_first_lesson("nobody@jointers.example", now)

    kept = records.get(ANA)
    assert kept is not None
    assert kept.first_lesson_at == now


def test_an_erased_learner_leaves_nothing(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    body = {"activity": "Joint at 11 kV", "scope": "alone", "begins": "2026-02-01", "ends": "2026-06-14"}
    api.post(f"learning/enrolments/{ANA}/authorisations", body, who=MO)

    assert api.post(f"employees/{ANA}/erasure", {"employee_id": ANA}, who=ADA).status == 202
    api.deliver()

    documents = api.platform.documents
    left = {name: documents.query(Query(name)) for name in ("enrolments", "invitations", "authorisations")}
    assert left == {"enrolments": [], "invitations": [], "authorisations": []}


def test_a_renamed_learner_keeps_what_they_are_held_to(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    body = {"activity": "Joint at 11 kV", "scope": "alone", "begins": "2026-02-01", "ends": "2026-06-14"}
    given = api.post(f"learning/enrolments/{ANA}/authorisations", body, who=MO).json
    before = shown(api).json

    new = "ana.newname@jointers.example"
    assert api.post(f"employees/{ANA}/rename", {"new_id": new, "reason": "married"}, who=ADA).status == 202
    api.deliver()

    assert shown(api, new).json == before | {"employee_id": new}
    assert (
        api.get(f"learning/enrolments/{new}/authorisations", who=MO).json["authorisations"][0]["authorisation_id"]
        == (given["authorisation_id"])
    )


def test_an_employer_who_is_renamed_stays_the_employer(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)

    renamed = {"new_id": "boss@partner.example", "reason": "married"}
    assert api.post(f"employees/{EMPLOYER}/rename", renamed, who=ADA).status == 202
    api.deliver()

    assert shown(api).json["employer_id"] == "boss@partner.example"


def test_under_five_no_number_of_learners_is_told(api: ApiClient) -> None:
    others = [f"learner{number}@jointers.example" for number in range(3)]
    prepare(api, *others)
    keeping = enrolment(api.platform.on).keeping
    from infra.wiring.people import people

    enid = people(api.platform.on).callers.person(ENID)
    for one in (ANA, BEN, *others[:2]):
        invite(api, one)
    few = keeping.pinned(enid, STANDARD)
    invite(api, others[2], plan=OLD_PLAN)
    five = keeping.pinned(enid, STANDARD)

    assert (few.learners, few.texts) == (None, [])
    assert five.learners == 5
    assert [one.learners for one in five.texts] == [None, None]


def test_no_group_under_five_can_be_reckoned_from_what_is_told() -> None:
    """By whoever knows how it is chosen: under what is told lies more than one possibility, for each group that is."""
    possible: dict[tuple[int, tuple[int | None, ...]], set[tuple[int, ...]]] = {}
    for groups in range(1, 5):
        for numbers in product(range(1, 13), repeat=groups):
            if sum(numbers) >= 5:
                possible.setdefault((sum(numbers), tuple(told_apart(numbers))), set()).add(numbers)
    for (_, told), cases in possible.items():
        for place, number in enumerate(told):
            if number is None:
                assert len({case[place] for case in cases}) > 1, (told, cases)
            else:
                assert number >= 5
    assert told_apart([5, 300]) == [5, 300]
    assert told_apart([1] * 5) == [], "five learners in five groups"


def test_what_counting_many_versions_reads_does_not_grow_with_those_who_learn(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    store = counting(api.platform.documents)
    records, versions = EnrolmentRecords(store), [f"ST9901@1.{number}" for number in range(10)]
    ana = records.get(ANA)
    assert ana is not None

    def filled(first: int, last: int) -> int:
        """How many documents are read once that many learn."""
        for number in range(first, last):
            named, standard = f"learner{number}@jointers.example", versions[number % len(versions)]
            records.put(ana.changed(employee_id=named, standard=standard), over=None)
        before = store.counted.reads
        told.append(records.pinned_to([*versions, "ST9901@9.9"]))
        return store.counted.reads - before

    told: list[dict[str, tuple[int, bool]]] = []
    few, many, more = filled(0, 100), filled(100, 700), filled(700, 1_400)

    assert few <= many == more <= 1_000
    assert set(told[0].values()) == {(10, False), (11, False), (0, False)}, "Ana among them"
    assert (told[2]["ST9901@1.1"], told[2]["ST9901@9.9"]) == ((25, True), (0, False)), "there are 140"
