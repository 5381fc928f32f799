"""What was kept in quarantine is taken in again."""

from __future__ import annotations

import json

from tests.harness.api_client import INTEGRATION, ApiClient, role_play


class TestReplay:
    def test_takes_the_input_in_once_the_cause_is_gone(self, seen: ApiClient) -> None:
        body = role_play(1, employee="late@augmentcode.com")
        kept = seen.post("validation-events", body, who=INTEGRATION).json["quarantine_id"]
        assert seen.post("validation-events", body, who=INTEGRATION).json["quarantine_id"] == kept
        assert seen.get(f"quarantine/{kept}").json["times_received"] == 2
        assert json.loads(seen.get(f"quarantine/{kept}").json["content"]) == body
        still = seen.post(f"quarantine/{kept}/replay")
        assert (still.status, still.fields) == (422, ["employee_id"])
        assert seen.get(f"quarantine/{kept}").json["state"] == "open"
        seen.import_people("name,email\nLate Comer,late@augmentcode.com\n")
        replayed = seen.post(f"quarantine/{kept}/replay").json
        assert replayed["status"] == 201
        assert replayed["answer"]["employee_id"] == "late@augmentcode.com"
        assert seen.get(f"quarantine/{kept}").json["state"] == "replayed"
        assert seen.post("validation-events", body, who=INTEGRATION).json["duplicate"] is True
        actions = [item["action"] for item in seen.get("audit", subject=kept).json["items"]]
        assert actions.count("quarantine.replayed") == 2

    def test_takes_in_what_came_under_another_content_type(self, seen: ApiClient) -> None:
        raw = json.dumps(role_play(31)).encode()
        kept = seen.post("validation-events", raw=raw, content_type="text/plain").json["quarantine_id"]
        assert seen.post(f"quarantine/{kept}/replay").json["status"] == 201

    def test_of_a_list_keeps_the_items_that_are_still_wrong(self, seen: ApiClient) -> None:
        raw = json.dumps([role_play(32), role_play(33, score=-1)]).encode()
        kept = seen.post("validation-events", raw=raw, content_type="text/plain").json["quarantine_id"]
        replayed = seen.post(f"quarantine/{kept}/replay").json
        assert replayed["status"] == 207
        wrong = replayed["answer"]["results"][1]["problem"]
        assert seen.get(f"quarantine/{wrong['quarantine_id']}").json["state"] == "open"

    def test_of_discarded_input_is_refused_and_its_content_is_gone(self, seen: ApiClient) -> None:
        kept = seen.post("validation-events", {"private": "words"}).json["quarantine_id"]
        assert seen.delete(f"quarantine/{kept}").json == {"done": True}
        shown = seen.get(f"quarantine/{kept}").json
        assert (shown["state"], shown["content"]) == ("discarded", "")
        assert seen.parts.files.read(kept) is None
        assert seen.post(f"quarantine/{kept}/replay").status == 409
        # The same input again is kept again.
        assert seen.post("validation-events", {"private": "words"}).json["quarantine_id"] == kept
        assert "words" in seen.get(f"quarantine/{kept}").json["content"]

    def test_the_list_is_paged_the_newest_first(self, seen: ApiClient) -> None:
        for number in range(5):
            seen.clock.move(seconds=1)
            seen.post("validation-events", {"number": number})
        first = seen.get("quarantine", limit=3).json
        second = seen.get("quarantine", limit=3, cursor=first["next_cursor"]).json
        moments = [item["received_at"] for item in first["items"] + second["items"]]
        assert moments == sorted(moments, reverse=True)
        assert len({item["quarantine_id"] for item in first["items"] + second["items"]}) == 6
