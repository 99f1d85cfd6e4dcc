"""Commands, small enough to be counted on paper.

Thirty people, week 46 is 10 to 16 November 2025. Profile commands are /show_profile and /show_my_profile;
/team join is tracked too, and told of by its own bot. Active in week 46 are 1–20, in week 45 1–20.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from reports.asked import Asked
from reports.commands import commands_asked
from reports.csv import to_csv
from reports.json import to_json
from reports.lines import line
from reports.periods import parse_period
from reports.report import Verdict
from reports.settings import ReportSettings
from reports.small_groups import WITHHELD
from reports.statistics import mcnemar_exact, percentile, wilson
from reports.text import to_text

NOW = "2025-11-20 14:00"
NB = "\u00a0"


def runs(guild: Any, member_no: int, at: str, outcome: str | None = None, **told: Any) -> None:
    """A command that counts where nobody told that it failed."""
    is_counted = told.pop("is_counted", outcome in (None, "success"))
    guild.ran(member_no, at, outcome, is_counted, **told)
    if is_counted:
        guild.did("command", at[:10], {member_no})


@pytest.fixture
def club(guild: Any) -> Any:
    guild.tracked = ("show_profile", "show_my_profile", "team")
    guild.recorded("2025-10-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 31))
    for number in range(1, 31):
        guild.spell(number, 0)
    for week in range(7):
        guild.did("voice", guild.day("2025-10-08") + 7 * week, range(1, 21))
    # week 45: 1 and 2 ran a profile command
    runs(guild, 1, "2025-11-04 20:00")
    runs(guild, 2, "2025-11-05 20:00", command="show_my_profile")
    # week 46: 1–8 ran one: 1 three times, 2 twice (one of each), 3–8 once; 8's failed
    runs(guild, 1, "2025-11-10 00:00")
    runs(guild, 1, "2025-11-10 23:59")
    runs(guild, 1, "2025-11-16 23:59")
    runs(guild, 2, "2025-11-11 20:00")
    runs(guild, 2, "2025-11-12 20:00", command="show_my_profile")
    for number in range(3, 8):
        runs(guild, number, "2025-11-12 20:00")
    runs(guild, 8, "2025-11-12 20:00", "error", error_type="Timeout", latency_ms=9000)
    # out of the week by a minute
    runs(guild, 9, "2025-11-09 23:59")
    runs(guild, 9, "2025-11-17 00:00")
    # 25 is active by a command alone, 26 ran one that was denied and is not active
    runs(guild, 25, "2025-11-13 20:00", "success", command="team join", latency_ms=100)
    runs(guild, 26, "2025-11-13 20:00", "denied", command="team join", latency_ms=300)
    runs(guild, 3, "2025-11-13 20:00", "success", command="team join", latency_ms=200)
    runs(guild, 3, "2025-11-14 20:00", "error", command="team join", error_type="Full", latency_ms=400)
    runs(guild, 4, "2025-11-14 20:00", "error", command="team join", error_type="Full", latency_ms=5000)
    runs(
        guild, 4, "2025-11-14 20:01", None, command="team join", is_counted=False
    )  # its bot tells, and did not
    # nobody counts these
    runs(guild, 5, "2025-11-14 20:00", "success", is_counted=False, command="insights health")  # not tracked
    guild.member(40, is_bot=True)
    runs(guild, 40, "2025-11-14 20:00")
    guild.member(30, withdrawn_at_ms=guild.ms("2025-11-19 10:00"))
    runs(guild, 30, "2025-11-14 20:00")
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    written: list[bool] = []

    async def report(key: str = "2025-W46", now: str = NOW, **settings: Any) -> Any:
        if not written:
            await club.write(warehouse)
            written.append(True)
        period = parse_period(key, club.zone, "monday", club.ms(now))
        chosen = replace(ReportSettings(zone=club.zone, min_group=0), **settings)
        async with warehouse.reading() as conn:
            return await commands_asked(conn, club.guild_id, chosen, club.rules, Asked(period, club.ms(now)))

    return report


def plain(report: Any, name: str, cut: str = "") -> str:
    kpis = [kpi for section in report.sections for kpi in section.kpis]
    return line(next(kpi for kpi in kpis if (kpi.name, kpi.cut) == (name, cut))).plain().replace(NB, " ")


async def test_profile_adoption(told: Any, kpi: Any) -> None:
    """Active in week 46: 1–20 by voice and 25 by a command: 21. Of them 1–8 ran a profile command, the one
    of 8 in vain: 8/21. In week 45: 9 at its last minute, 1 and 2: 3/20. Active in both are 1–20: gained 3–8,
    lost 9.
    """
    adoption = kpi(await told(), "profile_adoption")
    current, previous, change = adoption.current, adoption.previous, adoption.change
    assert (current.numerator, current.denominator, current.value) == (8, 21, 8 / 21)
    assert current.interval == wilson(8, 21)
    assert (previous.numerator, previous.denominator) == (3, 20)
    assert (change.gained, change.lost) == (6, 1)
    assert change.p_value == mcnemar_exact(6, 1) == pytest.approx(2 * (1 + 7) / 2**7)
    assert change.verdict is Verdict.WITHIN_NOISE


async def test_who_was_active_in_one_week_alone_moves_no_test(club: Any, told: Any, kpi: Any) -> None:
    """21 is active in week 46 only and ran one: in its share, 9/22, and neither gained nor lost."""
    club.did("voice", "2025-11-12", {21})
    runs(club, 21, "2025-11-12 20:00")
    adoption = kpi(await told(), "profile_adoption")
    assert (adoption.current.numerator, adoption.current.denominator) == (9, 22)
    assert (adoption.change.gained, adoption.change.lost) == (6, 1)


async def test_profile_invocations_by_day(told: Any, kpi: Any) -> None:
    """1: Mon, Mon, Sun. 2: Tue, Wed. 3–8: Wed. In all 3 + 2 + 6 = 11."""
    report = await told()
    run = kpi(report, "profile_invocations")
    assert run.current.value == 11
    assert run.parts == (
        *(("Mon", 2), ("Tue", 1), ("Wed", 7), ("Thu", 0), ("Fri", 0), ("Sat", 0), ("Sun", 1)),
    )
    assert plain(report, "profile_invocations") == (
        "Profile commands run 11 (2 Mon, 1 Tue, 7 Wed, 1 Sun) · was 3"
    )


async def test_a_months_invocations_are_told_by_week(told: Any, kpi: Any) -> None:
    """October has none; November to the 20th: 2 in week 45 and 9's, 11 in week 46, 9's in week 47."""
    run = kpi(await told("2025-11"), "profile_invocations")
    assert run.parts == (
        *(("in week 44", 0), ("in week 45", 3), ("in week 46", 11), ("in week 47", 1), ("in week 48", 0)),
    )
    assert run.current.value == 15


async def test_one_time_and_repeat_users(told: Any) -> None:
    """1 ran three, 2 one of each: they came back to it. 3–8 did not. In week 45 nobody did."""
    report = await told()
    assert plain(report, "profile_repeat_users") == "Ran it again 2 of 8 · was 0"
    assert plain(report, "profile_one_time_users") == "Ran it once 6 of 8 · was 3"


async def test_each_command(told: Any, kpi: Any) -> None:
    """/team join: 25, 26, 3 (twice) and 4 (twice), of the 29 who did not withdraw. It worked for 25 and 3.

    Known are five outcomes: 2 successes, 1 denied, 2 Full. Latencies 100, 200, 300, 400, 5000.
    """
    report = await told()
    join = {name: kpi(report, name, "team join") for name in NAMES}
    current = join["command_penetration"].current
    assert (current.numerator, current.denominator, current.value) == (2, 29, 2 / 29)
    assert join["command_penetration"].change.p_value == mcnemar_exact(2, 0) == 0.5
    current = join["command_users"].current
    assert (current.value, current.denominator) == (4, 29)
    low, high = wilson(4, 29)
    assert current.interval == (low * 29, high * 29)
    assert join["command_invocations"].current.value == 6
    failures = join["command_failures"]
    assert (failures.current.value, failures.current.denominator) == (3, 5)
    assert failures.parts == (("Full", 2), ("denied", 1))
    untold = join["command_unknown_outcomes"]
    assert (untold.current.value, untold.current.denominator) == (1, 6)
    assert untold.parts == (("taken for successful", 0), ("not counted", 1))
    assert join["command_latency_p50"].current.value == 300
    assert join["command_latency_p95"].current.value == 5000
    assert join["command_latency_p95"].current.denominator == 5


async def test_of_another_bots_commands_the_unknown_is_taken_for_success_and_labelled(
    told: Any, kpi: Any
) -> None:
    """/show_profile: 1 three times, 2–7 once, 8 in vain: 10 times, 9 of them of unknown outcome."""
    report = await told()
    assert kpi(report, "command_penetration", "show_profile").current.numerator == 7
    assert kpi(report, "command_users", "show_profile").current.numerator == 8
    assert plain(report, "command_unknown_outcomes", "show_profile") == (
        "Outcome not known 9 (9 taken for successful) · was 2"
    )
    assert plain(report, "command_failures", "show_profile") == "Failures 1 (1 Timeout)"
    assert plain(report, "command_failures", "show_my_profile") == "Failures –"  # nobody told of any
    assert "Nobody told how 10 of 12 commands ended: they are taken for successful." in (report.caveats)


async def test_commands_stand_in_the_order_of_their_users(told: Any) -> None:
    titles = [section.title for section in (await told()).sections]
    assert titles == ["Profile commands", "/show_profile", "/team join", "/show_my_profile"]


async def test_the_finding_is_one_sentence(told: Any) -> None:
    assert (await told()).finding.replace(NB, " ") == (
        "38 % of active members ran a profile command (8 of 21); the week before 15 %: within noise."
    )
    assert (await told("2025-W47")).finding.replace(NB, " ") == (
        "5 % of active members ran a profile command (1 of 20) so far."
    )


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (("team",), "4 people ran tracked commands, 6 times in all."),
        (("chess",), "Nobody ran a tracked command."),
    ],
)
async def test_without_a_profile_command_there_is_no_such_number(
    club: Any, told: Any, commands: Any, sentence: str
) -> None:
    club.tracked = commands
    club.commands = [row for row in club.commands if row["command"] == "team join" and commands == ("team",)]
    report = await told()
    assert report.finding == sentence
    assert "Profile commands" not in [section.title for section in report.sections]


async def test_which_commands_show_a_profile_is_a_setting(told: Any, kpi: Any) -> None:
    """/team join for one: active and ran it are 25, 3 and 4; 26 is not active."""
    adoption = kpi(await told(profile_commands=("team",)), "profile_adoption")
    assert (adoption.current.numerator, adoption.current.denominator) == (3, 21)


GAP = ("2025-11-10 06:00", "2025-11-11 06:00")  # 24 of the week's 168 hours


async def test_a_gap_lowers_the_coverage_of_every_number_and_is_named(club: Any, told: Any) -> None:
    club.covered = [row for row in club.covered if row["source"] != "commands"]
    club.recorded("2025-10-01 00:00", GAP[0], sources=("commands",))
    club.recorded(*GAP, "gap", "not connected", sources=("commands",))
    club.recorded(GAP[1], NOW, sources=("commands",))
    report = await told()
    kpis = [kpi for section in report.sections for kpi in section.kpis]
    assert {kpi.name for kpi in kpis} == {"profile_adoption", "profile_invocations", *HOW_OFTEN, *NAMES}
    for each in kpis:
        assert each.current.coverage == pytest.approx(144 / 168), each.name
        assert any("Commands: not recorded Mon 10 Nov, 06:00" in caveat for caveat in each.caveats), each.name


async def test_a_week_hardly_recorded_is_compared_with_nothing(club: Any, told: Any) -> None:
    club.covered = [row for row in club.covered if row["source"] != "commands"]
    club.recorded("2025-10-01 00:00", "2025-11-10 00:00", sources=("commands",))
    club.recorded("2025-11-13 00:00", NOW, sources=("commands",))
    for section in (await told()).sections:
        for each in section.kpis:
            assert each.change is not None
            assert each.change.verdict is Verdict.NOT_COMPARED


async def test_where_no_command_was_recorded_nothing_is_known(club: Any, told: Any) -> None:
    club.covered = [row for row in club.covered if row["source"] != "commands"]
    club.recorded("2025-10-01 00:00", "2025-10-20 00:00", sources=("commands",))
    report = await told()
    assert report.finding == "No command of 10–16 Nov was recorded."
    assert all(kpi.current.value is None for section in report.sections for kpi in section.kpis)


async def test_where_nobodys_membership_is_seen_there_is_no_penetration(
    club: Any, told: Any, kpi: Any
) -> None:
    """Bots and who withdrew are no users all the same: /show_profile has 1–8."""
    club.covered = [row for row in club.covered if row["source"] != "members"]
    club.sets = {key: of for key, of in club.sets.items() if not key[1].startswith("present")}
    report = await told()
    assert kpi(report, "command_penetration", "show_profile").current.value is None
    users = kpi(report, "command_users", "show_profile").current
    assert (users.value, users.denominator, users.interval) == (8, None, None)
    assert kpi(report, "profile_adoption").current.denominator == 21  # the active are known


async def test_what_is_of_few_people_is_in_no_table(told: Any, kpi: Any) -> None:
    """Four ran /team join, one /show_my_profile, and two came back to a profile command."""
    report = await told(min_group=5)
    for name, cut in (
        *((name, "team join") for name in NAMES),
        *((name, "show_my_profile") for name in ("command_users", "command_invocations")),
        *((name, "") for name in HOW_OFTEN),
        ("command_failures", "show_profile"),  # one person's
        ("command_penetration", "show_profile"),  # 8 ran it, for 7 it worked: of one it did not
    ):
        each = kpi(report, name, cut)
        assert (each.current.value, each.current.numerator, each.parts) == (None, None, ()), (name, cut)
        assert WITHHELD in each.caveats
    assert kpi(report, "profile_adoption").current.numerator == 8
    assert kpi(report, "profile_adoption").previous is None  # three people
    assert kpi(report, "profile_invocations").parts == ()  # 2 on Monday by one person
    rows = list(csv.DictReader(StringIO(to_csv(report))))
    assert {row["value"] for row in rows if row["cut"] == "team join"} == {""}


async def test_text_json_and_table_say_the_same(told: Any) -> None:
    report = await told()
    assert "/team join · changes within noise\n  Reached 7" in to_text(report)
    printed = {
        (kpi["name"], kpi["cut"]): kpi for section in to_json(report)["sections"] for kpi in section["kpis"]
    }
    rows = {(row["kpi"], row["cut"]): row for row in csv.DictReader(StringIO(to_csv(report)))}
    assert printed.keys() == rows.keys()
    assert printed["command_failures", "team join"]["parts"] == {"Full": 2, "denied": 1}
    assert rows["command_failures", "team join"]["parts"] == "Full 2; denied 1"
    assert rows["command_latency_p50", "team join"]["unit"] == "milliseconds"


@pytest.mark.postgres
async def test_both_databases_give_equal_numbers(club: Any, both_warehouses: Any) -> None:
    period = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
    made = []
    for warehouse in both_warehouses:
        await club.write(warehouse)
        async with warehouse.reading() as conn:
            report = await commands_asked(
                conn, club.guild_id, club.settings(min_group=0), club.rules, Asked(period, club.ms(NOW))
            )
        made.append(to_json(report))
    assert made[0] == made[1]


async def test_digest_and_health_say_how_many_use_the_profile_command(
    club: Any, warehouse: Any, kpi: Any
) -> None:
    await club.write(warehouse)
    week = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
    digest = await club.weekly(warehouse, week, NOW, min_group=0)
    assert plain(digest, "profile_adoption") == (
        "Profile command use 38 % (8/21) · was 15 % · △ within noise"
    )
    assert [kpi.name for s in digest.sections for kpi in s.kpis].count("profile_adoption") == 1
    health = await club.health(warehouse, NOW)
    assert kpi(health, "profile_adoption").current.denominator == 21
    club.tracked = ()
    health = await club.health(warehouse, NOW)
    assert "profile_adoption" not in [kpi.name for s in health.sections for kpi in s.kpis]


async def test_a_number_has_the_same_verdict_in_the_report_and_in_the_digest(
    club: Any, told: Any, warehouse: Any, kpi: Any
) -> None:
    """Nobody lost, and 3–8 and twelve more gained: p is 2 / 2^17, times the number of tests."""
    for number in range(10, 21):
        runs(club, number, "2025-11-13 20:00")
    report = await told()
    assert kpi(report, "profile_adoption").change.verdict is Verdict.CLEAR
    assert kpi(report, "command_penetration", "show_profile").change.verdict is Verdict.CLEAR
    assert kpi(report, "command_penetration", "team join").change.verdict is Verdict.WITHIN_NOISE
    week = parse_period("2025-W46", club.zone, "monday", club.ms(NOW))
    digest = await club.weekly(warehouse, week, NOW, min_group=0)
    assert kpi(digest, "profile_adoption").change == kpi(report, "profile_adoption").change


@pytest.mark.parametrize(
    ("values", "per_cent", "value"),
    [
        ([7], 50, 7),
        ([7], 95, 7),
        ([1, 2], 50, 1),
        ([1, 2, 3], 50, 2),
        (range(1, 21), 95, 19),
        (range(1, 22), 95, 20),
    ],
)
def test_a_percentile_is_one_of_the_values(values: Any, per_cent: int, value: float) -> None:
    assert percentile(values, per_cent) == value


HOW_OFTEN = ("profile_one_time_users", "profile_repeat_users")
NAMES = (
    "command_penetration",
    "command_users",
    "command_invocations",
    "command_failures",
    "command_unknown_outcomes",
    "command_latency_p50",
    "command_latency_p95",
)
