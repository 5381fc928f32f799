"""The demonstration's lessons, published as they are shipped, with their clips, to who learns by them: over HTTP."""

from __future__ import annotations

import http.client
import io
from pathlib import Path
from urllib.parse import urlsplit

from infra.demonstration.lesson_files import CLIPS, lesson_paths, read_lesson
from tests.harness.embedded_platform import EmbeddedPlatform, embedded_platform
from tests.harness.google_platform import ask

AVA = "ava@grid.example"
PEOPLE = f"name,email,role,framework\nAva Prentice,{AVA},employee,cable_jointing_demo\n"


def test_the_shipped_lessons_reach_a_learner_hazards_first(tmp_path: Path) -> None:
    lessons = [read_lesson(path) for path in lesson_paths()]
    with embedded_platform(tmp_path, io.StringIO()) as house:
        assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).value["created"] == 1
        for lesson in lessons:
            assert lesson.clip is not None
            put(house, lesson.clip.sha256, (CLIPS / lesson.clip.video).read_bytes(), "video/mp4")
            put(house, lesson.clip.captions_sha256, (CLIPS / lesson.clip.captions).read_bytes(), "text/vtt")
            put(house, lesson.clip.poster_sha256, (CLIPS / lesson.clip.poster).read_bytes(), "image/jpeg")
        body = {"lessons": [lesson.model_dump(mode="json") for lesson in lessons]}
        told = ask(house, "POST", "/api/v1/learning/lessons", body)
        assert told.status == 200, told
        assert {one["status"] for one in told.value["lessons"]} == {"published"}

        items = ask(house, "GET", "/api/v1/learning/feed", token=house.person(AVA)).value["items"]
        assert items[0]["hazard"]
        assert items[0]["reason"] == "safety"
        assert all("competent person" in item["notice"] for item in items)
        first = next(lesson for lesson in lessons if lesson.lesson_id == items[0]["lesson_id"])
        assert first.clip is not None
        address = f"/api/v1/learning/clips/{first.clip.sha256}.mp4"
        assert fetched(house, address, house.person(AVA)) == (CLIPS / first.clip.video).read_bytes()


def put(house: EmbeddedPlatform, sha256: str, content: bytes, content_type: str) -> None:
    headers = {"Authorization": f"Bearer {house.token('administration', 'skills_api')}", "Content-Type": content_type}
    connection = http.client.HTTPConnection(urlsplit(house.address).netloc, timeout=60)
    try:
        connection.request("PUT", f"/api/v1/learning/clips/{sha256}", content, headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
    finally:
        connection.close()


def fetched(house: EmbeddedPlatform, path: str, token: str) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(house.address).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()
