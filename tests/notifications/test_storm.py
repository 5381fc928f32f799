"""One mail for each person and event, whatever comes twice, late or in another order, and whoever dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notifications.storm import storm_in
from tests.proofs import notifications as proof


@pytest.mark.parametrize("seed", [11, 12])
def test_over_repetitions_disorder_and_kills_each_is_told_once(tmp_path: Path, seed: int) -> None:
    found = proof.kept(storm_in(tmp_path, seed, people=5, events=20), triggers=300, kills=40)
    assert found.kills == 40
    assert found.told == dict.fromkeys(found.told, 1)
    assert (found.never, found.twice, found.copies) == (0, 0, 0)
    assert len(found.records) == 20
    assert set(found.states) == {"delivered", "summarised"}


def test_over_smtp_a_mail_comes_again_only_under_its_name_and_on_record(tmp_path: Path) -> None:
    found = proof.sent(storm_in(tmp_path, 17, people=5, events=20), triggers=300, kills=40)
    assert found.twice == 0
    assert found.never <= found.states["unknown"]
    assert 0 < found.copies <= found.repeated
    assert found.records == dict.fromkeys(found.records, 1)


def test_over_push_each_device_is_told_once_and_a_repetition_takes_the_place_of_the_first(tmp_path: Path) -> None:
    storm = storm_in(tmp_path, 19, people=5, events=20, channel="push")
    found = proof.pushed(storm, triggers=300, kills=40)
    assert found.twice == 0
    assert found.never <= found.states["unknown"]
    assert 0 < found.copies <= found.repeated
    assert len(found.records) == 40
    assert found.records == dict.fromkeys(found.records, 1)
