"""The demonstration's lessons: complete, in the format, safe to begin with, and shown by clips of just these words."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from infra.demonstration.drawings.picture import PictureError, svg_of
from infra.demonstration.lesson_files import (
    CLIPS,
    PICTURES,
    LessonFile,
    drawings,
    lesson_paths,
    read_lesson,
    read_pictures,
    script_digest,
)
from shared.learning.contract import LessonsBody
from tests.infra.mp4_boxes import film_of

FRAMEWORK = Path(__file__).parents[2] / "infra" / "frameworks" / "cable_jointing_demo.yaml"
LESSONS = {path.stem: read_lesson(path) for path in lesson_paths()}
QUESTIONS = [(lesson.lesson_id, question) for lesson in LESSONS.values() for question in lesson.questions]
every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
MOST_BYTES = 600_000
MOST_POSTER_BYTES = 12_000
LONGEST, SHORTEST = 100, 75
"""Seconds that about ninety may be."""


def ancestors(lesson_id: str) -> Iterator[str]:
    """Yields whatever has to be finished before a lesson; ends only where nothing waits for itself."""
    for name in LESSONS[lesson_id].prerequisites:
        yield name
        yield from ancestors(name)


class TestTheLessons:
    def test_are_what_the_api_publishes(self) -> None:
        body = {"lessons": [lesson.model_dump(mode="json") for lesson in LESSONS.values()]}
        assert len(LessonsBody.model_validate_json(json.dumps(body)).lessons) == len(LESSONS)

    def test_are_twenty_with_at_least_three_of_each_topic(self) -> None:
        topics = Counter(lesson.topic for lesson in LESSONS.values())
        assert len(LESSONS) == 20
        assert set(topics) == {"cable_identification", "hazards", "procedures", "fault_finding", "decisions"}
        assert min(topics.values()) >= 3

    def test_wait_only_for_lessons_that_can_be_finished(self) -> None:
        for lesson_id in LESSONS:
            assert lesson_id not in set(ancestors(lesson_id))  # a circle does not end: RecursionError

    def test_of_hazards_wait_for_no_lesson_that_is_none(self) -> None:
        for lesson in LESSONS.values():
            if lesson.hazard:
                assert all(LESSONS[name].hazard for name in ancestors(lesson.lesson_id)), lesson.lesson_id

    def test_name_competencies_of_their_framework_and_leave_none_out(self) -> None:
        framework = yaml.safe_load(FRAMEWORK.read_text("utf-8"))
        known = {competency["competency"] for competency in framework["competencies"]}
        named = {competency for lesson in LESSONS.values() for competency in lesson.competencies}
        assert {lesson.framework_id for lesson in LESSONS.values()} == {framework["framework_id"]}
        assert named == known

    def test_spread_their_right_answers_over_the_positions(self) -> None:
        for options in (3, 4):
            rights = Counter(question.right for _, question in QUESTIONS if len(question.options) == options)
            asked = sum(rights.values())
            for position in range(1, options + 1):
                assert 0.5 / options < rights[position] / asked < 2 / options, (options, rights)

    def test_do_not_give_the_right_answer_away_by_its_length(self) -> None:
        longest = sum(len(q.options[q.right - 1]) == max(map(len, q.options)) for _, q in QUESTIONS)
        assert 0.15 < longest / len(QUESTIONS) < 0.45


@every_lesson
class TestALesson:
    def test_is_named_as_its_file_and_reviewed_by_nobody(self, lesson: LessonFile) -> None:
        assert LESSONS[lesson.lesson_id] == lesson
        assert lesson.reviewer is None
        assert (lesson.topic == "hazards") <= lesson.hazard

    def test_says_its_notice_on_every_picture(self, lesson: LessonFile) -> None:
        assert all("not reviewed by a competent person" in svg and "SYNTHETIC" in svg for svg in drawings(lesson))

    def test_has_a_picture_drawn_for_each_sentence_and_no_other(self, lesson: LessonFile) -> None:
        named = [sentence.picture for sentence in lesson.script]
        assert named == list(read_pictures(lesson.lesson_id)), "in the order of the script, each once"
        assert len(set(drawings(lesson))) == len(named)

    def test_is_said_in_about_ninety_seconds(self, lesson: LessonFile) -> None:
        assert 200 <= lesson.words() <= 262
        assert all(4 <= len(sentence.say.split()) <= 30 for sentence in lesson.script)

    def test_asks_with_plausible_options_of_which_one_is_right(self, lesson: LessonFile) -> None:
        assert len({question.question_id for question in lesson.questions}) == len(lesson.questions)
        for question in lesson.questions:
            assert 1 <= question.right <= len(question.options)
            assert len(question.options) >= 3
            assert len(set(question.options)) == len(question.options)
            assert max(map(len, question.options)) <= 130
            assert len(question.because.split()) >= 10
            assert question.ask.endswith(("?", ":"))


@every_lesson
class TestAClip:
    def test_was_rendered_from_the_script_and_the_drawings_as_they_are(self, lesson: LessonFile) -> None:
        assert lesson.clip is not None
        assert lesson.clip.script_sha256 == script_digest(lesson), f"./scripts/render_lessons {lesson.lesson_id}"

    def test_is_the_file_that_the_lesson_names(self, lesson: LessonFile) -> None:
        clip = lesson.clip
        assert clip is not None
        assert (clip.video, clip.captions) == (f"{lesson.lesson_id}.mp4", f"{lesson.lesson_id}.vtt")
        data = (CLIPS / clip.video).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (clip.bytes, clip.sha256)
        assert hashlib.sha256((CLIPS / clip.captions).read_bytes()).hexdigest() == clip.captions_sha256
        poster = (CLIPS / clip.poster).read_bytes()
        assert hashlib.sha256(poster).hexdigest() == clip.poster_sha256
        assert len(poster) <= MOST_POSTER_BYTES

    def test_is_small_upright_and_plays_before_it_has_arrived_whole(self, lesson: LessonFile) -> None:
        assert lesson.clip is not None
        data = (CLIPS / lesson.clip.video).read_bytes()
        film = film_of(data)
        assert len(data) <= MOST_BYTES
        assert film.codecs == {"avc1", "mp4a"}
        assert (film.width, film.height) == (540, 960)
        assert film.order.index("moov") < film.order.index("mdat")
        assert round(film.seconds) == pytest.approx(lesson.clip.seconds, abs=1)
        assert SHORTEST <= lesson.clip.seconds <= LONGEST

    def test_is_captioned_sentence_for_sentence_in_time(self, lesson: LessonFile) -> None:
        assert lesson.clip is not None
        head, *cues = (CLIPS / lesson.clip.captions).read_text("utf-8").strip().split("\n\n")
        assert head == "WEBVTT"
        assert [cue.split("\n")[2] for cue in cues] == [sentence.say for sentence in lesson.script]
        times = [seconds_of(stamp) for cue in cues for stamp in cue.split("\n")[1].split(" --> ")]
        assert times == sorted(times)
        assert times[-1] <= lesson.clip.seconds + 1


def seconds_of(stamp: str) -> float:
    found = re.fullmatch(r"00:(\d\d):(\d\d\.\d{3})", stamp)
    assert found, stamp
    return 60 * int(found[1]) + float(found[2])


def test_nothing_lies_beside_the_lessons_that_belongs_to_none() -> None:
    assert {path.stem for path in PICTURES.iterdir()} == set(LESSONS)
    assert {path.name for path in CLIPS.iterdir()} == {
        f"{name}.{kind}" for name in LESSONS for kind in ("jpg", "mp4", "vtt")
    }


class TestTheDigestOfAScript:
    lesson = LESSONS["proved_dead"]

    def test_differs_once_a_word_is_changed(self) -> None:
        first, *others = self.lesson.script
        reworded = self.lesson.model_copy(
            update={"script": (first.model_copy(update={"say": f"{first.say[:-1]}, too."}), *others)}
        )
        assert script_digest(reworded) != script_digest(self.lesson)

    def test_differs_once_another_picture_stands_with_a_sentence(self) -> None:
        first, second, *others = self.lesson.script
        exchanged = self.lesson.model_copy(
            update={"script": (first.model_copy(update={"picture": second.picture}), second, *others)}
        )
        assert script_digest(exchanged) != script_digest(self.lesson)

    def test_differs_once_the_lesson_is_marked_as_no_hazard(self) -> None:
        assert script_digest(self.lesson.model_copy(update={"hazard": False})) != script_digest(self.lesson)


class TestAPicture:
    picture = read_pictures("proved_dead")["the_order"]

    def test_with_an_unknown_drawing_is_refused_with_those_there_are(self) -> None:
        wrong = self.picture.model_copy(update={"draw": ({"steam_engine": {}},)})
        with pytest.raises(PictureError, match=r"the_order: no drawing 'steam_engine'; there are .*cable_end"):
            svg_of("the_order", wrong, hazard=True)

    def test_with_an_unknown_argument_is_refused_with_those_it_takes(self) -> None:
        wrong = self.picture.model_copy(update={"draw": ({"badge": {"colour": "red"}},)})
        with pytest.raises(PictureError, match="badge takes kind, hour; found colour"):
            svg_of("the_order", wrong, hazard=True)
