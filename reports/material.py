"""Everything that a report on one period is made of, gathered from the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reports.attrition import GrowthAccounting
from reports.basis import Basis
from reports.catalogue import ALL_SOURCES, active_sources, resolve
from reports.churn import Churn
from reports.command_pair import CommandPair
from reports.command_records import CommandUses
from reports.community import MAIN, main_name
from reports.cuts import EVERYBODY, Cut
from reports.event_completeness import event_completeness
from reports.event_finding import NOT_A_PROMISE
from reports.event_history import EventHistory
from reports.event_section import EventSection
from reports.gap_notes import gap_notes
from reports.hosts import HostLoad
from reports.lifecycle import Lifecycle
from reports.pair import Pair
from reports.periods import Period, describe, span
from reports.populations import People
from reports.profile_kpis import ProfileKpis
from reports.published import Key, Stored, corrections, fingerprint
from reports.quality import COMPARABLE
from reports.records import Records, Spell
from reports.report import Correction, Gap, Kpi, Measure, Section
from reports.segment_kpis import classification_coverage, segment_kpis
from reports.segments import Segments
from reports.settings import ReportSettings
from reports.spans import overlaps
from reports.voice import VoiceMembers, VoiceUse
from reports.voice_kpis import estimated_sessions
from storage.activities import COMMAND
from storage.rules import Rules, have_in_common

HOST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Material:
    records: Records
    settings: ReportSettings
    rules: Rules
    pair: Pair
    voice: Mapping[Period, VoiceUse]
    voice_members: Mapping[Period, VoiceMembers]  # of whom it is
    commands: CommandUses  # of the tracked ones, in the period and the one before
    growth: GrowthAccounting
    events: EventHistory
    lifecycle: Lifecycle
    smallest: int  # people; fewer are not shown apart
    before: Segments  # when the day before the period ended
    tiers: Mapping[str, People]  # by tier that a role makes, when the period ended
    published: Mapping[Key, Stored]  # of the period, when it was last computed after its end
    published_before: Mapping[Key, Stored]  # of the period before
    cut: Cut = EVERYBODY
    watched: tuple[Kpi, ...] = ()  # what limits name beside what digests show (reports/watched.py)
    _made: dict[str, tuple[Kpi, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, what: str, make: Callable[[Material], tuple[Kpi, ...]]) -> tuple[Kpi, ...]:
        """What is shown and tested is made once where nothing is withheld."""
        if what not in self._made:
            self._made[what] = make(self)
        return self._made[what]

    def exact(self) -> Material:
        """Of which nothing is withheld."""
        if not self.smallest:
            return self
        return replace(self, smallest=0, growth=replace(self.growth, smallest_part=0))

    @property
    def churn(self) -> Churn:
        return Churn.of(self.growth, self.events.membership)

    def segment_kpis(self) -> tuple[Kpi, ...]:
        return segment_kpis(self.lifecycle, self.smallest, self.before)

    def classification_coverage(self) -> Kpi:
        return classification_coverage(self.lifecycle, self.smallest, self.before)

    @property
    def basis(self) -> Basis:
        return self.pair.basis

    @property
    def people(self) -> int | None:
        """Exposed in the period, of the cut; None where it was not recorded who is a member."""
        this = self.pair.this
        is_known = self.basis.base_is_covered(main_name(this), this)
        return len(self.basis.populations.exposed(this)) if is_known else None

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that is recorded by now: an older version may not have known all of them.

        None before recording began, though the audit log may be read back to that time.
        """
        recording, end_ms = self.basis.recording, self.pair.this.end_ms
        known = recording.known_sources(end_ms) if end_ms > recording.since_ms else ()
        return tuple(name for name in resolve((ALL_SOURCES,), self.settings.qualifying) if name in known)

    @property
    def is_before_recording(self) -> bool:
        return self.pair.this.end_ms <= self.basis.recording.since_ms

    @property
    def is_open(self) -> bool:
        return self.pair.this.is_open(self.basis.now_ms)

    def data_section(self) -> Section:
        return Section(
            "Data",
            (
                *self.recorded_kpis(),
                estimated_sessions(self.pair, self.voice),
                self.classification_coverage(),
                *event_completeness(self.pair, self.events),
            ),
        )

    def watched_section(self) -> Section:
        return Section("Also watched", self.watched)

    def recorded_kpis(self) -> tuple[Kpi, ...]:
        """Of all sources at once, and of each."""
        return (
            self._coverage(self.sources, ""),
            *(self._coverage((source,), source) for source in self.sources),
        )

    def _coverage(self, sources: tuple[str, ...], cut: str) -> Kpi:
        pair, recording, now_ms = self.pair, self.basis.recording, self.basis.now_ms

        def recorded(period: Period) -> Measure:
            start_ms, end_ms = recording.window(sources, period, now_ms)
            share = recording.share(sources, period, now_ms) if sources else 0.0  # of nothing, nothing was
            whole = (end_ms - start_ms) // 1000
            return Measure(share, round(share * whole), whole, coverage=share)

        was_recording = pair.last.end_ms > recording.since_ms
        return Kpi(
            "recording_coverage",
            recorded(pair.this),
            recorded(pair.last) if was_recording else None,
            None,
            recording.caveats(sources, (pair.this, pair.last), now_ms),
            cut,
        )

    @property
    def command_pair(self) -> CommandPair:
        return CommandPair.of(self.pair, self.commands, self.smallest)

    @property
    def profile_kpis(self) -> ProfileKpis:
        """Of no command where no tracked one was ever seen, or none of them shows a profile."""
        names, tracked = self.settings.profile_commands, self.rules.tracked_commands
        is_recorded = self.lifecycle.knows_commands and have_in_common(names, tracked)
        return ProfileKpis(self.command_pair, names if is_recorded else ())

    @property
    def event_section(self) -> EventSection:
        return EventSection(self.pair, self.events, self.smallest)

    def host_weeks(self) -> tuple[Period, Period]:
        """The four weeks to the end of the period, and the four before."""
        last_day, zone = self.pair.this.last_day, self.settings.zone
        days = ((last_day - HOST_DAYS * back - HOST_DAYS + 1, last_day - HOST_DAYS * back) for back in (0, 1))
        now, then = (span("", first, last, zone) for first, last in days)
        return now, then

    def host_loads(self) -> tuple[HostLoad, HostLoad | None]:
        """Of both; of those before None where they are not compared: either is open or hardly recorded."""
        now, then = (self.events.load(weeks.start_ms, weeks.end_ms) for weeks in self.host_weeks())
        is_compared = not self.is_open and min(self.hosts_recorded()) >= COMPARABLE
        return now, then if is_compared else None

    def hosts_recorded(self) -> tuple[float, float]:
        now, then = (self.basis.coverage("attendee_hours", weeks) for weeks in self.host_weeks())
        return now, then

    def gaps(self) -> tuple[Gap, ...]:
        return self.basis.recording.gaps(self.sources, (self.pair.this,), self.basis.now_ms)

    def caveats(self, sections: Sequence[Section]) -> tuple[str, ...]:
        """What a reader has to know before believing the numbers of these sections, the gravest first."""
        pair, basis = self.pair, self.basis
        periods = (pair.this, pair.last)
        shown = [kpi for section in sections if section.title for kpi in section.kpis]
        return (
            *self.cut.notes(pair.this),
            *self._open_note(),
            *pair.left_out(main_name(pair.this), *periods),
            *gap_notes(basis.recording, self.sources, periods, shown, basis.now_ms),
            *self._outcomes_note(sections),
            *([NOT_A_PROMISE] if any(NOT_A_PROMISE in kpi.caveats for kpi in shown) else []),
            *self._history_note(sections),
            *self._rules_note(),
        )

    def corrections(self, sections: Iterable[Section]) -> tuple[Correction, ...]:
        """Of these sections' numbers; none of a period that is not over, or of a part of the people."""
        return self._corrections((kpi for section in sections for kpi in section.kpis), self.published)

    def corrections_before(self, sections: Iterable[Section]) -> tuple[Correction, ...]:
        """Of the active members that these are compared with: people may have read another number then."""
        then = (
            replace(kpi, current=kpi.previous)
            for section in sections
            for kpi in section.kpis
            if kpi.name in MAIN and kpi.previous
        )
        return self._corrections(then, self.published_before)

    def _corrections(self, kpis: Iterable[Kpi], published: Mapping[Key, Stored]) -> tuple[Correction, ...]:
        if self.is_open or self.cut != EVERYBODY:
            return ()
        return corrections(
            kpis,
            published,
            rules=self.spoken_rules,
            settings=fingerprint(self.settings),
            smallest=self.smallest,
            now_ms=self.basis.now_ms,
        )

    def _open_note(self) -> tuple[str, ...]:
        if not self.is_open:
            return ()
        return (f"{describe(self.pair.this)} is not over: the numbers are so far, and not compared.",)

    def _outcomes_note(self, sections: Iterable[Section]) -> tuple[str, ...]:
        """Where commands count as successful because nobody told how they ended: other bots' commands.

        Only beside numbers that commands are in: those of events, series and hosts are not made of them.
        """
        shown = (kpi for section in sections if section.title for kpi in section.kpis)
        needed = set(active_sources((COMMAND,)))
        are_in = any(needed <= set(self.basis.all_sources(kpi.name)) for kpi in shown)
        if COMMAND not in self.settings.qualifying or not are_in:
            return ()
        counted = self.command_pair.now.successful
        untold = counted.untold
        if not untold.uses:
            return ()
        is_shown = len(untold.users) >= self.smallest
        how_many = f"{untold.times} of {counted.times}" if is_shown else "some"
        return (f"Nobody told how {how_many} commands ended: they are taken for successful.",)

    def _history_note(self, sections: Iterable[Section]) -> tuple[str, ...]:
        """Where it is shown who of those that came in was new and who back."""
        shown = (kpi for section in sections if section.title for kpi in section.kpis)
        if not any(number for kpi in shown if kpi.name == "came_in" for _, number in kpi.parts):
            return ()
        since = self.basis.recording.since_text
        return (f"New and back: as recorded since {since}.",)

    def _rules_note(self) -> tuple[str, ...]:
        if self.records.rules in (None, self.rules.fingerprint()):
            return ()
        return ("The rules were changed: these numbers still stand under the old ones, a rebuild is due.",)

    def excluded(self, smallest: int) -> dict[str, int]:
        """Who is in no denominator of the period, by reason; people fewer than `smallest` are left out."""
        people, this = self.basis.populations, self.pair.this
        counts = {"withdrawn": len(people.withdrawn_in(this)), "raids": len(people.raided(this))}
        shown = {reason: count for reason, count in counts.items() if not 0 < count < smallest}
        bots = 0 if self.cut.is_of_people else _present(self.records.bot_spells, this)
        return {"bots": bots, **shown}

    @property
    def spoken_rules(self) -> str:
        return self.records.rules or self.rules.fingerprint()


def _present(spells: Sequence[Spell], period: Period) -> int:
    window = (period.start_ms, period.end_ms)
    return len(
        {
            spell.member_no
            for spell in spells
            if overlaps((spell.joined_ms, period.end_ms if spell.left_ms is None else spell.left_ms), window)
        }
    )
