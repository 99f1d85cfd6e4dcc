"""`/insights check-in`: people at an event that is held elsewhere, chosen in a menu."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.tables import access_log, attendance, corrections, identities

from .recording import HOUR_MS, Club

STAFF, MEMBER, ORGANIZER, BOT = 500, 501, 502, 1000
EPHEMERAL = 1 << 6
USER_SELECT = 5
NOW = datetime(2025, 11, 17, 9, 0, tzinfo=UTC)
START_MS = int((NOW - timedelta(minutes=30)).timestamp() * 1000)
PICNIC, INHOUSE, LATER = 900, 901, 902
NAMED = r"Picnic \| in the park · Mon 17 Nov, 08:30"


@pytest.fixture
async def club(sqlite_warehouse, bench, connect, tmp_path):
    """A picnic that has been running for half an hour, for which a member and an organizer are interested."""
    club = Club(sqlite_warehouse, bench, tmp_path)
    began = START_MS - 30 * 24 * HOUR_MS
    club.joins((STAFF, MEMBER, ORGANIZER), began)
    club.event(PICNIC, START_MS, "Picnic | in the park", channel=None)
    club.event(INHOUSE, START_MS, "Inhouse")
    club.event(LATER, START_MS + 5 * HOUR_MS, "Cinema", channel=None)
    for person in (MEMBER, ORGANIZER):
        club.answers(person, PICNIC, START_MS - HOUR_MS)
    club.event(PICNIC, START_MS, "Picnic | in the park", channel=None, status=2, at_ms=START_MS)
    club.covered(began, bench.clock.ms - 1)
    async with club.asked(connect):
        yield club


async def check_in(sandbox, user_id=ORGANIZER, **typed):
    invocation = await sandbox.run_command(user_id, "insights check-in", typed).settled()
    (message,) = invocation.messages_seen_by(user_id)
    return message


async def choose(sandbox, message, *people, user_id=ORGANIZER):
    (menu,) = [one for one in components(message) if one["type"] == USER_SELECT]
    pressed = sandbox.press(
        user_id, int(message["id"]), menu["custom_id"], [str(person) for person in people]
    )
    (answer,) = (await pressed.settled()).messages_seen_by(user_id)
    return answer


def components(message):
    return [component for row in message.get("components", ()) for component in row["components"]]


async def statuses(club):
    people = dict(await club.rows(identities, "member_no", "user_id"))
    return {people[who]: status for who, status in await club.rows(attendance, "member_no", "status")}


async def test_the_menu_comes_with_those_who_are_awaited(sandbox, club):
    message = await check_in(sandbox)

    assert message["flags"] & EPHEMERAL
    assert message["content"] == "Who is there? Choose up to 25 at once, as often as you like."
    (embed,) = message["embeds"]
    assert embed["title"] == NAMED
    assert embed["description"] == "**Interested, not checked in** · 2\n<@501> <@502>"
    assert embed["footer"]["text"].endswith("not checked in counts as absent")
    (menu,) = components(message)
    assert (menu["type"], menu["max_values"]) == (USER_SELECT, 25)


async def test_whoever_is_chosen_was_there_and_the_others_were_not(sandbox, club, bench):
    answer = await choose(sandbox, await check_in(sandbox), MEMBER, STAFF)

    assert answer["flags"] & EPHEMERAL
    assert answer["content"] == "2 people checked in, 2 in all."
    assert answer["embeds"][0]["description"] == (
        "1 person who said that they are interested will count as absent once it is over: "
        "whoever of them comes can still be chosen below.\n\n"
        "**Checked in** · 2\n<@500> <@501>\n\n**Interested, not checked in** · 1\n<@502>"
    )
    assert answer["mentions"] == []
    assert await statuses(club) == {STAFF: "attended", MEMBER: "attended", ORGANIZER: "unknown"}
    bench.clock.advance(hours=3)
    club.event(PICNIC, START_MS, "Picnic | in the park", channel=None, status=3, at_ms=START_MS + 2 * HOUR_MS)
    assert await club.pipeline.caught_up(60)
    assert await statuses(club) == {STAFF: "attended", MEMBER: "attended", ORGANIZER: "absent"}


async def test_more_are_chosen_from_the_menu_under_the_answer(sandbox, club):
    answer = await choose(sandbox, await check_in(sandbox), MEMBER)
    answer = await choose(sandbox, answer, MEMBER, ORGANIZER)

    assert answer["content"] == "1 person checked in, 2 in all. 1 person had been before."
    assert len(await club.rows(corrections, "part")) == 2
    message = await check_in(sandbox)
    assert message["content"].endswith("as often as you like. 2 people so far.")


async def test_once_it_is_over_the_answer_says_who_counts_as_absent_now(sandbox, club, bench):
    bench.clock.advance(hours=3)
    club.event(PICNIC, START_MS, "Picnic | in the park", channel=None, status=3, at_ms=START_MS + 2 * HOUR_MS)
    assert await club.pipeline.caught_up(60)
    answer = await choose(sandbox, await check_in(sandbox), STAFF)

    assert answer["embeds"][0]["description"] == (
        "2 people who said that they are interested count as absent now: whoever of them was there "
        "can still be chosen below.\n\n"
        "**Checked in** · 1\n<@500>\n\n**Interested, not checked in** · 2\n<@501> <@502>"
    )
    assert await statuses(club) == {STAFF: "attended", MEMBER: "absent", ORGANIZER: "absent"}
    answer = await choose(sandbox, answer, MEMBER, ORGANIZER)
    assert "absent" not in answer["embeds"][0]["description"]


async def test_one_tap_too_many_is_taken_back(sandbox, club):
    await choose(sandbox, await check_in(sandbox), MEMBER)
    answer = await choose(sandbox, await check_in(sandbox), STAFF, ORGANIZER)
    (button,) = [one for one in components(answer) if one.get("label") == "Take back"]
    pressed = await sandbox.press(ORGANIZER, int(answer["id"]), button["custom_id"]).settled()
    (message,) = pressed.messages_seen_by(ORGANIZER)

    assert message["content"] == "Taken back. It is running, 1 person came so far."
    assert message["embeds"][0]["description"] == "~~Checked in: <@500>~~\n~~Checked in: <@502>~~"
    assert await statuses(club) == {MEMBER: "attended", ORGANIZER: "unknown"}


async def test_bots_and_who_does_not_want_to_be_recorded_are_left_out(sandbox, club):
    club.withdraws(ORGANIZER)
    answer = await choose(sandbox, await check_in(sandbox, STAFF), MEMBER, BOT, ORGANIZER, user_id=STAFF)
    assert answer["content"] == "1 person checked in, 1 in all. Of 2 people nothing is recorded."
    answer = await choose(sandbox, answer, BOT, user_id=STAFF)
    assert answer["content"] == "0 people checked in, 1 in all. Of 1 person nothing is recorded."
    assert not [one for one in components(answer) if one.get("label") == "Take back"]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (
            "inhouse",
            "It is in a channel, where presence is recorded: correct one person with /insights correct.",
        ),
        ("cinema", "It begins Mon 17 Nov, 13:30: people can be checked in from an hour before."),
        ("no such thing", "No event is called that: pick one from the list"),
    ],
)
async def test_where_nobody_can_be_checked_in_it_says_why(sandbox, club, event, says):
    message = await check_in(sandbox, event=event)
    assert message["content"].startswith(says)
    assert not components(message)


async def test_an_hour_before_it_begins_hosts_may_begin(sandbox, club, bench):
    bench.clock.advance(hours=3, minutes=31)
    message = await check_in(sandbox, event="cinema")
    assert message["content"].startswith("Who is there?")
    assert message["embeds"][0]["description"].startswith("Nobody is checked in yet")


async def test_what_was_called_off_was_not_held(sandbox, club):
    club.event(LATER, START_MS + 5 * HOUR_MS, "Cinema", channel=None, status=4, at_ms=START_MS)
    message = await check_in(sandbox, event="cinema")
    assert message["content"].startswith("It does not count as held: tell that it was with /insights correct")


async def test_at_what_was_declared_afterwards_without_a_channel_people_are_checked_in(sandbox, club):
    typed = {"title": "Barbecue", "start": "2025-11-16 12:00", "minutes": 120}
    await sandbox.run_command(STAFF, "insights declare", typed).settled()
    message = await check_in(sandbox, event="barbecue")
    answer = await choose(sandbox, message, MEMBER)
    assert answer["content"] == "1 person checked in, 1 in all."
    attended = [row for row in await club.rows(attendance, "event_id", "status") if row[1] == "attended"]
    assert len(attended) == 1
    assert attended[0][0] not in {PICNIC, INHOUSE, LATER}


async def test_only_events_elsewhere_are_suggested(sandbox, club):
    asked = sandbox.autocomplete(ORGANIZER, "insights check-in", "event", "")
    await asked.settled()
    assert [choice["name"].partition(" · ")[0] for choice in asked.choices] == [
        "Picnic | in the park",
        "Cinema",
    ]


async def test_a_member_who_sees_the_menu_may_not_choose(sandbox, club):
    message = await check_in(sandbox)
    sandbox.world.messages.find(int(message["id"])).only_for = MEMBER
    answer = await choose(sandbox, message, MEMBER, user_id=MEMBER)
    assert "is for organizers and staff" in answer["content"]
    assert await club.rows(corrections, "part") == []
    assert await club.pipeline.caught_up(60)
    assert ("check people in", False) in await club.rows(access_log, "resource", "granted")
