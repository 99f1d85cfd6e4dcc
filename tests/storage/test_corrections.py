"""What staff tell of an event wins over what was concluded, and can be taken back (decision 0019)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from storage import dead_letters
from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import table_digests, verify
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import (
    attendance,
    corrections,
    daily_activity,
    event_occurrences,
    event_series,
    occurrence_hosts,
)

MINUTE = 60_000
MONDAY = 20514
BEGINNING, EIGHT, TEN = "2026-03-02 12:00", "2026-03-02 20:00", "2026-03-02 22:00"
NIGHT, AFTERWARDS, MORNING = "2026-03-02 23:30", "2026-03-02 23:45", "2026-03-03 08:00"
GUIDE = 8
TEAMS = EventTypeRule("Teams", titles=("inhouse*",), channels=(50, 51), usual_minutes=90)
RAID = EventTypeRule("Raid", titles=("raid*",), channels=(60,), usual_minutes=180, host_roles=(GUIDE,))
RULES = Rules(events=EventRules(types=(TEAMS, RAID)))


class Club:
    """A history that is followed row by row, and what its tables say."""

    def __init__(self, warehouse: Warehouse, history: Any) -> None:
        self.warehouse = warehouse
        self.history = history
        self.folder = Folder(warehouse, RULES)
        self.stays: list[tuple[str, int, int | None]] = []

    def visits(self, person: int, channel: int, start: str, end: str) -> None:
        self.stays.append((f"2026-03-02 {start}", person, channel))
        self.stays.append((f"2026-03-02 {end}", person, None))

    def evening(self, *, is_started: bool = True, **scheduled: Any) -> None:
        """From eight to ten, in 50 where not told otherwise, and recorded until half past eleven."""
        self.history.schedules(901, BEGINNING, EIGHT, **{"end": TEN, "creator": 9, **scheduled})
        said = [(at, lambda at, p=p, c=c: self.history.voice(p, c, at)) for at, p, c in self.stays]
        if is_started:
            said += [(EIGHT, lambda at: self.history.starts(901, at))]
            said += [(TEN, lambda at: self.history.ends(901, at))]
        for at, say in sorted(said, key=lambda one: one[0]):
            say(at)
        self.history.covered(BEGINNING, NIGHT)

    async def told(self, limit: int = 1) -> None:
        await self.history.logged(self.warehouse)
        while not (await self.folder.advance(1, limit)).caught_up:
            pass
        assert await verify(self.warehouse, 1, RULES) == []

    async def rows(self, table: Table) -> list[Row[Any]]:
        async with self.warehouse.reading() as conn:
            return list((await conn.execute(select(table).order_by(*table.primary_key))).all())

    async def occurrence(self) -> Row[Any]:
        (row,) = await self.rows(event_occurrences)
        return row

    async def people(self) -> dict[int, tuple[str, float, bool]]:
        return {
            row.member_no: (row.status, row.presence_ms / MINUTE, row.is_told)
            for row in await self.rows(attendance)
        }

    async def hosts(self) -> set[tuple[int, str]]:
        return {(row.member_no, row.reason) for row in await self.rows(occurrence_hosts)}

    async def digests(self) -> dict[str, str]:
        """Of every table but the trail itself."""
        async with self.warehouse.reading() as conn:
            tables = await table_digests(conn, 1)
        del tables["corrections"]
        return tables


@pytest.fixture
def club(sqlite_warehouse: Warehouse, history: Any) -> Club:
    return Club(sqlite_warehouse, history)


class TestType:
    async def test_it_brings_its_channels_length_and_hosts(self, club: Club, at: Any) -> None:
        """A “raid” that was called an inhouse by mistake: presence in the inhouse's teams counts no more."""
        club.history.changes(2, BEGINNING, roles=[GUIDE])
        club.visits(1, 51, "20:00", "21:00")
        club.visits(2, 60, "20:00", "22:30")
        club.visits(3, 60, "20:00", "22:20")
        club.evening(title="Inhouse", end=None, is_started=False, channel=60)
        await club.told()
        before = await club.occurrence()
        assert (before.event_type, before.outcome) == ("Teams", "held_unstarted")
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "type", value="Raid")
        club.history.corrects(801, AFTERWARDS, 901, EIGHT, "held", value=True)
        await club.told()
        row = await club.occurrence()
        assert (row.event_type, row.said_type, row.channels) == ("Raid", "Teams", "[60]")
        assert (row.outcome, row.window_start_ms) == ("held_unstarted", at(EIGHT))
        assert await club.people() == {2: ("attended", 150, False), 3: ("attended", 140, False)}
        assert await club.hosts() == {(2, "role")}

    async def test_one_that_is_to_come_has_it_at_once(self, club: Club) -> None:
        club.history.schedules(901, BEGINNING, EIGHT, TEN)
        club.history.corrects(800, "2026-03-02 13:00", 901, EIGHT, "type", value="Raid")
        await club.told()
        row = await club.occurrence()
        assert (row.event_type, row.channels, row.outcome) == ("Raid", "[50,60]", "coming")

    async def test_no_type_is_a_type_too(self, club: Club) -> None:
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "type", value=None)
        await club.told()
        row = await club.occurrence()
        assert (row.event_type, row.said_type, row.channels) == (None, "Teams", "[50]")

    async def test_one_that_config_toml_does_not_know_any_more_is_only_a_name(self, club: Club) -> None:
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "type", value="Quiz")
        await club.told()
        row = await club.occurrence()
        assert (row.event_type, row.channels) == ("Quiz", "[50]")

    async def test_its_series_does_not_follow(self, club: Club) -> None:
        """One evening was another: that says nothing of the next one."""
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "type", value="Raid")
        await club.told()
        assert [row.event_type for row in await club.rows(event_series)] == ["Teams"]

    async def test_a_usual_length_that_is_longer_is_waited_for(self, club: Club, at: Any) -> None:
        """Corrected before it began, an event without an end is looked at until its type's length is over."""
        for person in (1, 2, 3):
            club.visits(person, 60, "22:00", "23:10")
            club.visits(person, 60, "20:00", "20:30")
        club.history.schedules(901, BEGINNING, EIGHT, title="Meeting", channel=60)
        club.history.corrects(800, "2026-03-02 13:00", 901, EIGHT, "type", value="Raid")
        covered_to = BEGINNING
        for when, person, channel in sorted(club.stays, key=lambda stay: stay[0]):
            club.history.voice(person, channel, when)
            club.history.covered(covered_to, when)
            covered_to = when
        club.history.covered(covered_to, NIGHT)
        await club.told()
        row = await club.occurrence()
        assert (row.outcome, row.window_end_ms) == ("held_unstarted", at("2026-03-02 23:00"))


