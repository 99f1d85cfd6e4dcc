"""Every dispatch that Discord may send, mutated: stored or set aside, and holding only what is allowed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from bot import well_formed
from bot.allow_list import ALLOWED, DROPPED, Allowed, Each, Field
from bot.gateway.identity import ALL_INTENTS, sources_of
from bot.intake import Intake, IntakeOptions
from bot.recorder import Recorder
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.loader import load_batch
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import dead_letters, event_log
from storage.withdrawals import Kind, Withdrawals

GUILD, GONE, EXCLUDED = 2000, 666, 3999
DISPATCHES, AT_ONCE = 600, 100
UNLISTED = "unlisted"  # stands only where the allow-list names nothing, or where a text must be refused
NOW = datetime(2026, 3, 28, 20, tzinfo=UTC)
TEXTS = {well_formed.name}  # the only check that keeps a text

IDS: list[Any] = [
    "5000",
    "5001",
    "5002",
    "3001",
    "3002",
    str(GONE),
    str(EXCLUDED),
    str(1_487_500_000_000_000_000),
]
MOMENTS: list[Any] = ["2026-03-28T19:00:00+00:00", "2026-03-29T01:30:00.250000+01:00", "2026-04-01T00:00:00Z"]
PLAIN: list[Any] = [True, False, 0, 1, 2, 3, 4, 20, 21, 22, "3"]
NAMES: list[Any] = ["Inhouse", "profile", "a\0b", "\ud800half", "ĉ" * 300, "", " "]
ODD: list[Any] = [
    *(None, [], {}, "", " ", 0, -1, 1.5, 2**63, -(2**63) - 1, 2**200, str(2**63), str(2**64), "-5", "५"),
    *(
        "\0",
        "\ud800",
        UNLISTED,
        [UNLISTED],
        {UNLISTED: UNLISTED},
        [[UNLISTED]],
        [None] * 1500,
        ["5000"] * 1500,
    ),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "2026-03-28T19:00:00", "1960-01-01T00:00:00Z"),
]


def fitting(field: Field) -> list[Any]:
    """What may stand in a field."""
    return [value for value in (*IDS, *MOMENTS, *PLAIN, ["11", "12"]) if _fits(field, value)]


def _fits(field: Field, value: Any) -> bool:
    stored = tuple(value) if isinstance(value, list) else value
    try:
        field.check((stored,) * len(field.paths) if len(field.paths) > 1 else stored)
    except well_formed.Malformed:
        return False
    return True


class Fuzz:
    """Dispatches by the allow-list, each field with what belongs there, what does not, or nothing."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def dispatches(self, count: int) -> Iterator[tuple[str, Any]]:
        known = sorted(ALLOWED)
        others = [*sorted(DROPPED - {"READY", "RESUMED"}), "NEW_THING", "new thing\0\ud800", "X" * 200]
        for _ in range(count):
            if self._rng.random() < 0.1:
                yield self._rng.choice(others), self._others()
                continue
            name = self._rng.choice(known)
            yield name, self._one_of(ALLOWED[name])

    def _others(self) -> Any:
        return self._rng.choice([{"guild_id": str(GUILD), UNLISTED: UNLISTED}, UNLISTED, None, 5, [UNLISTED]])

    def _one_of(self, allowed: Allowed) -> Any:
        if self._rng.random() < 0.02:
            return self._rng.choice(ODD)
        data: dict[str, Any] = {UNLISTED: UNLISTED, "content": UNLISTED, "member": {"nick": UNLISTED}}
        self._put(
            data, allowed.guild, str(GUILD) if self._rng.random() < 0.9 else self._rng.choice([*IDS, *ODD])
        )
        self._fill(data, allowed)
        for passing in allowed.passing:
            if "[]" not in passing.path:
                self._put(data, passing.path, self._value(PLAIN + IDS))
        for part in allowed.parts:
            self._put(data, part.path, self._value([self._options()]))
        for each in allowed.each:
            elements: list[Any] = [self._element(each) for _ in range(self._rng.randrange(4))]
            self._put(data, each.path, self._value([elements]))
        if "type" in data:
            data["type"] = 2 if self._rng.random() < 0.8 else self._rng.choice(ODD)
        return data

    def _fill(self, data: dict[str, Any], source: Allowed | Each) -> None:
        for field in source.fields:
            for path in field.paths:
                self._put(data, path, self._field(field))
        if source.person:
            self._put(data, source.person, self._value(IDS))
        if source.other:
            self._put(data, source.other.path, self._value(IDS))

    def _element(self, each: Each) -> Any:
        element: dict[str, Any] = {UNLISTED: UNLISTED, "session_id": self._value(["stay"])}
        self._fill(element, each)
        return element if self._rng.random() < 0.95 else self._rng.choice(ODD)

    def _field(self, field: Field) -> Any:
        if field.inner:
            inner: dict[str, Any] = {UNLISTED: UNLISTED}
            for one in field.inner:
                for path in one.paths:
                    self._put(inner, path, self._field(one))
            return self._value([[inner], [inner] * 3, [], [UNLISTED]])
        if field.check in TEXTS:
            return self._rng.choice([*NAMES, *(odd for odd in ODD if UNLISTED not in str(odd))])
        return self._value(fitting(field) or PLAIN)

    def _options(self) -> list[Any]:
        return [
            {
                "name": self._rng.choice(NAMES),
                "type": self._value([3, 4, 5, 6, 10]),
                "value": self._value(IDS + PLAIN),
            }
            for _ in range(self._rng.randrange(30))
        ]

    def _value(self, good: list[Any]) -> Any:
        return self._rng.choice(good) if self._rng.random() < 0.9 else self._rng.choice(ODD)

    def _put(self, data: dict[str, Any], path: str, value: Any) -> None:
        *nested, last = path.split(".")
        for step in nested:
            inner = data.setdefault(step, {UNLISTED: UNLISTED})
            if not isinstance(inner, dict):
                return
            data = inner
        if self._rng.random() > 0.03:
            data[last] = value


