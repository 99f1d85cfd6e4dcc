"""One seed from its first step to its calm end: the real recording code between a world and a disk."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from storage.database import Warehouse
from storage.erasure import erase, opt_out
from storage.journal import JournalUnavailable
from storage.rebuild import rebuild
from storage.rules import Rules
from storage.trouble import WarehouseUnavailable

from . import oracle
from .disk import Disk, PowerCut
from .link import LeftBehind, Link, Rest
from .machine import Machine, VirtualClock, seeded_nonces
from .oracle import Findings
from .steps import EVENINGS, HOUR, MINUTE, SECOND, Plan, Step
from .truth import HIDDEN_MS, Event, Moment
from .world import CHANNELS, GUILD, OWNER, PEOPLE, SECRET, THE_BOT, World

MOMENT_MS = 250
REASONS = ("left", "kicked", "banned")
HEARTBEAT_MS = 41_250
LOOK_EVERY_MS = 5 * SECOND
STILL_FOR = (3 * SECOND, 9 * SECOND, 12 * SECOND, 70 * SECOND, 5 * MINUTE, HOUR, 3 * HOUR)
VOICE_TOLD = ("before", "after", "never")
REFUSALS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
STATUSES = (429, 500, 503, 0, 403, 404)
CLOSE_CODES = (1001, 1006, 4000, 4001, 4007, 4008, 4009)
NEW_SESSION = frozenset({1001, 4007, 4009})
RULES = (
    Rules(zone="Europe/Berlin"),
    Rules(zone="America/New_York", min_voice_minutes=1),
    Rules(zone="Europe/Berlin", voice_needs_company=False, voice_counts_afk=True),
)


@dataclass(slots=True)
class Outcome:
    plan: Plan
    findings: Findings
    faults: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)
    digest: str = ""  # of everything that was said and stored: the same for the same plan

    @property
    def wrong(self) -> str | None:
        """The first thing that does not hold."""
        return self.findings.violations[0][0] if self.findings.violations else None


class Simulation:
    def __init__(self, plan: Plan, disk: Disk, warehouse: Warehouse) -> None:
        self._plan = plan
        self._rng = Random(plan.seed)
        start = datetime.fromisoformat(EVENINGS[plan.start]).replace(tzinfo=UTC)
        self._clock = VirtualClock(int(start.timestamp()) * 1000)
        self._highest_ms = self._clock.reading_ms
        self._world = World(lambda: self._clock.true_ms, self._moment, self._tell)
        self._disk = disk
        self._machine = Machine(disk, warehouse, self._clock, GUILD)
        self._machine.rules = RULES[0]
        self._rest = Rest(self._world)
        self._link: Link | None = None
        self._down_until_ms = 0
        self._away_until_ms = 0
        self._left_behind: LeftBehind | None = None  # an older connection that goes on
        self._late_for = 0  # steps: what Discord sends in them is on its way
        self.outcome = Outcome(plan, Findings())

    # ------------------------------------------------------------ the story

    async def run(self) -> Outcome:
        with seeded_nonces(self._rng):
            await self._guarded(self._be_up)
            for step in self._plan.steps:
                await self._pass(step.wait_ms)
                await self._guarded(self._between)
                await self._guarded(lambda step=step: self._take(step))  # type: ignore[misc]
                await self._guarded(self._after)
            await self._end()
        self.outcome.faults += self._disk.hit
        self._world.truth.lists_failed = bool(self._rest.hit)
        self.outcome.faults += Counter(f"REST answers {status or 'nothing'}" for status in self._rest.hit)
        await self._judge()
        await self._machine.end()
        return self.outcome

    async def _pass(self, ms: int) -> None:
        """Nothing is late for longer than until the next heartbeat: unanswered, it ends the connection."""
        if self._world.gateway.wire and ms > HEARTBEAT_MS:
            self._wait(HEARTBEAT_MS)
            ms -= HEARTBEAT_MS
            self._late_for = 0
            await self._guarded(self._between)
        self._wait(ms)

    async def _guarded(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except PowerCut:
            self._tell("  the power is gone")
            await self._fall_over(self._rng.choice((0, 10 * SECOND, 2 * MINUTE, HOUR)))

    def _ends(self) -> None:
        """Every connection ends with the process."""
        self._link = self._left_behind = None
        self._world.gateway.leave_behind(None)

    async def _fall_over(self, down_ms: int) -> None:
        self._ends()
        self._world.gateway.lose_connection(self._clock.true_ms)
        await self._machine.lost_power()
        self._down_until_ms = self._clock.true_ms + down_ms

    async def _between(self) -> None:
        """Whatever is due after a wait: starting, connecting, heartbeats."""
        await self._be_up()
        if self._link is not None and self._link.is_connected and not self._late_for:
            await self._link.beat()

    async def _be_up(self) -> None:
        now_ms = self._clock.true_ms
        if self._machine.process is None:
            if now_ms < self._down_until_ms:
                return
            process = self._machine.start()
            self._tell("  a process starts")
            self._link = Link(
                process,
                self._world,
                rest=self._rest,
                moment=self._moment,
                tell=self._tell,
                clock=self._clock,
            )
        assert self._link is not None
        for _ in range(3):  # a session that is gone is found out by asking for it
            if not self._link.is_connected and now_ms >= self._away_until_ms:
                await self._link.connect(now_ms)

    async def _after(self) -> None:
        if self._link is None:
            return
        self._hear_left_behind()
        if self._link.is_connected and not self._late_for:
            await self._link.listen()
        self._late_for = max(0, self._late_for - 1)
        if self._rng.random() < 0.5:
            await self._commit()

    def _hear_left_behind(self) -> None:
        if self._left_behind is None or not self._connected() or not self._world.gateway.older_wire:
            return
        self.outcome.faults["overlapping sessions"] += 1
        if not self._left_behind.goes_on():
            self._left_behind = None

    async def _commit(self) -> None:
        process, link = self._machine.process, self._link
        assert process is not None
        assert link is not None
        process.journal.write_group()
        link.note_durable()
        self._look_for_traces()

    async def _end(self) -> None:
        """A calm end: everything works, everything is asked for again, everything is caught up."""
        self._disk.refusals.clear()
        self._disk.lies.clear()
        self._disk.cut_at = None
        self._rest.troubles.clear()
        self._late_for = 0
        self._down_until_ms = self._away_until_ms = 0
        self._find_guild()
        for _ in range(6):
            self._wait(45 * SECOND)
            await self._between()
            await self._after()
            await self._commit()
        assert self._link is not None
        assert self._machine.process is not None
        recorder = self._machine.process.recorder
        await recorder.cover_until_now()
        self._link.note_durable()
        for person, (at_ms, is_erasure) in self._world.truth.doomed.items():
            await self._withdraw(person, at_ms, is_erasure)
        await self._machine.follow_up()

    async def _judge(self) -> None:
        path = self._disk.folder / "warehouse.db"
        truth, findings = self._world.truth, self.outcome.findings
        before = oracle.dump(path)
        rules = self._machine.rules
        oracle.judge(
            truth,
            path,
            findings,
            zone=rules.zone,
            company=rules.voice_needs_company,
            afk=rules.voice_counts_afk,
        )
        await rebuild(self._machine.warehouse, GUILD, rules)
        oracle.compare(before, oracle.dump(path), findings)
        self._look_for_traces()
        told = "\n".join(self.outcome.story)
        self.outcome.digest = hashlib.sha256(repr((told, before)).encode()).hexdigest()[:16]

    def _look_for_traces(self) -> None:
        for person in self._world.truth.withdrawn:
            names = ("journal.db", "journal.db-wal")
            if person in self._world.truth.erased:
                names += ("warehouse.db", "warehouse.db-wal")
            oracle.look_for_traces(
                person, [self._disk.folder / name for name in names], self.outcome.findings
            )

    # ------------------------------------------------------------ time

    def _wait(self, ms: int) -> None:
        """Time passes for a process that runs: it looks at its clocks all the time."""
        while ms > 0:
            passing_ms = min(ms, LOOK_EVERY_MS)
            self._stand(passing_ms)
            ms -= passing_ms
            if link := self._connected():
                link.look()

    def _stand(self, ms: int) -> None:
        self._clock.true_ms += ms
        self._highest_ms = max(self._highest_ms, self._clock.reading_ms)

    def _moment(self) -> Moment:
        return Moment(self._clock.reading_ms, self._highest_ms)

    def _tell(self, line: str) -> None:
        moment = datetime.fromtimestamp(self._clock.true_ms / 1000, UTC)
        self.outcome.story.append(f"{moment:%d %H:%M:%S}  {line}")

    # ------------------------------------------------------------ steps

    async def _take(self, step: Step) -> None:
        if step.kind in _FAULTS or step.kind == "follow":
            self._tell(f"* {step.kind} ({step.a}, {step.b})")
        done = _STEPS[step.kind](self, step)
        if isinstance(done, Awaitable):
            done = await done
        if done and step.kind in _FAULTS:
            self.outcome.faults[step.kind] += 1

    def _someone(self, number: int) -> int:
        return PEOPLE[number % len(PEOPLE)]

    def _some_event(self, number: int) -> Event | None:
        events = [event for event in self._world.truth.events.values() if event.over is None]
        return events[number % len(events)] if events else None

    def _voice(self, step: Step) -> bool:
        channel = (*CHANNELS[:3], *CHANNELS, None, None)[step.b % 9]
        return self._world.move(self._someone(step.a), channel)

    def _plan_event(self, step: Step) -> bool:
        start_ms = self._clock.true_ms + (2 + step.b % 30) * MINUTE
        return self._world.plan(start_ms // MINUTE * MINUTE, CHANNELS[step.a % 2], recurs=step.a % 3 > 0)

    def _of_event(self, step: Step, act: Callable[[Event], bool]) -> bool:
        event = self._some_event(step.a)
        return event is not None and act(event)

    async def _follow(self, _step: Step) -> bool:
        if self._machine.process is not None:
            await self._machine.follow_up()
            self._look_for_traces()
        return True

    # ------------------------------------------------------------ faults

    def _connected(self) -> Link | None:
        return self._link if self._link is not None and self._link.is_connected else None

    def _lose(self, cause: str, away_ms: int = 0) -> bool:
        link = self._connected()
        if link is None:
            return False
        link.lost(cause)
        self._away_until_ms = self._clock.true_ms + away_ms
        return True

    def _drop(self, step: Step) -> bool:
        self._world.move(self._someone(step.b), CHANNELS[step.b % 2])
        return self._lose("the connection was lost", step.a % 90 * SECOND)

    def _duplicate(self, step: Step) -> bool:
        link, session = self._connected(), self._world.gateway.session
        if link is None or session is None or not session.kept or link._is_replaying:
            return False
        again = [sent for sent in session.kept[-5:] if sent.type != "READY" and sent.is_heard]
        link.take_all(list(again))
        return bool(again)

    async def _stand_still(self, step: Step) -> bool:
        """People go on meanwhile. Unanswered, Discord gives the connection up after a while."""
        link = self._connected()
        if link is None:
            return False
        still_ms, acts = STILL_FOR[step.a % len(STILL_FOR)], 1 + step.b % 3
        for number in range(acts):
            self._stand(still_ms // acts)
            if still_ms * (number + 1) // acts > 2 * HEARTBEAT_MS:
                self._world.gateway.give_up(self._clock.true_ms)
            act = _WHILE_STILL[(step.a + step.b + number) % len(_WHILE_STILL)]
            _LIFE[act](self, Step(0, act, step.a + number, step.b // 3 + number))
        self._tell("  it wakes")
        await link.wakes(still_ms, was_answered=step.b % 2 == 0)
        return True

    def _overlap(self, step: Step) -> bool:
        """Counted when something comes by the older connection."""
        link = self._connected()
        if link is not None:
            self._left_behind = link.left_behind(resumes=step.a % 2 == 0)
        return False

    def _late_step(self, _step: Step) -> bool:
        if self._connected() is None:
            return False
        self._late_for = 2  # itself, and whatever happens next
        return True

    def _end_session(self, step: Step) -> bool:
        link = self._connected()
        if link is None:
            return False
        link.session_ended("Discord had ended the session")
        self._away_until_ms = self._clock.true_ms + step.a % 300 * SECOND
        return True

    def _miss_resume(self, step: Step) -> bool:
        return self._lose("the connection was lost", (5 + step.a % 60) * MINUTE)

    def _close(self, step: Step) -> bool:
        code = CLOSE_CODES[step.a % len(CLOSE_CODES)]
        done = self._end_session(step) if code in NEW_SESSION else self._lose("Discord closed the connection")
        if done:
            self.outcome.faults[f"close code {code}"] += 1
        return done

    def _rest_trouble(self, step: Step) -> bool:
        self._rest.troubles = [STATUSES[(step.a + n) % len(STATUSES)] for n in range(1 + step.b % 8)]
        return True

    def _deny_audit_log(self, _step: Step) -> bool:
        self._rest.may_read_audit_log = False
        return True

    def _refuse(self, database: str, step: Step) -> bool:
        codes = REFUSALS if database == "warehouse.db" else REFUSALS[:2]
        self._disk.refusals[database] = (codes[step.a % len(codes)], 1 + step.b % 12)
        return True

    def _lie(self, _step: Step) -> bool:
        self._disk.lies.add("warehouse.db")
        return True

    def _cut_power(self, _step: Step) -> bool:
        if self._machine.process is not None:
            self.outcome.faults["power cut"] += 1
            self._disk.cut()
        return False

    def _cut_at(self, database: str, step: Step) -> bool:
        places = ("before", "torn", "after") + (("within",) if database == "warehouse.db" else ())
        self._disk.cut_at = (
            database,
            places[step.a % len(places)],
            1 + step.b % (12 if step.a % 4 == 3 else 3),
        )
        return True

    async def _stop(self, step: Step) -> bool:
        process = self._machine.process
        if process is None:
            return False
        process.recorder.stopped()
        await self._commit()
        self._ends()
        self._world.gateway.lose_connection(self._clock.true_ms)
        process.journal.drop()
        self._machine.process = None
        await self._machine.drop_connections()
        self._down_until_ms = self._clock.true_ms + step.a % 600 * SECOND
        return True

    def _set_clock(self, by_ms: int) -> bool:
        self._clock.offset_ms += by_ms
        self._stand(0)
        return True

    def _set_back(self, step: Step) -> bool:
        """A little: the recorder takes more than ten minutes for the end of an error."""
        back_ms = self._highest_ms - self._clock.reading_ms
        by_ms = min(9 * MINUTE - back_ms, (1 + step.a % 500) * SECOND)
        if by_ms <= 0:
            return False
        self._clock.offset_ms -= by_ms
        self._world.truth.twice.append((self._clock.reading_ms, self._highest_ms + HIDDEN_MS))
        return True

    def _set_far_back(self, step: Step) -> bool:
        self._world.truth.clock_is_wild = True
        return self._set_clock(-(HOUR + step.a % 40 * MINUTE))

    def _toggle_guild(self, _step: Step) -> bool:
        return self._find_guild() or self._world.lose_guild()

    def _find_guild(self) -> bool:
        """An outage takes some time, if only a moment."""
        if not self._world.gateway.is_available:
            self._wait(MOMENT_MS)
        return self._world.find_guild()

    def _use_rules(self, step: Step) -> bool:
        self._machine.use(RULES[step.a % len(RULES)])
        return True

    async def _restart_under(self, step: Step) -> bool:
        stopped = await self._stop(step)
        self._machine.rules = RULES[step.b % len(RULES)]
        return stopped

    async def _withdraw_someone(self, step: Step, is_erasure: bool) -> bool:
        person, truth = self._someone(step.a), self._world.truth
        if person in (OWNER, THE_BOT) or person in truth.doomed or self._machine.process is None:
            return False
        at_ms = self._clock.reading_ms
        truth.doomed[person] = (at_ms, is_erasure)
        await self._withdraw(person, at_ms, is_erasure)
        return True

    async def _withdraw(self, person: int, at_ms: int, is_erasure: bool) -> None:
        process, truth = self._machine.process, self._world.truth
        assert process is not None
        who = self._machine.warehouse, process.withdrawals, GUILD, person
        try:
            if is_erasure:
                await erase(*who, at_ms=at_ms, journals=[process.journal])
            else:
                await opt_out(*who, at_ms=at_ms, journal=process.journal)
        except (WarehouseUnavailable, JournalUnavailable):
            return  # said so, and to be asked for again
        truth.withdrawn[person] = at_ms
        if is_erasure:
            truth.erased.add(person)

    def _exclude(self, _step: Step) -> bool:
        truth, at_ms = self._world.truth, self._clock.reading_ms
        if truth.excluded and truth.excluded[-1][2] is None:
            truth.excluded[-1] = (*truth.excluded[-1][:2], at_ms)
            self._machine.exclude(frozenset())
        else:
            truth.excluded.append((SECRET, at_ms, None))
            self._machine.exclude(frozenset({SECRET}))
        return True


_LIFE: dict[str, Callable[[Simulation, Step], bool | Awaitable[bool]]] = {
    "voice": Simulation._voice,
    "deafen": lambda s, step: s._world.deafen(s._someone(step.a)),
    "join": lambda s, step: s._world.join(s._someone(step.a)),
    "leave": lambda s, step: s._world.leave(
        s._someone(step.a), REASONS[step.b % 3], VOICE_TOLD[step.b // 3 % 3]
    ),
    "roles": lambda s, step: s._world.change_roles(s._someone(step.a), [9001 + step.b % 3]),
    "plan": Simulation._plan_event,
    "postpone": lambda s, step: s._of_event(
        step, lambda event: s._world.postpone(event, (1 + step.b % 90) * MINUTE)
    ),
    "begin": lambda s, step: s._of_event(step, s._world.begin),
    "finish": lambda s, step: s._of_event(step, s._world.finish),
    "call off": lambda s, step: s._of_event(step, lambda event: s._world.call_off(event, step.b % 2 == 0)),
    "answer": lambda s, step: s._of_event(step, lambda event: s._world.answer(event, s._someone(step.b))),
    "command": lambda s, step: s._world.command(s._someone(step.a), "profile") is not None,
    "odd": lambda s, step: s._world.odd(step.a),
    "follow": Simulation._follow,
}
_FAULTS: dict[str, Callable[[Simulation, Step], bool | Awaitable[bool]]] = {
    "dispatch dropped with the connection": Simulation._drop,
    "duplicate": Simulation._duplicate,
    "late": Simulation._late_step,
    "op 7": lambda s, step: s._lose("Discord asked to reconnect"),
    "op 9 true": lambda s, step: s._lose("Discord asked to resume"),
    "op 9 false": Simulation._end_session,
    "missed RESUME": Simulation._miss_resume,
    "close code": Simulation._close,
    "REST trouble": Simulation._rest_trouble,
    "audit log not granted": Simulation._deny_audit_log,
    "warehouse refuses": lambda s, step: s._refuse("warehouse.db", step),
    "journal refuses": lambda s, step: s._refuse("journal.db", step),
    "commit lies": Simulation._lie,
    "power cut": Simulation._cut_power,
    "power cut in the journal": lambda s, step: s._cut_at("journal.db", step),
    "power cut in the warehouse": lambda s, step: s._cut_at("warehouse.db", step),
    "clean stop": Simulation._stop,
    "clock forward": lambda s, step: s._set_clock((1 + step.a % 120) * MINUTE),
    "clock back": Simulation._set_back,
    "clock far back": Simulation._set_far_back,
    "guild unavailable": Simulation._toggle_guild,
    "other rules": Simulation._use_rules,
    "restart under other rules": Simulation._restart_under,
    "opt-out": lambda s, step: s._withdraw_someone(step, is_erasure=False),
    "erasure": lambda s, step: s._withdraw_someone(step, is_erasure=True),
    "channel excluded": Simulation._exclude,
    "stands still": Simulation._stand_still,
    "overlapping sessions": Simulation._overlap,
}
_WHILE_STILL = ("voice", "voice", "leave", "voice", "join", "command", "answer")
_STEPS = _LIFE | _FAULTS


def laid_out(template: Path, disk: Disk) -> None:
    """An empty machine: the template's warehouse, nothing else."""
    for path in disk.folder.iterdir():
        if path.is_file() and path != template:
            path.unlink()
    shutil.copyfile(template, disk.folder / "warehouse.db")
