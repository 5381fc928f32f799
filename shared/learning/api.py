"""Serves the routes of learning: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import (
    cursor_of,
    cursor_to,
    employee_id_of,
    framework_id_of,
    limit_of,
    raw_of,
    whole_number,
)
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.learning.usecases.keep_clips import KeepClips
    from shared.learning.usecases.list_lessons import ListLessons
    from shared.learning.usecases.open_feed import OpenFeed
    from shared.learning.usecases.publish_lessons import PublishLessons
    from shared.learning.usecases.show_mastery import ShowMastery
    from shared.learning.usecases.take_answers import TakeAnswers
    from shared.learning.usecases.watch_phones import WatchPhones
    from shared.learning.usecases.withdraw_lesson import WithdrawLesson

contract = Contract(lambda: import_module("shared.learning.contract"))
phone_item_contract = Contract(lambda: import_module("shared.learning.phone_item_contract"))
LEARNING: Final = "Learning"
OWN_FRAMEWORK: Final = Parameter("framework_id", "The framework; the caller's own unless given")
FILE: Final = "application/octet-stream"
IMMUTABLE: Final = "private, max-age=31536000, immutable"


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def feed(self) -> OpenFeed: ...
    @property
    def answers(self) -> TakeAnswers: ...
    @property
    def phones(self) -> WatchPhones: ...
    @property
    def mastery(self) -> ShowMastery: ...
    @property
    def lessons(self) -> ListLessons: ...
    @property
    def publish(self) -> PublishLessons: ...
    @property
    def withdrawal(self) -> WithdrawLesson: ...
    @property
    def clips(self) -> KeepClips: ...


api: Routes[UseCases] = Routes("skills_api")
own: Routes[UseCases] = Routes("skills_api")
"""What a learner's own pages ask for as well."""


@own.get(
    "/api/v1/learning/feed",
    "What to learn next, and why",
    "learning.own",
    answer=contract.FeedView,
    problems=(404,),
    tag=LEARNING,
)
def open_feed(request: Request, on: UseCases) -> Response:
    return Response(on.feed.open(request.caller))


@own.post(
    "/api/v1/learning/answers",
    "Send the own answers to quick checks; each is taken or refused by itself",
    "learning.own",
    answer=contract.AnswerResults,
    body=contract.AnswersBody,
    problems=(400, 413, 415, 422),
    tag=LEARNING,
)
def answer_questions(request: Request, on: UseCases) -> Response:
    return Response(on.answers.take(request.caller, request.json()))


@own.post(
    "/api/v1/learning/phone-items",
    "Tell what a phone holds, and hear what of it has arrived and what was told of and has not",
    "learning.own",
    answer=phone_item_contract.PhoneItemsView,
    body=phone_item_contract.PhoneItemsBody,
    problems=(400, 413, 415, 422),
    tag=LEARNING,
)
def tell_phone_items(request: Request, on: UseCases) -> Response:
    from shared.learning.phone_item_contract import PhoneItemsBody

    return Response(on.phones.tell(request.caller, request.body(PhoneItemsBody)))


@own.get(
    "/api/v1/learning/mastery",
    "How far the caller is, competency by competency",
    "learning.own",
    answer=contract.MasteryView,
    problems=(404,),
    tag=LEARNING,
)
def get_own_mastery(request: Request, on: UseCases) -> Response:
    return Response(on.mastery.own(request.caller, evidence=True))


@own.get(
    "/api/v1/learning/mastery/<employee_id>",
    "How far a learner is, competency by competency",
    "enrolments.read",
    answer=contract.MasteryView,
    of_one=True,
    problems=(404,),
    tag=LEARNING,
)
def get_mastery(request: Request, on: UseCases) -> Response:
    return Response(on.mastery.show(request.caller, employee_id_of(request)))


@own.get(
    "/api/v1/learning/mastery/<employee_id>/evidence/<competency>",
    "All that stands behind one competency of a learner, the newest first",
    "enrolments.read",
    answer=contract.PieceList,
    of_one=True,
    query=(LIMIT, CURSOR),
    problems=(404, 422),
    tag=LEARNING,
)
def list_evidence_behind(request: Request, on: UseCases) -> Response:
    employee_id, competency = employee_id_of(request), request.path["competency"]
    found, end = on.mastery.behind(request.caller, employee_id, competency, limit_of(request), cursor_of(request))
    return Response(found.model_copy(update={"next_cursor": cursor_to(end)}))


@own.get(
    "/api/v1/learning/lessons",
    "What is taught in a framework",
    "skills.read",
    answer=contract.LessonList,
    query=(OWN_FRAMEWORK,),
    problems=(404,),
    tag=LEARNING,
)
def list_lessons(request: Request, on: UseCases) -> Response:
    framework_id = framework_id_of(request) if "framework_id" in request.query else None
    return Response(on.lessons.list(request.caller, framework_id))


@own.get(
    "/api/v1/learning/lessons/<lesson_id>",
    "A lesson as it is taught now, or one version of it",
    "skills.read",
    answer=contract.LessonView,
    query=(Parameter("version", "The version; the highest unless given", {"type": "integer", "minimum": 1}),),
    problems=(404, 422),
    tag=LEARNING,
)
def get_lesson(request: Request, on: UseCases) -> Response:
    version = whole_number(request, "version", 1, 1_000_000)
    return Response(on.lessons.show(request.caller, request.path["lesson_id"], version))


@own.get(
    "/api/v1/learning/clips/<name>",
    "A film of a lesson, its captions or its poster: `<sha256>.mp4`, `<sha256>.vtt`, `<sha256>.jpg`",
    "skills.read",
    content_type=FILE,
    problems=(404,),
    tag=LEARNING,
)
def get_clip(request: Request, on: UseCases) -> Response:
    clip = on.clips.show(request.caller, request.path["name"])
    return Response(content=clip.content, content_type=FILE, headers={"Cache-Control": IMMUTABLE})


@api.post(
    "/api/v1/learning/lessons",
    "Publish versions of lessons: all of them, or none",
    "lessons.write",
    answer=contract.PublishedLessons,
    body=contract.LessonsBody,
    problems=(400, 409, 413, 415, 422),
    tag=LEARNING,
)
def publish_lessons(request: Request, on: UseCases) -> Response:
    from shared.learning.contract import LessonsBody

    return Response(on.publish.publish(request.caller, request.body(LessonsBody)))


@api.post(
    "/api/v1/learning/lessons/<lesson_id>/withdrawal",
    "Take a lesson out of teaching; what was answered of it stays",
    "lessons.write",
    answer=contract.LessonView,
    body=contract.WithdrawalBody,
    problems=(400, 404, 409, 413, 415, 422),
    tag=LEARNING,
)
def withdraw_lesson(request: Request, on: UseCases) -> Response:
    from shared.learning.contract import WithdrawalBody

    return Response(on.withdrawal.withdraw(request.caller, request.path["lesson_id"], request.body(WithdrawalBody)))


@api.put(
    "/api/v1/learning/clips/<name>",
    "Keep a film of a lesson, its captions or its poster; `name` is the SHA-256",
    "lessons.write",
    answer=contract.KeptClip,
    raw=("video/mp4", "text/vtt", "image/jpeg"),
    problems=(413, 415, 422),
    tag=LEARNING,
)
def keep_clip(request: Request, on: UseCases) -> Response:
    content, content_type = raw_of(request)
    return Response(on.clips.keep(request.caller, request.path["name"], content, content_type))
