from __future__ import annotations

from pathlib import Path

import pytest

from storage.event_key import KeyMaker
from storage.secrets import SecretUnusable, load_or_create

NOVEMBER_MS = 1_794_268_800_000


def test_the_same_event_has_the_same_key_for_ever() -> None:
    key = KeyMaker(b"s" * 32).key(NOVEMBER_MS, "join", 1, 2, NOVEMBER_MS)
    assert key == KeyMaker(b"s" * 32).key(NOVEMBER_MS, "join", 1, 2, NOVEMBER_MS)
    assert key.hex() == "01a1c2c12400" + "fa9a4715fc247cf3ffbe", (
        "a changed recipe would count old events again"
    )


def test_keys_grow_with_the_time_that_the_event_carries() -> None:
    keys = KeyMaker(b"s" * 32)
    assert [keys.key(ms, "x") for ms in (1, 255, 256, NOVEMBER_MS)] == sorted(
        keys.key(ms, "x") for ms in (NOVEMBER_MS, 256, 255, 1)
    )
    assert len(keys.key(NOVEMBER_MS, "x")) == 16


def test_parts_of_an_identity_do_not_run_together() -> None:
    keys = KeyMaker(b"s" * 32)
    assert keys.key(0, "ab", "c") != keys.key(0, "a", "bc")
    assert keys.key(0, 12, 3) != keys.key(0, 1, 23)
    assert keys.key(0, "1:a") != keys.key(0, "1", "a")


def test_an_id_is_the_same_as_number_and_as_text() -> None:
    keys = KeyMaker(b"s" * 32)
    assert keys.key(0, "join", 123) == keys.key(0, "join", "123")


def test_a_lone_surrogate_from_outside_does_no_harm() -> None:
    assert len(KeyMaker(b"s" * 32).key(0, "\ud800")) == 16


def test_nobody_without_the_secret_can_make_the_key_or_the_occupant() -> None:
    ours, theirs = KeyMaker(b"a" * 32), KeyMaker(b"b" * 32)
    assert ours.key(0, "join", 1) != theirs.key(0, "join", 1)
    assert ours.occupant(1, 2, "stay") != theirs.occupant(1, 2, "stay")


def test_an_occupant_token_links_one_stay_only() -> None:
    keys = KeyMaker(b"s" * 32)
    token = keys.occupant(1, 2, "stay")
    assert token == keys.occupant(1, 2, "stay")
    assert token not in {
        keys.occupant(1, 2, "next"),
        keys.occupant(1, 3, "stay"),
        keys.occupant(9, 2, "stay"),
    }


def test_the_secret_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret"
    secret = load_or_create(path)
    assert len(secret) == 32
    assert load_or_create(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"], "a draft was left behind"


def test_a_damaged_secret_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"short")
    with pytest.raises(SecretUnusable, match="has 5 bytes instead of 32: put back"):
        load_or_create(path)
    assert path.read_bytes() == b"short"
