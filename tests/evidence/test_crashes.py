"""A process may die at any moment of keeping evidence: sent again it is one item; left alone it leaves no bytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.files import LocalFiles
from infra.wiring.evidence import EvidenceUseCases, evidence
from shared.evidence.contract import EvidenceTaken
from shared.evidence.records import EvidenceRecords
from shared.evidence.usecases.keep_evidence import KEPT_FOR
from shared.evidence.usecases.take_evidence import Sending
from shared.evidence.usecases.tidy_evidence import LEFT_AFTER
from shared.kernel.access import Caller
from shared.kernel.errors import Gone, Retryable
from shared.ports.documents import Query
from tests.evidence.sending import JPEG
from tests.harness.crash_harness import CrashEnvironment, Died, Fuse, new_crash_harness, unavailable
from tests.privacy.fused_stores import FusedFiles
from tests.ratings.builders import framework

JOE = "joe@example.com"
LEARNER = Caller(email=JOE, role="employee", employee_id=JOE, name="Joe")
PHOTO = Sending(key="device-1", kind="photo", employee_id=JOE)


class Bucket:
    """What a crash leaves alone: documents, bytes, time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.world = new_crash_harness(folder, replace(framework(), framework_id="sales_engineering"), [JOE])
        self.files = LocalFiles(folder / "evidence")

    def process(self, fuse: Fuse | None = None) -> EvidenceUseCases:
        """A new process, which knows nothing but what is outside."""
        fuse = fuse or Fuse()
        on = CrashEnvironment(self.world, fuse)
        on.ports["evidence"] = FusedFiles(self.files, fuse)
        return evidence(on)

    def send(self, fuse: Fuse | None = None) -> EvidenceTaken:
        return self.process(fuse).taking.take(LEARNER, PHOTO, JPEG)

    @property
    def left(self) -> tuple[int, int, int]:
        """How many items, bytes, notes there are."""
        return (
            len(self.world.store.query(Query("evidence"))),
            len(self.files.list()),
            len(self.world.store.query(Query("evidence_uploads"))),
        )


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(tmp_path)


def points(tmp_path: Path) -> int:
    """How many moments there are at which keeping may die."""
    fuse = Fuse()
    Bucket(tmp_path / "counted").send(fuse)
    assert fuse.passed >= 8
    return fuse.passed


@pytest.mark.parametrize("failure", [Died, unavailable])
def test_sent_again_after_any_crash_it_is_one_item_with_its_bytes(
    tmp_path: Path, failure: Callable[[], BaseException]
) -> None:
    for point in range(points(tmp_path)):
        bucket = Bucket(tmp_path / f"at-{point}")
        fuse = Fuse(point, failure)
        with suppress(Died, Retryable):
            bucket.send(fuse)
        assert fuse.blown
        taken = bucket.send()
        assert bucket.process().showing.content(LEARNER, taken.evidence_id).bytes == JPEG, point
        bucket.world.clock.forward(seconds=LEFT_AFTER.total_seconds() + 1)
        bucket.process().tidying.sweep()
        assert bucket.left == (1, 1, 0), point
        assert bucket.process().showing.content(LEARNER, taken.evidence_id).bytes == JPEG, point


def test_left_alone_after_any_crash_no_bytes_are_without_a_record(tmp_path: Path) -> None:
    for point in range(points(tmp_path)):
        bucket = Bucket(tmp_path / f"at-{point}")
        with pytest.raises(Died):
            bucket.send(Fuse(point))
        bucket.world.clock.forward(seconds=LEFT_AFTER.total_seconds() + 1)
        bucket.process().tidying.sweep()
        items, files, notes = bucket.left
        assert (items, notes) == (files, 0), point


def test_a_sweep_that_dies_is_finished_by_the_next(tmp_path: Path) -> None:
    for point in range(6):
        bucket = Bucket(tmp_path / f"at-{point}")
        with pytest.raises(Died):
            bucket.send(Fuse(3))  # the bytes are there, their record is not
        assert bucket.left == (0, 1, 1)
        bucket.world.clock.forward(seconds=LEFT_AFTER.total_seconds() + 1)
        with pytest.raises(Died):
            bucket.process(Fuse(point)).tidying.sweep()
        bucket.process().tidying.sweep()
        assert bucket.left == (0, 0, 0), point


def test_bytes_that_are_being_swept_become_nobodys(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that took longer than the sweep waits finds its note marked, and is to be sent again."""
    looked = EvidenceRecords.upload

    def swept_meanwhile(records: EvidenceRecords, upload_id: str) -> object:
        noted = looked(records, upload_id)
        bucket.world.clock.forward(seconds=LEFT_AFTER.total_seconds() + 1)
        bucket.process().tidying.sweep()
        return noted

    monkeypatch.setattr(EvidenceRecords, "upload", swept_meanwhile)
    with pytest.raises(Retryable):
        bucket.send()
    monkeypatch.undo()
    assert bucket.left == (0, 0, 0)
    bucket.send()
    assert bucket.left == (1, 1, 0)


def test_an_upload_that_goes_on_is_left_alone(bucket: Bucket) -> None:
    with pytest.raises(Died):
        bucket.send(Fuse(3))
    bucket.world.clock.forward(seconds=LEFT_AFTER.total_seconds() - 60)
    assert bucket.process().tidying.sweep() == 0
    assert bucket.left == (0, 1, 1)


def test_after_its_years_the_content_goes_and_the_record_says_so(bucket: Bucket) -> None:
    taken = bucket.send()
    bucket.world.clock.forward(days=KEPT_FOR.days - 1)
    assert bucket.process().tidying.sweep() == 0
    bucket.world.clock.forward(seconds=timedelta(days=1, seconds=1).total_seconds())
    for point in range(3):  # cut off and done again
        with pytest.raises(Died):
            bucket.process(Fuse(point)).tidying.sweep()
    bucket.process().tidying.sweep()
    assert bucket.left == (1, 0, 0)
    _, page = bucket.process().showing.of(LEARNER, None, 10, None)
    assert [(one.content, one.removed_because) for one in page.items] == [("removed", "expired")]
    with pytest.raises(Gone):
        bucket.process().showing.content(LEARNER, taken.evidence_id)


def test_the_same_photo_from_two_requests_at_once_is_one_item(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = EvidenceRecords.begin
    told: list[str] = []

    def another_is_faster(records: EvidenceRecords, *note: object) -> None:
        monkeypatch.undo()
        told.append(bucket.send().status)
        begun(records, *note)  # type: ignore[arg-type]

    monkeypatch.setattr(EvidenceRecords, "begin", another_is_faster)
    taken = bucket.send()
    assert [*told, taken.status] == ["kept", "duplicate"], "one of the two is told that it is new"
    assert bucket.left == (1, 1, 0)
    assert bucket.process().showing.content(LEARNER, taken.evidence_id).bytes == JPEG


def test_others_are_told_facts_and_no_word(bucket: Bucket) -> None:
    said = Sending(key="device-1", kind="photo", employee_id=JOE, caption="Somebody's face")
    taken = bucket.process().taking.take(LEARNER, said, JPEG)
    bucket.process().showing.take_back(LEARNER, taken.evidence_id)
    told = [data for topic, data in bucket.world.facts if topic == "evidence-recorded"]
    assert [(one["evidence_id"], one["content_kept"]) for one in told] == [
        (taken.evidence_id, True),
        (taken.evidence_id, False),
    ]
    assert "face" not in repr(told)
