"""Conclusions about events are a function of the log: not of batches, restarts, repeats."""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import select

from storage.database import Warehouse
from storage.fold import Folder
from storage.rebuild import table_digests, verify
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import fold_progress

MINUTE = 60_000
HOUR = 60 * MINUTE
WEEK = 7 * 24 * HOUR

INHOUSE = EventTypeRule(
    "Inhouse", titles=("*inhouse*",), channels=(50, 51), host_roles=(7,), usual_minutes=90
)
LONG = EventTypeRule("Long", channels=(52,), usual_minutes=400)
RULES = Rules(zone="Europe/Berlin", events=EventRules(types=(INHOUSE, LONG), held_people=2))

# A row that says nothing, of the same moment: the end of a list of answers to an unknown event.
NOTHING_SAID: Any = {
    "type": "SNAPSHOT_RSVPS_END",
    "others": None,
    "body": '{"event_id":"1","snapshot":"n","complete":true}',
}

new_guild_ids = count(1000)

person = st.integers(1, 4)
event = st.sampled_from([900, 901, 902, 903, 904])  # 900 recurs, 903 is elsewhere, 904 has no end
shift = st.sampled_from([-60, -30, 0, 5, 30, 90, 600])
late = st.sampled_from([0, 0, 0, 25])
which = st.sampled_from([None, 0, 1])  # the whole, the first occurrence, the one after it

people = st.lists(person, min_size=1, max_size=2)
said = st.one_of(
    st.tuples(st.just("type"), st.sampled_from([None, "Inhouse", "Long", "gone"]), st.just(())),
    st.tuples(st.just("channels"), st.lists(st.sampled_from(["50", "52"]), min_size=1), st.just(())),
    *[st.tuples(st.just("held"), st.booleans(), st.just(()))] * 2,
    st.tuples(st.just("hosts"), st.none(), people),
    st.tuples(st.just("attendance"), st.booleans(), people),
)

steps = st.one_of(
    *[st.tuples(st.just("voice"), person, st.sampled_from([50, 51, 52, None]), late)] * 4,
    *[st.tuples(st.sampled_from(["start", "end"]), event, late)] * 3,
    st.tuples(st.just("move on")),
    st.tuples(st.just("edit"), event, shift, st.sampled_from(["Inhouse", "Raid 4", "Raid 5"])),
    st.tuples(st.just("edit the rule"), shift),
    st.tuples(st.just("edit the channel"), event, st.sampled_from(["50", "52"])),
    st.tuples(st.sampled_from(["call off", "delete"]), event, late),
    st.tuples(st.just("except"), which, shift, st.booleans()),
    st.tuples(st.just("restore"), which),
    st.tuples(st.just("show no exceptions")),
    *[st.tuples(st.just("answer"), person, event, which, st.integers(0, 1), late)] * 2,
    st.tuples(st.just("take back"), person, event, which, late),
    st.tuples(
        st.just("list answers"), event, which, st.dictionaries(person, st.integers(0, 1)), st.booleans()
    ),
    st.tuples(st.just("list events"), st.sets(event)),
    st.tuples(st.just("hide"), event),
    st.tuples(st.just("declare"), st.integers(-300, -10), st.integers(5, 400)),
    *[st.tuples(st.just("correct"), event, which, said)] * 3,
    st.tuples(st.just("correct a declaration"), st.integers(0, 3), said),
    st.tuples(st.just("check in"), event, which, st.lists(person, max_size=3)),
    *[st.tuples(st.just("retract"), st.integers(0, 9))] * 2,
    st.tuples(st.just("role"), person, st.sets(st.sampled_from([7, 8]))),
    st.tuples(st.just("leave"), person, late),
    st.tuples(st.just("withdraw"), st.just(4)),
    st.tuples(st.just("gap"), st.sampled_from([3, 40, 500])),
    st.tuples(st.just("repaint"), st.integers(0, 300), st.sampled_from(["gap", "recorded", "late"])),
    st.tuples(st.just("covered")),
)
plans = st.lists(st.tuples(st.sampled_from([0, 1, 7, 20, 60, 90, 1500]), steps), min_size=4, max_size=30)


