from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.digests.claim import LEASE_MS, RETRY_REFUSED_MS, Run
from bot.digests.due import CATCH_UP_WEEKS, DAY_MS, Recorded, due_digests
from bot.digests.settings import DigestSettings
from bot.settings import Settings

BERLIN = DigestSettings(1000, 77, True, "Europe/Berlin", "monday", 0, time(9, 0))
LONG_AGO_TO_ALWAYS = Recorded(0, 2**62)


def ms(text: str, zone: str = "Europe/Berlin") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def keys(settings=BERLIN, runs=(), recorded=LONG_AGO_TO_ALWAYS, now="2025-11-17T09:00") -> list[str]:
    """The weeks that may be posted now."""
    now_ms = now if isinstance(now, int) else ms(now, settings.zone)
    due = due_digests(settings, dict(runs), recorded, now_ms)
    return [d.period.key for d in due if d.is_free(now_ms)]


def posted(*periods: str) -> dict[str, Run]:
    return {period: Run(period, "posted", 0, 1, 77, message_id=5) for period in periods}


def test_last_week_is_due_from_the_configured_moment_on():
    assert keys(now="2025-11-17T08:59", runs=posted("2025-W45")) == []
    assert keys(now="2025-11-17T09:00", runs=posted("2025-W45")) == ["2025-W46"]
    assert keys(now="2025-11-23T23:59", runs=posted("2025-W45")) == ["2025-W46"]


def test_a_posted_week_is_never_due_again():
    assert keys(runs=posted("2025-W46")) == []


def test_the_very_first_digest_speaks_of_last_week_only():
    assert keys() == ["2025-W46"]
    assert keys(now="2025-11-17T08:59") == ["2025-W45"]


def test_what_was_missed_is_caught_up_oldest_first_and_marked_late():
    due = due_digests(BERLIN, posted("2025-W43"), LONG_AGO_TO_ALWAYS, ms("2025-11-17T09:01"))

    assert [(d.period.key, d.late) for d in due] == [
        ("2025-W44", True),
        ("2025-W45", True),
        ("2025-W46", False),
    ]
    assert due[0].due_at_ms == ms("2025-11-03T09:00")


def test_a_quarter_of_an_hour_is_not_late_yet():
    now_ms = ms("2025-11-17T09:00")
    late = [due_digests(BERLIN, {}, LONG_AGO_TO_ALWAYS, now_ms + m * 60_000)[0].late for m in (0, 14, 15)]

    assert late == [False, False, True]


def test_news_older_than_a_month_is_not_caught_up():
    assert len(keys(runs=posted("2025-W01"))) == CATCH_UP_WEEKS
    assert keys(runs=posted("2025-W01"))[-1] == "2025-W46"


def test_weeks_before_the_first_digest_stay_silent():
    assert keys(runs=posted("2025-W45")) == ["2025-W46"]


def test_nothing_is_due_before_recording_began_a_whole_week():
    began = ms("2025-11-10T12:00")

    assert keys(recorded=Recorded(began, 2**62)) == ["2025-W46"]
    assert keys(recorded=Recorded(began + DAY_MS, 2**62)) == []
    assert keys(recorded=Recorded(began + DAY_MS, 2**62), now="2025-11-24T09:00") == ["2025-W47"]
    assert keys(recorded=None) == []


def test_it_waits_until_the_tables_have_reached_the_weeks_end():
    end = ms("2025-11-17T00:00")

    assert keys(recorded=Recorded(0, end - 1)) == []
    assert keys(recorded=Recorded(0, end)) == ["2025-W46"]


@pytest.mark.parametrize(
    "settings",
    [replace(BERLIN, enabled=False), replace(BERLIN, channel_id=None), replace(BERLIN, guild_id=None)],
)
def test_nothing_is_due_where_nothing_is_configured(settings):
    assert keys(settings) == []


def test_a_claim_is_left_alone_until_its_lease_ends():
    now_ms = ms("2025-11-17T09:05")
    claimed = {"2025-W46": Run("2025-W46", "claimed", now_ms, 1, 77)}

    assert keys(runs=claimed, now=now_ms + LEASE_MS - 1) == []
    assert keys(runs=claimed, now=now_ms + LEASE_MS) == ["2025-W46"]


def test_a_claim_from_the_future_does_not_hold_a_digest_up():
    now_ms = ms("2025-11-17T09:05")
    claimed = {"2025-W46": Run("2025-W46", "claimed", now_ms + 400 * DAY_MS, 1, 77)}

    assert keys(runs=claimed, now=now_ms) == ["2025-W46"]


def test_a_refused_digest_is_due_again_after_an_hour_or_in_another_channel():
    now_ms = ms("2025-11-17T09:05")
    refused = {"2025-W46": Run("2025-W46", "failed", now_ms, 1, 77)}
    moved = replace(BERLIN, channel_id=78)

    assert keys(runs=refused, now=now_ms + 60_000) == []
    assert keys(runs=refused, now=now_ms + RETRY_REFUSED_MS) == ["2025-W46"]
    assert keys(moved, runs=refused, now=now_ms + 60_000) == ["2025-W46"]


