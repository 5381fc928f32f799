"""What could not be delivered waits on the disk, and is delivered later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from examples.role_play_client import role_play_client as example
from examples.role_play_client.role_play_client import Client, Spool
from tests.examples.role_play_platform import (
    FOLDER,
    SESSION,
    Platform,
    client,
    platform,
    session,
    spool,
    waiting,
    waits,
)

__all__ = ["client", "platform", "spool", "waits"]


class TestDraining:
    def test_sends_what_waited_in_order_of_age(self, client: Client, platform: Platform, spool: Spool) -> None:
        for number in (5, 3, 9, 1):
            spool.add(session(number).to_event())
        assert client.drain() == example.Drained(delivered=4)
        assert platform.received == [f"voice-roleplay-s-{number}" for number in (5, 3, 9, 1)]

    def test_stops_at_the_first_sign_of_an_outage(self, client: Client, platform: Platform, spool: Spool) -> None:
        for number in range(5):
            spool.add(session(number).to_event())
        platform.replies = [(201, {}, {"employee_id": "joe"}), (503, {"Retry-After": "30"}, {})]
        assert client.drain() == example.Drained(delivered=1, waiting=4, retry_after=30.0)
        assert len(platform.received) == 2

    def test_a_poison_event_blocks_nobody(self, client: Client, platform: Platform, spool: Spool) -> None:
        platform.always = lambda event: (500, {}, {}) if event["event_id"].endswith("s-0") else None
        for number in range(4):
            spool.add(session(number).to_event())
        assert client.drain() == example.Drained(delivered=3, waiting=1)
        assert waiting(spool) == ["voice-roleplay-s-0"]

    def test_many_poison_events_go_to_the_back_of_the_queue(
        self, client: Client, platform: Platform, spool: Spool
    ) -> None:
        platform.always = lambda event: (500, {}, {}) if event["event_id"][-1] in "0123" else None
        for number in range(6):
            spool.add(session(number).to_event())
        assert client.drain().delivered == 0
        assert len(platform.received) == 3
        assert client.drain().delivered == 2
        assert sorted(waiting(spool)) == [f"voice-roleplay-s-{number}" for number in range(4)]

    def test_a_broken_file_blocks_nobody(self, client: Client, spool: Spool) -> None:
        (spool.pending / "00000000000000000001-x.json").write_text("{", encoding="utf-8")
        spool.add(SESSION.to_event())
        assert client.drain() == example.Drained(delivered=1)
        assert [file.suffix for file in spool.rejected.iterdir()] == [".unreadable"]

    def test_drains_by_itself_once_the_platform_is_back(self, platform: Platform, spool: Spool) -> None:
        client = Client(platform.url, lambda: "a-token", spool, uniform=lambda low, high: 0.02)
        platform.replies = [(503, {}, {})] * 3
        for number in range(3):
            spool.add(session(number).to_event())
        stop = threading.Event()
        thread = threading.Thread(target=client.drain_forever, args=(stop,), kwargs={"idle_seconds": 0.02})
        thread.start()
        deadline = time.monotonic() + 10
        while len(platform.events) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        stop.set()
        thread.join(5)
        assert not thread.is_alive()
        assert platform.received == ["voice-roleplay-s-0"] * 3 + [f"voice-roleplay-s-{n}" for n in range(3)]

    def test_pauses_grow_with_jitter_up_to_a_limit(self, spool: Spool) -> None:
        client = Client("http://127.0.0.1:9", lambda: "", spool)
        for failures, ceiling in [(0, 1), (3, 8), (8, 256), (9, 300), (500, 300)]:
            drawn = [client.delay(failures) for _ in range(200)]
            assert 0 <= min(drawn) < 0.2 * ceiling
            assert 0.8 * ceiling < max(drawn) <= ceiling
        asked = [client.delay(0, 40.0) for _ in range(50)]
        assert min(asked) >= 40.0
        assert len(set(asked)) > 10


class TestSpool:
    def test_keeps_the_same_event_once(self, spool: Spool) -> None:
        assert spool.add(SESSION.to_event()).file == spool.add(SESSION.to_event()).file
        assert len(waiting(spool)) == 1

    def test_is_read_by_the_next_process(self, spool: Spool, tmp_path: Path) -> None:
        spool.add(SESSION.to_event())
        assert waiting(Spool(tmp_path / "spool")) == ["voice-roleplay-s-1"]

    def test_ignores_half_written_files_and_removes_old_ones(self, spool: Spool, tmp_path: Path) -> None:
        old, young = spool.pending / "1-a.json.7-7.tmp", spool.pending / "2-b.json.8-8.tmp"
        for file in (old, young):
            file.write_text('{"event_', encoding="utf-8")
        os.utime(old, (1, 1))
        assert waiting(Spool(tmp_path / "spool")) == []
        assert (old.exists(), young.exists()) == (False, True)

    def test_loses_nothing_to_kill_9(self, tmp_path: Path, platform: Platform) -> None:
        """A process spools sessions and says so after each; it is killed in mid-work, several times. Whatever it said
        was recorded arrives, once."""
        program = (
            "import sys, itertools\n"
            "from datetime import UTC, datetime\n"
            "from pathlib import Path\n"
            "from examples.role_play_client.role_play_client import Score, Session, Spool\n"
            "spool = Spool(Path(sys.argv[1]))\n"
            "for n in itertools.count():\n"
            "    s = Session(f'{sys.argv[2]}-{n}', 'joe@augmentcode.com', 'x', datetime(2026, 2, 10, tzinfo=UTC),\n"
            "                60, 80, True, [Score('discovery', 80)], 'gs://x')\n"
            "    spool.add(s.to_event())\n"
            "    print(s.to_event()['event_id'], flush=True)\n"
        )
        recorded: list[str] = []
        for run in range(4):
            process = subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path / "spool"), str(run)],
                stdout=subprocess.PIPE,
                text=True,
                cwd=FOLDER.parent.parent,
            )
            assert process.stdout is not None
            said = [process.stdout.readline().strip() for _ in range(5 + 9 * run)]
            process.send_signal(signal.SIGKILL)
            recorded += said + process.stdout.read().split()
            process.wait(10)
        client = Client(platform.url, lambda: "a-token", Spool(tmp_path / "spool"))
        drained = client.drain()
        assert drained.waiting == drained.rejected == 0
        assert set(recorded) <= set(platform.events)
        assert max(Counter(platform.received).values()) == 1
        # At most the one event that each killed process had on disk and no time to mention.
        assert len(platform.events) <= len(recorded) + 4

    def test_survives_a_kill_between_the_answer_and_the_forgetting(
        self, spool: Spool, platform: Platform, tmp_path: Path
    ) -> None:
        class Killed(BaseException):
            pass

        class Dying(Spool):
            def delivered(self, spooled: example.Spooled) -> None:
                raise Killed

        with pytest.raises(Killed):
            Client(platform.url, lambda: "a-token", Dying(tmp_path / "spool")).post_session(SESSION)
        assert Client(platform.url, lambda: "a-token", spool).drain() == example.Drained(delivered=1)
        assert platform.received == ["voice-roleplay-s-1"] * 2
        assert len(platform.events) == 1
