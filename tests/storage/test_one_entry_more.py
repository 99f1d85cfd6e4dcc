"""What is new is one entry in config.toml or one file: a command, a kind of event, a platform, a type of row.

Each test tells a story to a database as it was shipped, and adds the one thing. Nothing is migrated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from bot.config import load_settings
from bot.settings import Settings
from reports.health import health
from reports.report import Report
from storage import facts
from storage.activities import COMMAND
from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import rebuild, verify
from storage.rules import Rules
from storage.tables import accounts, command_invocations, daily_activity, day_sets, event_occurrences

SHIPPED = Path(__file__).parents[2] / "config.toml"
MONDAY = 20514  # 2 March 2026
NOW = "2026-03-31 12:00"

Configured = Callable[[dict[str, str]], Settings]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """The settings of the shipped file in which some words are others."""

    def settings(changes: dict[str, str]) -> Settings:
        text = SHIPPED.read_text(encoding="utf-8")
        for words, others in changes.items():
            assert text.count(words) == 1
            text = text.replace(words, others)
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path)

    return settings


async def follow(warehouse: Warehouse, rules: Rules) -> None:
    folder = Folder(warehouse, rules)
    while not (await folder.advance(1)).caught_up:
        pass


async def rows_of(warehouse: Warehouse, table: Table) -> list[Any]:
    async with warehouse.reading() as conn:
        return list((await conn.execute(select(table))).all())


async def days_of(warehouse: Warehouse, activity: str) -> dict[int, set[int]]:
    async with warehouse.reading() as conn:
        found = await load(conn, 1, (activity,), 0, 99_999)
    return {day: set(people) for day, people in found[activity].items()}


async def test_a_command_is_tracked_by_one_entry(
    warehouse: Warehouse, history: Any, configured: Configured
) -> None:
    history.answered(1, 1000, "2026-03-02 10:00", "wishlist add")
    await history.logged(warehouse)
    await follow(warehouse, load_settings(SHIPPED).rules())
    assert await days_of(warehouse, COMMAND) == {}
    tracking = configured({"tracked = [": 'tracked = ["wishlist", '})
    await follow(warehouse, tracking.rules())
    assert await days_of(warehouse, COMMAND) == {MONDAY: {1}}
    assert [row.is_counted for row in await rows_of(warehouse, command_invocations)] == [True]


async def test_a_kind_of_event_is_one_entry(
    warehouse: Warehouse, history: Any, configured: Configured
) -> None:
    history.schedules(900, "2026-03-02 10:00", "2026-03-02 20:00", title="Blitz chess #4", channel=50)
    await history.logged(warehouse)
    await follow(warehouse, load_settings(SHIPPED).rules())
    assert [row.event_type for row in await rows_of(warehouse, event_occurrences)] == [None]
    entry = '[[event_type]]\nname = "Chess"\ntitles = ["*chess*"]\nchannels = [51]\n\n'
    await follow(warehouse, configured({"[activity]": f"{entry}[activity]"}).rules())
    (row,) = await rows_of(warehouse, event_occurrences)
    assert (row.event_type, row.channels) == ("Chess", "[50,51]")


async def test_a_platform_is_one_entry_and_what_is_told_of_it(
    warehouse: Warehouse, history: Any, configured: Configured, at: Any
) -> None:
    history.lists_members("2026-02-01 00:00", {1: "2025-01-01 00:00", 2: "2025-01-01 00:00"})
    for day in ("08", "15", "22", "29"):
        history.notes(1, "chess_game", f"2026-03-{day} 20:00", count=3)
    history.covered("2026-02-01 00:00", NOW)
    await history.logged(warehouse)
    async with warehouse.writing() as conn:
        await conn.execute(
            insert(accounts).values(
                guild_id=1, member_no=1, platform="chess", external_id="knight", linked_at_ms=0
            )
        )

    async def people(settings: Settings) -> tuple[float | None, float | None]:
        """Who was active in the last seven days, and who is core."""
        await follow(warehouse, settings.rules())
        async with warehouse.reading() as conn:
            report = await health(conn, 1, settings.report_settings(), settings.rules(), at(NOW))
        return value(report, "weekly_active_members"), value(report, "segment_core")

    qualifying = {'qualifying = ["voice"': 'qualifying = ["chess_game", "voice"'}
    core = {"# min_counts = { dota_match = 8 }": "min_counts = { chess_game = 12 }"}
    assert await people(load_settings(SHIPPED)) == (0, 0)
    assert await people(configured(qualifying)) == (1, 0)
    assert await people(configured(qualifying | core)) == (1, 1)
    played = select(daily_activity.c.member_no).where(daily_activity.c.activity == "chess_game")
    linked = select(accounts.c.platform).where(accounts.c.member_no.in_(played))
    async with warehouse.reading() as conn:
        assert (await conn.execute(linked)).scalars().all() == ["chess"]


def value(report: Report, name: str) -> float | None:
    return next(kpi.current.value for section in report.sections for kpi in section.kpis if kpi.name == name)


STREAMS = '''
"""Streams that somebody held, as a service tells of them."""

from msgspec import Struct

from storage.facts.activity import ActivityNoted
from storage.facts.reading import person, reader


class StreamBody(Struct):
    minutes: int


def _held(row, body):
    span = row.occurred_from_ms, row.occurred_to_ms
    return ActivityNoted(*span, person(row), "stream", 1, body.minutes * 60_000, row.occurred_from_ms)


READERS = {"STREAM_HELD": reader(StreamBody, _held)}
'''


@pytest.fixture
def with_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Lays one file more into the folder of facts, as the next start of the program would find it."""

    def lay() -> None:
        (tmp_path / "streams.py").write_text(STREAMS, encoding="utf-8")
        monkeypatch.setattr(facts, "__path__", [*facts.__path__, str(tmp_path)])
        monkeypatch.setattr(facts, "_READERS", facts.found_readers())

    yield lay
    sys.modules.pop("storage.facts.streams", None)
    vars(facts).pop("streams", None)


async def test_a_type_of_row_is_one_file(
    warehouse: Warehouse, history: Any, with_streams: Callable[[], None]
) -> None:
    rules = load_settings(SHIPPED).rules()
    history.row("STREAM_HELD", 1, {"minutes": 90}, "2026-03-02 10:00", source="import")
    await history.logged(warehouse)
    await follow(warehouse, rules)
    assert await rows_of(warehouse, day_sets) == []
    with_streams()
    await rebuild(warehouse, 1, rules)
    assert await days_of(warehouse, "stream") == {MONDAY: {1}}
    assert [row.duration_ms for row in await rows_of(warehouse, daily_activity)] == [90 * 60_000]
    assert await verify(warehouse, 1, rules) == []