class Clock:
    moment = NOW

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def test_every_allowed_type_is_mutated() -> None:
    names = Counter(name for name, _ in Fuzz(0).dispatches(2 * DISPATCHES))
    assert ALLOWED.keys() <= names.keys()
    assert names["NEW_THING"] > 0


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_comes_is_stored_or_set_aside_and_nothing_unlisted_is_kept(
    warehouse: Warehouse, tmp_path: Path, seed: int
) -> None:
    withdrawals = Withdrawals.open(tmp_path / "withdrawals.txt", b"s" * 32)
    withdrawals.withdraw(GUILD, GONE, Kind.OPTED_OUT, 1)
    intake = Intake(KeyMaker(b"k" * 32), withdrawals, IntakeOptions(GUILD, frozenset({EXCLUDED})))
    made: set[bytes] = set()

    def encode(item: object) -> list[Any]:
        events = list(intake.encode(item))
        made.update(event.key for event in events)
        return events

    def unencodable(_item: object, error: Exception) -> Any:
        raise error  # a dispatch that the intake fails on would be lost

    journal = Journal.open(tmp_path / "journal.db", encode, unencodable)
    recorder = Recorder(intake, journal, Clock())
    recorder.identifying("fuzz", sources_of(ALL_INTENTS))
    recorder.on_dispatch(1, "READY", {"session_id": "one"})
    guild = {"id": str(GUILD), "voice_states": [], "guild_scheduled_events": [], "member_count": 3}
    recorder.on_dispatch(2, "GUILD_CREATE", guild)
    rules = Rules()
    folder = Folder(warehouse, rules)
    for sequence, (name, data) in enumerate(Fuzz(seed).dispatches(DISPATCHES), start=3):
        recorder.on_dispatch(sequence, name, json.loads(json.dumps(data)))
        if sequence % AT_ONCE == 0:
            recorder.acknowledged()
            await follow(warehouse, journal, withdrawals, folder)
    recorder.stopped()
    await follow(warehouse, journal, withdrawals, folder)
    files = contents(tmp_path)
    lost = journal.lost
    journal.close()

    async with warehouse.reading() as conn:
        logged = (await conn.execute(select(event_log))).all()
        letters = (await conn.execute(select(dead_letters))).all()
    assert lost == 0
    assert {row.key for row in logged} | {row.key for row in letters} == made
    assert len(logged) > DISPATCHES / 4
    assert len(letters) > DISPATCHES / 4
    for row in (*logged, *letters):
        msgspec.json.decode(row.body)
        assert UNLISTED not in str(tuple(row))
    assert not any(UNLISTED.encode() in content for content in files)
    assert await verify(warehouse, GUILD, rules) == []


async def follow(warehouse: Warehouse, journal: Journal, withdrawals: Withdrawals, folder: Folder) -> None:
    await journal.flushed()
    while (await load_batch(warehouse, journal, withdrawals)).read:
        pass
    while not (await folder.advance(GUILD)).caught_up:
        pass


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir() if path.is_file()]