class Teller:
    """Writes a plan down as rows, and keeps what Discord would remember of it."""

    def __init__(self, history: Any, start: int) -> None:
        self.history = history
        self.now = self.covered_to = start
        self.first = start + HOUR
        self.declared: list[tuple[int, int]] = []
        self.corrections: list[tuple[int, int]] = []  # and their parts
        for number in (900, 901, 902):  # all three in one channel, at the same time
            recurs = number == 900
            history.schedules(number, start, self.first, self.first + HOUR, recurs=recurs, creator=2)
        history.schedules(903, start, self.first, self.first + HOUR, channel=None, title="Picnic")
        history.schedules(904, start, self.first, title="Raid 1")  # as long as is usual

    def tell(self, plan: Any) -> None:
        for number, (delay, (kind, *details)) in enumerate(plan):
            self.now += delay * MINUTE
            getattr(self, "_" + kind.replace(" ", "_"))(number, *details)

    def _until(self, minutes: int) -> int:
        before, self.now = self.now, self.now + minutes * MINUTE
        return before

    def _original(self, place: int | None) -> int | None:
        return None if place is None else self.first + place * WEEK

    def _pointer(self, event: int) -> int:
        return int(self.history.events[event]["scheduled_start_ms"])

    def _voice(self, _: int, who: int, channel: int | None, late: int) -> None:
        self.history.voice(who, channel, self._until(late), until=self.now)

    def _start(self, _: int, event: int, late: int) -> None:
        self.history.starts(event, self._until(late), self.now)

    def _end(self, _: int, event: int, late: int) -> None:
        following = self._pointer(event) + WEEK if event == 900 else None
        self.history.ends(event, self._until(late), self.now, following)

    def _move_on(self, _: int) -> None:
        self.history.moves_on(900, self.now, self._pointer(900) + WEEK)

    def _edit(self, _: int, event: int, minutes: int, title: str) -> None:
        if event == 900:
            self.history.edits(event, self.now, title=title)
            return
        start = self._pointer(event) + minutes * MINUTE
        self.history.edits(
            event, self.now, scheduled_start_ms=start, scheduled_end_ms=start + HOUR, title=title
        )

    def _edit_the_channel(self, _: int, event: int, channel: str) -> None:
        self.history.edits(event, self.now, channel_id=channel)

    def _edit_the_rule(self, _: int, minutes: int) -> None:
        start = self._pointer(900) + minutes * MINUTE
        self.history.edits(900, self.now, scheduled_start_ms=start, recurrence_start_ms=start)

    def _call_off(self, _: int, event: int, late: int) -> None:
        self.history.calls_off(event, self._until(late), self.now)

    def _delete(self, _: int, event: int, late: int) -> None:
        self.history.deletes(event, self._until(late), self.now)

    def _except(self, _: int, place: int | None, minutes: int, is_cancelled: bool) -> None:
        original = self._original(place or 0)
        assert original is not None
        self.history.excepts(900, original, self.now, original + minutes * MINUTE, is_cancelled=is_cancelled)

    def _restore(self, _: int, place: int | None) -> None:
        if place is None:
            self.history.removes_exceptions(900, self.now)
        else:
            self.history.excepts(900, self.first + place * WEEK, self.now, kind="DELETE")

    def _show_no_exceptions(self, _: int) -> None:
        self.history.edits(900, self.now, exceptions=[])

    def _answer(self, _: int, who: int, event: int, place: int | None, response: int, late: int) -> None:
        at = self._until(late)
        self.history.answers(who, event, at, self._original(place), response, until=self.now)

    def _take_back(self, _: int, who: int, event: int, place: int | None, late: int) -> None:
        self.history.takes_back(who, event, self._until(late), self._original(place), until=self.now)

    def _list_answers(
        self, number: int, event: int, place: int | None, answers: dict[int, int], complete: bool
    ) -> None:
        original = self._original(place)
        self.history.lists_answers(event, self.now, answers, original, complete, snapshot=str(number))

    def _list_events(self, number: int, events: set[int]) -> None:
        self.history.lists_events(self.now, *sorted(events), snapshot=str(number))

    def _hide(self, _: int, event: int) -> None:
        self.history.hides(event, self.now)

    def _declare(self, number: int, since: int, length: int) -> None:
        start = self.now + since * MINUTE
        self.history.declares(2000 + number, self.now, start, start + length * MINUTE, (50,), (3,))
        self.declared.append((2000 + number, start))
        self.corrections.append((2000 + number, 0))

    def _correct(self, number: int, event: int, place: int | None, said: Any) -> None:
        self._say(number, (event, self.first + (place or 0) * WEEK), said)

    def _correct_a_declaration(self, number: int, which: int, said: Any) -> None:
        if which < len(self.declared):
            self._say(number, self.declared[which], said)

    def _say(self, number: int, occurrence: tuple[int, int], said: Any) -> None:
        subject, value, people = said
        self.history.corrects(3000 + number, self.now, *occurrence, subject, value=value, people=people)
        self.corrections.append((3000 + number, 0))

    def _check_in(self, number: int, event: int, place: int | None, people: list[int]) -> None:
        original = self.first + (place or 0) * WEEK
        self.history.checks_in(3000 + number, self.now, event, original, *people)
        self.corrections += [(3000 + number, part) for part in range(len(people))]

    def _retract(self, _: int, which: int) -> None:
        if which < len(self.corrections):
            correction, part = self.corrections[which]
            self.history.retracts(correction, self.now, part)

    def _role(self, _: int, who: int, roles: set[int]) -> None:
        self.history.changes(who, self.now, roles)

    def _leave(self, _: int, who: int, late: int) -> None:
        self.history.leaves(who, self._until(late), until=self.now)

    def _withdraw(self, _: int, who: int) -> None:
        self.history.withdraws(who, self.now)

    def _gap(self, _: int, minutes: int) -> None:
        self.history.covered(self._until(minutes), self.now, "gap", "test")
        self.covered_to = self.now

    def _repaint(self, _: int, minutes: int, state: str) -> None:
        self.history.covered(self.now - minutes * MINUTE, self.now, state, sources=["voice", "events"])

    def _covered(self, _: int) -> None:
        self.history.covered(self.covered_to, self.now)
        self.covered_to = self.now


