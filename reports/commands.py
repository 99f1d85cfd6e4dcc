"""Which commands people use, and whether they work: a report of its own."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.asked import Asked
from reports.command_kpis import CommandKpis
from reports.command_pair import CommandPair
from reports.command_records import CommandRun, load_command_runs
from reports.command_use import runs_of_people
from reports.details import Detail, material_asked, presented
from reports.finding import LONGEST, before
from reports.lines import judgement, value_text_of
from reports.material import Material
from reports.periods import Period, describe
from reports.report import Kpi, Report, Section, Verdict
from reports.sections import judged_together
from reports.settings import ReportSettings
from storage.rules import Rules, named_in


async def commands_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """The tracked commands of a period; exact where `settings.min_group` is 0. Raises NothingRecorded."""
    material = await material_asked(conn, guild_id, settings, rules, asked)
    sections = judged_together(material, await command_sections(conn, material))
    return presented("commands", material, Detail(finding(material, sections), sections, ()))


async def command_sections(conn: AsyncConnection, material: Material) -> tuple[Section, ...]:
    """Of the commands that show a profile together, and of each tracked command."""
    people, pair, guild_id = material.basis.populations, material.pair, material.records.guild_id
    runs = {
        period: runs_of_people(
            await load_command_runs(conn, guild_id, period, material.rules), people, period
        )
        for period in (pair.this, pair.last)
    }
    return tuple(_sections(material, runs))


def _sections(material: Material, runs: dict[Period, tuple[CommandRun, ...]]) -> Iterable[Section]:
    profile, each = material.profile_kpis, CommandKpis(material.command_pair)
    if profile.names:
        own = [run for run in runs[material.pair.this] if named_in(profile.names, run.command)]
        yield Section("Profile commands", profile.kpis(own, material.settings.week_start))
    for command in each.commands():
        yield Section(f"/{command}", each.of_command(command, runs))


def finding(material: Material, sections: tuple[Section, ...]) -> str:
    """“16 % of active members ran a profile command (24 of 146); the week before 14 %: within noise.”"""
    pair = material.pair
    if not material.basis.coverage("command_invocations", pair.this):
        return f"No command of {describe(pair.this)} was recorded."
    kpis = [kpi for section in sections for kpi in section.kpis]
    adoption = next((kpi for kpi in kpis if kpi.name == "profile_adoption"), None)
    if adoption is None or adoption.current.numerator is None:
        return _all_commands(material.command_pair, is_open=material.is_open)
    return _profile(adoption, pair.this, is_open=material.is_open)


def _profile(adoption: Kpi, this: Period, *, is_open: bool) -> str:
    current, change = adoption.current, adoption.change
    users, active = current.numerator or 0, current.denominator or 0
    so_far = " so far" if is_open else ""
    if current.value is None:
        of = wording.count(active, "active member", "active members")
        return f"{wording.whole(users)} of {of} ran a profile command{so_far}: too few to judge."
    what = f"{value_text_of(adoption)} of active members ran a profile command"
    counts = f" ({wording.whole(users)} of {wording.whole(active)})"
    if change is None or change.verdict in (Verdict.NOT_COMPARED, Verdict.TOO_FEW) or not adoption.previous:
        return f"{what}{counts}{so_far}."
    ending = f"; {before(this)} {value_text_of(adoption, adoption.previous)}: {judgement(change)}."
    return wording.first_fitting(LONGEST, f"{what}{counts}{ending}", f"{what}{ending}")


def _all_commands(of: CommandPair, *, is_open: bool) -> str:
    totals, so_far = of.now, " so far" if is_open else ""
    if not totals.uses:
        return f"Nobody ran a tracked command{so_far}."
    if of.hides(totals.users):
        return f"Too few people ran a tracked command{so_far} to be told of in a channel."
    times = wording.count(totals.times, "time", "times")
    return f"{wording.people(len(totals.users))} ran tracked commands{so_far}, {times} in all."