@pytest.mark.parametrize(
    ("zone", "sunday", "at"),
    [
        ("Europe/Berlin", "2025-10-26", time(2, 30)),  # comes twice
        ("Europe/Berlin", "2025-03-30", time(2, 30)),  # does not come
        ("America/New_York", "2025-11-02", time(1, 30)),  # comes twice
        ("America/New_York", "2025-03-09", time(2, 30)),  # does not come
        ("America/Santiago", "2025-09-07", time(0, 0)),  # the day begins at 01:00
        ("Australia/Lord_Howe", "2025-04-06", time(1, 45)),  # comes twice, half an hour later
    ],
)
def test_a_digest_is_due_exactly_once_over_a_weekend_on_which_the_clocks_change(zone, sunday, at):
    settings = replace(BERLIN, zone=zone, weekday=6, at=at)
    now_ms, posts = ms(f"{sunday}T00:00", zone) - 3_600_000, []
    runs = posted(*keys(settings, now=now_ms))
    for _ in range(30 * 4):  # a look each quarter of an hour, over 30 hours
        for due in due_digests(settings, runs, LONG_AGO_TO_ALWAYS, now_ms):
            runs |= posted(due.period.key)
            if now_ms - due.due_at_ms < 15 * 60_000:
                posts.append(datetime.fromtimestamp(now_ms / 1000, UTC))
        now_ms += 15 * 60_000

    assert len(posts) == 1
    assert posts[0].astimezone(ZoneInfo(zone)).date().isoformat() == sunday


def test_a_clock_that_jumps_back_and_forth_names_no_week_twice():
    runs = posted("2025-W44")
    seen = []
    for now in ("2025-11-17T09:00", "2025-11-10T09:00", "2025-11-17T09:00", "2025-12-01T09:00", "2025-11-03"):
        for due in due_digests(BERLIN, runs, LONG_AGO_TO_ALWAYS, ms(now)):
            seen.append(due.period.key)
            runs |= posted(due.period.key)

    assert seen == sorted(set(seen))


def test_a_week_that_starts_on_sunday_is_due_on_monday_after_it():
    settings = replace(BERLIN, week_start="sunday")
    due = due_digests(settings, {}, LONG_AGO_TO_ALWAYS, ms("2025-11-17T09:00"))

    assert [(d.period.key, d.due_at_ms) for d in due] == [("2025-W46", ms("2025-11-17T09:00"))]
    assert due[0].period.end_ms == ms("2025-11-16T00:00")


def test_it_follows_the_configuration():
    settings = Settings.model_validate(
        {
            "community": {"guild_id": 1000, "zone": "Europe/Berlin"},
            "digest": {"weekly": {"channel_id": 77, "at": "monday 09:00"}},
        }
    )

    assert DigestSettings.of(settings) == BERLIN


MONTHLY = replace(BERLIN, digest="monthly", day=1)


def test_last_month_is_due_from_the_configured_moment_of_the_next_one_on():
    assert keys(MONTHLY, now="2025-11-01T08:59", runs=posted("2025-09")) == []
    assert keys(MONTHLY, now="2025-11-01T09:00", runs=posted("2025-09")) == ["2025-10"]
    assert keys(replace(MONTHLY, day=3), now="2025-11-03T08:59", runs=posted("2025-09")) == []
    assert keys(replace(MONTHLY, day=3), now="2025-11-03T09:00", runs=posted("2025-09")) == ["2025-10"]
    assert keys(MONTHLY, runs=posted("2025-10"), now="2025-11-05T09:00") == []


def test_a_month_missed_is_caught_up_for_two_weeks():
    """Also a first one; later on the next is nearer."""
    for runs in ({}, posted("2025-06")):
        assert keys(MONTHLY, now="2025-11-15T08:59", runs=runs) == ["2025-10"]
        assert keys(MONTHLY, now="2025-11-15T09:00", runs=runs) == []


def test_a_month_is_due_only_where_it_was_recorded_from_its_first_day_on():
    now = "2025-11-02T09:00"
    assert keys(MONTHLY, now=now, recorded=Recorded(ms("2025-10-01T20:00"), 2**62)) == ["2025-10"]
    assert keys(MONTHLY, now=now, recorded=Recorded(ms("2025-10-02T00:00"), 2**62)) == []
    assert keys(MONTHLY, now=now, recorded=Recorded(0, ms("2025-11-01T00:00") - 1)) == []


def test_the_months_midnight_is_posted_after_it_in_every_zone():
    settings = replace(MONTHLY, zone="Asia/Beirut", at=time(0, 0))
    (due,) = due_digests(settings, {}, LONG_AGO_TO_ALWAYS, ms("2025-04-01T12:00", "Asia/Beirut"))
    assert due.due_at_ms == due.period.end_ms
    assert due.marker == "monthly 2025-03"


def test_the_monthly_digest_goes_where_the_weekly_one_does_unless_told_otherwise():
    both = Settings.model_validate(
        {"community": {"guild_id": 1000}, "digest": {"weekly": {"channel_id": 77}}}
    )
    assert DigestSettings.monthly(both).channel_id == 77
    own = Settings.model_validate(
        {"digest": {"weekly": {"channel_id": 77}, "monthly": {"channel_id": 78, "at": "3 18:30"}}}
    )
    told = DigestSettings.monthly(own)
    assert (told.channel_id, told.day, told.at) == (78, 3, time(18, 30))