class TestHostsAndChannels:
    async def test_told_hosts_are_its_hosts(self, club: Club) -> None:
        club.visits(1, 50, "20:00", "22:00")
        club.visits(2, 50, "20:00", "22:00")
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "hosts", people=(2, 5))
        await club.told()
        assert await club.hosts() == {(2, "told"), (5, "told")}

    async def test_a_host_who_does_not_want_to_be_recorded_is_nobody(self, club: Club) -> None:
        club.visits(1, 50, "20:00", "22:00")
        club.visits(2, 50, "20:00", "22:00")
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "hosts")
        await club.told()
        assert await club.hosts() == set()  # not the creator again: they were told not to be it

    async def test_presence_counts_in_the_told_channels_alone(self, club: Club) -> None:
        club.visits(1, 50, "20:00", "22:00")
        club.visits(2, 70, "20:00", "22:00")
        club.visits(3, 70, "20:00", "22:00")
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "channels", value=["70"])
        await club.told()
        assert (await club.occurrence()).channels == "[70]"
        assert await club.people() == {2: ("attended", 120, False), 3: ("attended", 120, False)}

    async def test_an_event_elsewhere_that_was_in_voice_is_counted_there(self, club: Club) -> None:
        club.visits(1, 50, "20:00", "22:00")
        club.visits(2, 50, "20:00", "21:00")
        club.evening(channel=None, title="Movie")
        club.history.answers(3, 901, "2026-03-02 19:00")
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "channels", value=["50"])
        await club.told()
        statuses = {who: status for who, (status, *_) in (await club.people()).items()}
        assert statuses == {1: "attended", 2: "attended", 3: "absent"}

    async def test_the_rooms_that_a_declared_event_names_stay_when_its_type_goes(self, club: Club) -> None:
        club.history.declares(990, AFTERWARDS, EIGHT, TEN, channels=(51, 70))
        club.history.corrects(800, AFTERWARDS, 990, EIGHT, "type", value="Raid")
        await club.told()
        assert (await club.occurrence()).channels == "[51,60,70]"


