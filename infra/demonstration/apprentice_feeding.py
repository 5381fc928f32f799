"""Feeds the apprentices to a platform: people, lessons, enrolments and their months, over HTTP by who would do it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import quote

from infra.demonstration import apprentices
from infra.demonstration.apprentices import Apprenticeship, Colleague
from infra.demonstration.feeding import StartProgress
from infra.demonstration.lesson_files import CLIPS, LessonFile, lesson_paths, read_lesson
from infra.demonstration.phones import phone_of
from infra.web.calling import Caller, accepted
from infra.web.delivery import Report, import_people
from infra.web.events import VALIDATION_EVENTS
from shared.kernel.json_values import JsonObject

LEARNING: Final = "/api/v1/learning"
IN_ONE_LIST: Final = 200
CONSENT: Final = 2
"""Version of the text that everybody agrees to."""
COACH: Final = 2
"""Version of what everybody agrees to about the coach."""
GATEWAY_AFTER: Final = timedelta(days=30 * 30)
MILESTONE: Final = "first_site_visit"

As = Callable[[str], Caller]
"""From somebody's address to who calls as they do."""


@dataclass(frozen=True)
class Months:
    """Holds what came of one apprentice's months: their answers, and what mentor, employer and training centre saw."""

    of: Apprenticeship
    answers: Sequence[JsonObject]
    observations: Sequence[JsonObject]
    verifications: Sequence[JsonObject]
    workshops: Sequence[JsonObject]

    @property
    def size(self) -> int:
        return sum(map(len, (self.answers, self.observations, self.verifications, self.workshops)))


def feed_apprentices(
    office: Caller,
    as_person: As,
    *,
    as_of: date,
    seed: int = 1,
    names: Sequence[str] = apprentices.APPRENTICES,
    progress: StartProgress = lambda total: _untold,
) -> int:
    """Feeds everything; returns how many answers the apprentices gave. Feeding the same again changes nothing.

    office: calls as whoever runs the training, who may publish and enrol
    names: of whom the months are fed
    progress: called with the number of answers and observations; what it returns is called as they are taken.
    Raises Refused, Unreachable.
    """
    lessons = [read_lesson(path) for path in lesson_paths()]
    import_people(office.post, people_csv(as_of))
    publish(office, lessons)
    for name in apprentices.MENTORS:
        agree_to_coach(as_person(apprentices.address(name)), name)
    everybody = [_months(Apprenticeship(seed, as_of, name, lessons)) for name in names]
    report, told = Report(), progress(sum(one.size for one in everybody))

    def taken(number: int) -> None:
        report.accepted += number
        told(report)

    for months in everybody:
        enrol(office, as_person, months.of, as_of)
        _learn(as_person(months.of.email), months, taken)
        _observe(as_person, months, taken)
        _post_list(office, VALIDATION_EVENTS, months.workshops)
        taken(len(months.workshops))
    return sum(len(one.answers) for one in everybody)


def _untold(report: Report) -> None:
    """Tells nobody."""


def _months(one: Apprenticeship) -> Months:
    return Months(one, one.answers(), [*one.observations()], [*one.verifications()], [*one.workshops()])


def people_csv(as_of: date) -> str:
    """Writes the people as POST /api/v1/employees/import takes them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Colleague._fields)
    writer.writerows(apprentices.people(as_of))
    return text.getvalue()


def publish(office: Caller, lessons: Sequence[LessonFile]) -> None:
    """Sends the clips, then publishes the lessons. Raises Refused, Unreachable."""
    for lesson in lessons:
        if lesson.clip is None:
            continue
        clip = lesson.clip
        for name, kind in ((clip.video, "video/mp4"), (clip.captions, "text/vtt"), (clip.poster, "image/jpeg")):
            content = (CLIPS / name).read_bytes()
            path = f"{LEARNING}/clips/{hashlib.sha256(content).hexdigest()}"
            accepted(office.put(path, content, kind), path)
    body = {"lessons": [lesson.model_dump(mode="json") for lesson in lessons]}
    accepted(office.post(f"{LEARNING}/lessons", json.dumps(body).encode()), "lessons")


def enrol(office: Caller, as_person: As, one: Apprenticeship, as_of: date) -> None:
    """Invites an apprentice, who agrees; notes their break, and what they may do. Raises Refused, Unreachable."""
    begun = apprentices.begun_on(as_of, one.name)
    path = f"{LEARNING}/enrolments"
    invitation = {
        "employee_id": one.email,
        "standard": apprentices.STANDARD,
        "started_on": begun.isoformat(),
        "gateway_on": (begun + GATEWAY_AFTER).isoformat(),
        "milestone": MILESTONE,
        "employer_id": apprentices.address(apprentices.EMPLOYER),
    }
    answer = office.post(path, json.dumps(invitation).encode())
    if answer.status != 409:  # fed before: they have answered
        accepted(answer, path)
    _post(as_person(one.email), f"{path}/{quote(one.email)}/consent", {"version": CONSENT, "agreed": True})
    agree_to_coach(as_person(one.email), one.name)
    if one.name == apprentices.AWAY:
        away = {"begins": (as_of - timedelta(days=apprentices.AWAY_SINCE - 1)).isoformat(), "reason": "agreed_leave"}
        _post(office, f"{path}/{quote(one.email)}/breaks", away)
    mentor = as_person(apprentices.address(apprentices.mentor_of(one.name)))
    for body in apprentices.authorisations(as_of, one.name):
        _post(mentor, f"{path}/{quote(one.email)}/authorisations", body)


def agree_to_coach(person: Caller, name: str) -> None:
    """Lets somebody agree that the coach writes to their phone. Raises Refused, Unreachable."""
    path = f"{LEARNING}/enrolments/{quote(apprentices.address(name))}/coach-agreement"
    _post(person, path, {"agreed": True, "version": COACH, "phone": f"+{phone_of(name)}"})


def _learn(learner: Caller, months: Months, taken: Callable[[int], None]) -> None:
    for several in _lists(months.answers):
        _post(learner, f"{LEARNING}/answers", {"answers": several})
        taken(len(several))


def _observe(as_person: As, months: Months, taken: Callable[[int], None]) -> None:
    mentor = as_person(apprentices.address(apprentices.mentor_of(months.of.name)))
    for body in months.observations:
        _post(mentor, f"{LEARNING}/observations", body)
        taken(1)
    employer = as_person(apprentices.address(apprentices.EMPLOYER))
    for body in months.verifications:
        _post(employer, f"{LEARNING}/verifications", body)
        taken(1)


def _post_list(caller: Caller, path: str, several: Sequence[JsonObject]) -> None:
    if several:
        accepted(caller.post(path, json.dumps(several).encode()), path)


def _post(caller: Caller, path: str, body: JsonObject) -> None:
    accepted(caller.post(path, json.dumps(body).encode()), path)


def _lists(answers: Sequence[JsonObject]) -> Iterator[Sequence[JsonObject]]:
    for start in range(0, len(answers), IN_ONE_LIST):
        yield answers[start : start + IN_ONE_LIST]