async def digests(warehouse: Warehouse, guild_id: int) -> tuple[object, ...]:
    remembered = select(fold_progress.c.folded_to_ms, fold_progress.c.state)
    async with warehouse.reading() as conn:
        progress = (await conn.execute(remembered.where(fold_progress.c.guild_id == guild_id))).one()
        return await table_digests(conn, guild_id), tuple(progress)


async def caught_up(folder: Folder, guild_id: int, limit: int = 5000) -> None:
    while not (await folder.advance(guild_id, limit)).caught_up:
        pass


@settings(max_examples=25)
@given(plan=plans, batches=st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=9))
async def test_any_events_give_the_same_tables_in_any_batches(
    warehouse: Warehouse, new_history: Any, at: Any, plan: Any, batches: Any
) -> None:
    history = new_history()
    Teller(history, at("2026-03-27 18:00")).tell(plan)
    one_pass, followed = next(new_guild_ids), next(new_guild_ids)
    await history.logged(warehouse, one_pass)
    await history.logged(warehouse, followed)
    await caught_up(Folder(warehouse, RULES), one_pass)
    folder = Folder(warehouse, RULES)
    for limit, is_restarted in batches:
        await folder.advance(followed, limit)
        folder = Folder(warehouse, RULES) if is_restarted else folder
    await caught_up(folder, followed, limit=1)
    assert await digests(warehouse, followed) == await digests(warehouse, one_pass)
    assert await verify(warehouse, followed, RULES) == []


class Overlap(NamedTuple):
    """Of two events in one channel one may be started; what is told later leaves the other other presence."""

    started: int | None  # minutes after both were to begin
    ended: int | None
    is_listed: bool  # its end was missed: a list shows it hours later
    moved: int  # the other
    declared: int | None
    gap: int | None

    def told(self, history: Any, first: int) -> None:
        for number, start in ((901, first), (902, first + self.moved * MINUTE)):
            history.schedules(number, first - 3 * HOUR, start, start + HOUR, title="Raid")
        said = [(0, lambda ms, who=who: history.voice(who, 50, ms)) for who in (1, 2, 3)]
        said += [(150, lambda ms, who=who: history.voice(who, None, ms)) for who in (1, 2, 3)]
        if self.started is not None:
            said.append((self.started, lambda ms: history.starts(901, ms)))
            if self.ended is not None:
                said.append((self.ended, lambda ms: history.ends(901, ms)))
        said.append((180, lambda ms: history.covered(first, ms)))
        if self.is_listed:
            said.append((200, lambda ms: self._list(history, ms)))
        if self.declared is not None:
            start = first + self.declared * MINUTE
            said.append((300, lambda ms: history.declares(990, ms, start, start + HOUR)))
        if self.gap is not None:
            until = first + self.gap * MINUTE
            said.append((310, lambda ms: history.covered(first, until, "gap")))
        said.append((400, lambda ms: history.covered(first + 3 * HOUR, ms)))
        for minute, say in sorted(said, key=lambda one: one[0]):
            say(first + minute * MINUTE)

    @staticmethod
    def _list(history: Any, at: int) -> None:
        history.events[901]["status"] = 1
        history.lists_events(at, 901, 902)