class TestHeld:
    async def test_not_held_says_nothing_of_anybody(self, club: Club) -> None:
        for person in (1, 2):
            club.visits(person, 50, "20:00", "22:00")
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "held", value=False)
        await club.told()
        row = await club.occurrence()
        assert (row.outcome, row.window_start_ms, row.told_held) == ("not_held", None, False)
        assert (await club.people(), await club.hosts()) == ({}, set())
        assert not [one for one in await club.rows(daily_activity) if one.activity == "event"]

    async def test_held_though_only_one_was_there(self, club: Club, at: Any) -> None:
        club.visits(1, 50, "20:30", "21:00")
        club.evening()
        await club.told()
        assert (await club.occurrence()).outcome == "not_held"
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "held", value=True)
        await club.told()
        row = await club.occurrence()
        assert (row.outcome, row.window_start_ms, row.window_end_ms) == ("held", at(EIGHT), at(TEN))
        assert await club.people() == {1: ("attended", 30, False)}

    async def test_called_off_and_held_all_the_same(self, club: Club, at: Any) -> None:
        club.history.schedules(901, BEGINNING, EIGHT, TEN)
        club.history.calls_off(901, "2026-03-02 19:00")
        club.history.voice(1, 50, EIGHT)
        club.history.covered(BEGINNING, NIGHT)
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "held", value=True)
        await club.told()
        row = await club.occurrence()
        assert (row.outcome, row.status, row.window_end_ms) == ("held_unstarted", "cancelled", at(TEN))
        assert await club.people() == {1: ("attended", 120, False)}

    async def test_a_gap_is_waited_for_where_voice_is_not_known_so_far(self, club: Club) -> None:
        """Told while the recording lags behind: whoever came is found once it is known."""
        club.history.covered("2026-03-02 11:00", BEGINNING)
        club.history.schedules(901, BEGINNING, EIGHT, TEN)
        club.history.calls_off(901, "2026-03-02 19:00")
        club.history.voice(1, 50, EIGHT)
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "held", value=True)
        await club.told()
        club.history.covered(BEGINNING, "2026-03-03 01:00")
        await club.told()
        assert await club.people() == {1: ("attended", 120, False)}

    async def test_so_it_is_where_the_event_has_long_been_forgotten(self, club: Club) -> None:
        club.history.covered("2026-03-02 11:00", BEGINNING)
        club.history.schedules(901, BEGINNING, EIGHT, TEN)
        club.history.calls_off(901, "2026-03-02 19:00")
        club.history.voice(1, 50, EIGHT)
        club.history.schedules(902, "2026-03-05 12:00", "2026-03-09 20:00", channel=60)
        club.history.corrects(800, "2026-03-05 13:30", 901, EIGHT, "held", value=True)
        await club.told()
        assert await club.people() == {}
        club.history.covered(BEGINNING, "2026-03-05 14:00")
        await club.told()
        assert await club.people() == {1: ("attended", 120, False)}

    @pytest.mark.parametrize("when", ["2026-03-02 19:00", "2026-03-02 21:00"])
    async def test_it_can_be_told_afterwards_only(self, club: Club, when: str) -> None:
        club.history.schedules(901, BEGINNING, EIGHT, TEN)
        club.history.corrects(800, when, 901, EIGHT, "held", value=True)
        club.history.covered(BEGINNING, NIGHT)
        await club.told()
        row = await club.occurrence()
        assert (row.outcome, row.told_held) == ("not_held", None)

    async def test_what_was_told_to_be_held_takes_presence_as_what_was_started_does(self, club: Club) -> None:
        """A duplicate in the same channel was not held: the evening counts once."""
        for person in (1, 2, 3):
            club.visits(person, 50, "20:00", "22:00")
        club.evening(is_started=False)
        club.history.schedules(902, BEGINNING, EIGHT, TEN, title="Inhouse again")
        club.history.covered(BEGINNING, NIGHT)
        await club.told()
        assert [row.outcome for row in await club.rows(event_occurrences)] == ["held_unstarted"] * 2
        club.history.corrects(800, AFTERWARDS, 902, EIGHT, "held", value=True)
        await club.told()
        found = {row.event_id: row.outcome for row in await club.rows(event_occurrences)}
        assert found == {901: "not_held", 902: "held_unstarted"}
        club.history.covered(EIGHT, "2026-03-02 20:01", "late")  # both are looked at again
        await club.told()
        again = {row.event_id: row.outcome for row in await club.rows(event_occurrences)}
        assert again == found
        club.history.corrects(801, "2026-03-02 23:50", 902, EIGHT, "held", value=False)
        await club.told()
        found = {row.event_id: row.outcome for row in await club.rows(event_occurrences)}
        assert found == {901: "held_unstarted", 902: "not_held"}