overlaps = st.builds(
    Overlap,
    started=st.sampled_from([None, 0, 40]),
    ended=st.sampled_from([None, None, 55, 170]),
    is_listed=st.booleans(),
    moved=st.sampled_from([0, 75]),
    declared=st.sampled_from([None, 0, 80]),
    gap=st.sampled_from([None, None, 80]),
)


@settings(max_examples=40)
@given(overlap=overlaps)
@example(Overlap(None, None, is_listed=False, moved=0, declared=0, gap=None))
@example(Overlap(0, None, is_listed=True, moved=75, declared=None, gap=None))
async def test_overlapping_events_give_the_same_tables_row_by_row(
    sqlite_warehouse: Warehouse, new_history: Any, at: Any, overlap: Overlap
) -> None:
    history = new_history()
    overlap.told(history, at("2026-03-27 18:00"))
    one_pass, followed = next(new_guild_ids), next(new_guild_ids)
    await history.logged(sqlite_warehouse, one_pass)
    await history.logged(sqlite_warehouse, followed)
    await caught_up(Folder(sqlite_warehouse, RULES), one_pass)
    await caught_up(Folder(sqlite_warehouse, RULES), followed, limit=1)
    assert await digests(sqlite_warehouse, followed) == await digests(sqlite_warehouse, one_pass)


async def test_after_a_restart_the_newest_answer_is_the_one_that_stands(
    warehouse: Warehouse, new_history: Any, at: Any
) -> None:
    history = new_history()
    start = at("2026-03-27 18:00")
    history.schedules(901, start, start + HOUR)
    for minute in (1, 3, 5):
        history.answers(1, 901, start + minute * MINUTE)
        history.takes_back(1, 901, start + (minute + 1) * MINUTE)
    one_pass, followed = next(new_guild_ids), next(new_guild_ids)
    await history.logged(warehouse, one_pass)
    await history.logged(warehouse, followed)
    await caught_up(Folder(warehouse, RULES), one_pass)
    while not (await Folder(warehouse, RULES).advance(followed, limit=1)).caught_up:
        pass
    assert await digests(warehouse, followed) == await digests(warehouse, one_pass)


@settings(max_examples=100)
@given(plan=plans)
def test_the_same_said_again_is_nothing(new_history: Any, at: Any, plan: Any) -> None:
    history = new_history()
    Teller(history, at("2026-03-27 18:00")).tell(plan)
    once = history.folded(RULES)
    history.rows = [row for row in history.rows for _ in range(2)]
    twice = history.folded(RULES)
    for name in ("occurrences", "staff_corrections", "answers"):
        assert getattr(twice, name) == getattr(once, name), name


@settings(max_examples=40)
@given(plan=plans)
async def test_what_is_taken_back_leaves_no_trace(
    sqlite_warehouse: Warehouse, new_history: Any, at: Any, plan: Any
) -> None:
    """All tables but the trail are those of a world in which nothing had been said."""
    history, without = new_history(), new_history()
    history.covered("2026-03-27 17:00", "2026-03-27 18:00")  # what follows this lengthens it: no gap to judge
    teller = Teller(history, at("2026-03-27 18:00"))
    teller.tell(plan)
    for correction, part in teller.corrections:
        history.retracts(correction, teller.now, part)
    for row in history.rows:
        is_said = row.source == "staff"
        without.rows.append(structs.replace(row, **NOTHING_SAID) if is_said else row)
    corrected, never = next(new_guild_ids), next(new_guild_ids)
    await history.logged(sqlite_warehouse, corrected)
    await without.logged(sqlite_warehouse, never)
    await caught_up(Folder(sqlite_warehouse, RULES), corrected, limit=3)
    await caught_up(Folder(sqlite_warehouse, RULES), never)
    async with sqlite_warehouse.reading() as conn:
        tables = await table_digests(conn, corrected)
        expected = await table_digests(conn, never)
    assert expected.pop("corrections").startswith("0:")
    assert tables.pop("corrections").startswith(f"{len(teller.corrections)}:")
    assert tables == expected