class TestOnePerson:
    async def test_who_was_there_by_staffs_word_is_active_on_that_day(self, club: Club) -> None:
        for person in (1, 2):
            club.visits(person, 50, "20:00", "22:00")
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "attendance", value=True, people=(5,))
        await club.told()
        assert (await club.people())[5] == ("attended", 0, True)
        async with club.warehouse.reading() as conn:
            days = await load(conn, 1, ("event",), MONDAY, MONDAY)
        assert set(days["event"][MONDAY]) == {1, 2, 5}

    async def test_who_was_not_was_not_whatever_was_seen(self, club: Club) -> None:
        for person in (1, 2):
            club.visits(person, 50, "20:00", "22:00")
        club.history.answers(2, 901, BEGINNING)
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "attendance", value=False, people=(2,))
        await club.told()
        assert await club.people() == {1: ("attended", 120, False), 2: ("absent", 0, True)}

    async def test_of_someone_who_does_not_want_to_be_recorded_nothing_follows(self, club: Club) -> None:
        for person in (1, 2):
            club.visits(person, 50, "20:00", "22:00")
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "attendance", value=True)
        await club.told()
        assert set(await club.people()) == {1, 2}


class TestCheckIns:
    def picnic(self, club: Club, *, is_started: bool = True) -> None:
        club.history.schedules(901, BEGINNING, EIGHT, TEN, channel=None, title="Picnic")
        for person in (1, 2, 3):
            club.history.answers(person, 901, "2026-03-02 13:00")
        if is_started:
            club.history.starts(901, EIGHT)
            club.history.checks_in(800, "2026-03-02 20:30", 901, EIGHT, 1, 4)

    async def test_while_it_runs_the_others_may_still_come(self, club: Club) -> None:
        self.picnic(club)
        await club.told()
        assert await club.people() == {
            **{1: ("attended", 0, True), 4: ("attended", 0, True)},
            **{2: ("unknown", 0, False), 3: ("unknown", 0, False)},
        }

    async def test_once_it_is_over_whoever_is_not_on_the_list_was_not_there(self, club: Club) -> None:
        self.picnic(club)
        club.history.ends(901, TEN)
        club.history.checks_in(801, AFTERWARDS, 901, EIGHT, 2)
        await club.told()
        statuses = {who: status for who, (status, *_) in (await club.people()).items()}
        assert statuses == {1: "attended", 2: "attended", 3: "absent", 4: "attended"}
        assert (await club.occurrence()).has_check_ins

    async def test_without_a_single_one_nobody_knows(self, club: Club) -> None:
        self.picnic(club)
        club.history.ends(901, TEN)
        club.history.retracts(800, AFTERWARDS)
        club.history.retracts(800, AFTERWARDS, part=1)
        await club.told()
        statuses = {who: status for who, (status, *_) in (await club.people()).items()}
        assert statuses == {1: "unknown", 2: "unknown", 3: "unknown"}

    async def test_a_word_on_one_person_is_no_list(self, club: Club) -> None:
        self.picnic(club, is_started=False)
        club.history.starts(901, EIGHT)
        club.history.ends(901, TEN)
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "attendance", value=True, people=(1,))
        await club.told()
        statuses = {who: status for who, (status, *_) in (await club.people()).items()}
        assert statuses == {1: "attended", 2: "unknown", 3: "unknown"}

    async def test_somebody_was_there_though_its_start_was_missed(self, club: Club, at: Any) -> None:
        self.picnic(club, is_started=False)
        club.history.covered(BEGINNING, NIGHT)
        await club.told()
        assert (await club.occurrence()).outcome == "unknown"
        club.history.checks_in(800, AFTERWARDS, 901, EIGHT, 1)
        await club.told()
        row = await club.occurrence()
        assert (row.outcome, row.window_end_ms) == ("held_unstarted", at(TEN))
        statuses = {who: status for who, (status, *_) in (await club.people()).items()}
        assert statuses == {1: "attended", 2: "absent", 3: "absent"}

    async def test_what_was_called_off_is_not_held_by_a_check_in(self, club: Club) -> None:
        self.picnic(club, is_started=False)
        club.history.calls_off(901, "2026-03-02 19:00")
        club.history.checks_in(800, AFTERWARDS, 901, EIGHT, 1)
        await club.told()
        assert (await club.occurrence()).outcome == "cancelled"
        club.history.corrects(801, MORNING, 901, EIGHT, "held", value=True)
        await club.told()
        assert (await club.occurrence()).outcome == "held_unstarted"
        assert (await club.people())[1] == ("attended", 0, True)

    async def test_in_a_channel_it_is_one_persons_attendance(self, club: Club) -> None:
        for person in (1, 2):
            club.visits(person, 50, "20:00", "22:00")
        club.evening()
        club.history.checks_in(800, AFTERWARDS, 901, EIGHT, 5)
        await club.told()
        statuses = {who: status for who, (status, *_) in (await club.people()).items()}
        assert statuses == {1: "attended", 2: "attended", 5: "attended"}


class TestTheTrail:
    async def test_the_newest_that_was_not_taken_back_stands(self, club: Club) -> None:
        club.evening()
        club.history.corrects(802, AFTERWARDS, 901, EIGHT, "type", value="Raid")
        club.history.corrects(801, "2026-03-02 23:50", 901, EIGHT, "type", value="Quiz")  # told of late
        await club.told()
        assert (await club.occurrence()).event_type == "Raid"
        club.history.retracts(802, MORNING)
        await club.told()
        assert (await club.occurrence()).event_type == "Quiz"
        club.history.retracts(801, MORNING)
        await club.told()
        assert (await club.occurrence()).event_type == "Teams"

    async def test_it_says_who_told_what_and_who_took_it_back_when(self, club: Club, at: Any) -> None:
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "attendance", value=False, people=(2,), part=1)
        club.history.retracts(800, MORNING, part=1, by=6)
        club.history.retracts(800, MORNING, part=1, by=7)  # nothing is taken back twice
        await club.told()
        assert [tuple(row) for row in await club.rows(corrections)] == [
            (
                *(1, 800, 1, at(AFTERWARDS), 1, 901, at(EIGHT)),
                *("attendance", 2, "no", at(MORNING), 6),
            )
        ]

    async def test_what_nobody_said_cannot_be_taken_back(self, club: Club) -> None:
        club.evening()
        club.history.retracts(800, MORNING)
        await club.told()
        async with club.warehouse.reading() as conn:
            (letter,) = await dead_letters.newest(conn, 1, 5)
        assert letter.reason == "it takes back a correction that is not known: 800/0"

    async def test_after_a_restart_it_stands_and_can_be_taken_back(self, club: Club) -> None:
        club.evening()
        club.history.corrects(800, AFTERWARDS, 901, EIGHT, "type", value="Raid")
        await club.told()
        club.folder = Folder(club.warehouse, RULES)
        club.history.corrects(801, AFTERWARDS, 901, EIGHT, "hosts", people=(2,))
        await club.told()
        assert (await club.occurrence()).event_type == "Raid"
        club.folder = Folder(club.warehouse, RULES)
        club.history.retracts(800, MORNING)
        await club.told()
        assert (await club.occurrence()).event_type == "Teams"

    async def test_of_an_unknown_event_it_waits_until_that_is_told_of(self, club: Club) -> None:
        club.history.corrects(800, AFTERWARDS, 990, EIGHT, "type", value="Raid")
        club.history.declares(990, MORNING, EIGHT, TEN)
        await club.told()
        assert (await club.occurrence()).event_type == "Raid"

    async def test_a_declared_event_goes_when_it_is_taken_back(self, club: Club) -> None:
        club.evening(title="Inhouse one")
        club.history.covered(NIGHT, MORNING)
        await club.told()
        before = await club.digests()
        club.history.declares(990, MORNING, EIGHT, TEN, title="INHOUSE ONE!", hosts=(4,))
        await club.told()
        (declared,) = await club.rows(corrections)
        assert (declared.subject, declared.value, declared.made_by) == ("declared", "INHOUSE ONE!", 1)
        assert len(await club.rows(event_occurrences)) == 2
        club.history.corrects(801, MORNING, 990, EIGHT, "held", value=True)
        club.history.retracts(990, MORNING)
        await club.told()
        assert await club.digests() == before

    async def test_long_after_it_is_still_heard(self, club: Club) -> None:
        """The fold has forgotten the event by then, and knows it from its row."""
        club.visits(1, 50, "20:00", "22:00")
        club.visits(2, 50, "20:00", "22:00")
        club.evening()
        club.history.covered(NIGHT, "2026-04-20 12:00")
        club.history.schedules(950, "2026-04-20 12:00", "2026-04-21 20:00", channel=None, title="Quiz")
        await club.told()
        before = await club.digests()
        club.folder = Folder(club.warehouse, RULES)
        club.history.corrects(800, "2026-04-20 12:00", 901, EIGHT, "held", value=False)
        await club.told()
        found = {row.event_id: row.outcome for row in await club.rows(event_occurrences)}
        assert found[901] == "not_held"
        club.history.retracts(800, "2026-04-20 12:00")
        await club.told()
        assert await club.digests() == before


async def test_both_databases_say_the_same(warehouse: Warehouse, history: Any) -> None:
    club = Club(warehouse, history)
    for person in (1, 2):
        club.visits(person, 50, "20:00", "22:00")
    club.evening()
    history.corrects(800, AFTERWARDS, 901, EIGHT, "hosts", people=(2,))
    history.corrects(800, AFTERWARDS, 901, EIGHT, "type", value="Raid", part=1)
    history.corrects(801, AFTERWARDS, 901, EIGHT, "attendance", value=True, people=(3,))
    history.retracts(800, MORNING, part=1)
    await club.told(limit=3)
    row = await club.occurrence()
    assert (row.event_type, row.outcome) == ("Teams", "held")
    assert (await club.hosts(), (await club.people())[3]) == ({(2, "told")}, ("attended", 0, True))
    assert [(row.part, row.taken_back_by) for row in await club.rows(corrections)] == [
        *((0, None), (1, 2), (0, None)),
    ]
