"""`/insights event` and its buttons, through the real client."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import delete

from sandbox.faults import Status
from storage.database import WarehouseUnavailable
from storage.tables import identities

from .recorded_events import (
    ABSENT,
    ATTENDED,
    DAY_MS,
    KEY,
    REPORT,
    SUNDAY_2000_MS,
    attendee,
    occurrence,
    put_identities,
    put_occurrences,
)

STAFF, MEMBER, ORGANIZER = 500, 501, 502
EPHEMERAL = 1 << 6
COMMAND = "insights event"
VALUE = f"{KEY.event_id}@{KEY.original_start_ms}"


class Recorded:
    """What the reports know: a test may change it."""

    def __init__(self, report):
        self.report, self.error, self.asked = report, None, []

    async def event(self, conn, guild_id, settings, rules, key, now_ms):
        self.asked.append(key)
        if self.error:
            raise self.error
        return self.report


@pytest.fixture
def known(monkeypatch):
    recorded = Recorded(REPORT)
    monkeypatch.setattr("bot.commands.event.event", recorded.event)
    return recorded


@pytest.fixture
async def warehouse_with_event(sqlite_recorded):
    await put_occurrences(sqlite_recorded, occurrence(*KEY, "Sunday Inhouse"))
    await put_identities(sqlite_recorded)
    return sqlite_recorded


@pytest.fixture
async def connected(connect, bench, known, warehouse_with_event):
    return await connect(bench.services(warehouse_with_event))


async def ask(sandbox, user_id=ORGANIZER, event=VALUE):
    options = {} if event is None else {"event": event}
    return await sandbox.run_command(user_id, COMMAND, options).settled()


async def answer(sandbox, user_id=ORGANIZER, event=VALUE):
    (message,) = (await ask(sandbox, user_id, event)).messages_seen_by(user_id)
    return message


async def press(sandbox, message, label, user_id=ORGANIZER):
    custom_id = next(b["custom_id"] for b in message["components"][0]["components"] if b["label"] == label)
    invocation = await sandbox.press(user_id, message["id"], custom_id).settled()
    (told,) = invocation.messages_seen_by(user_id)
    return told


@pytest.mark.parametrize("user_id", [ORGANIZER, STAFF])
async def test_organizers_and_staff_get_the_event_for_themselves_alone(sandbox, connected, bench, user_id):
    invocation = await ask(sandbox, user_id)
    (message,) = invocation.messages_seen_by(user_id)

    assert invocation.acknowledged_after_s < 3
    assert message["flags"] & EPHEMERAL
    assert invocation.messages_seen_by(MEMBER) == []
    assert message["content"] == REPORT.finding
    (embed,) = message["embeds"]
    assert embed["title"] == "Sunday Inhouse · Sun 16 Nov 2025, 20:00–22:00"
    lines = embed["description"].replace("\u00a0", " ").split("\n")
    assert lines[0] == "Hosted by <@606>"
    assert "Active members **27** of 331" in lines
    assert lines[-2:] == ["Voice: not recorded Sun 16 Nov, 21:10–21:12 (2 min).", "In no number: 1 bot."]
    (picture,) = message["attachments"]
    assert picture["filename"] == f"event-{KEY.event_id}.png"
    assert picture["description"] == "Event chart."
    labels = [button["label"] for button in message["components"][0]["components"]]
    assert labels == ["Who came", "No-shows", "CSV", "How counted"]
    assert bench.observed.checks == [(COMMAND, True)]


async def test_an_ordinary_member_gets_one_sentence_and_it_is_written_down(
    sandbox, connected, bench, known, eventually
):
    message = await answer(sandbox, MEMBER)

    assert message["content"].endswith(".")
    assert "organizers and staff" in message["content"]
    assert not message["embeds"]
    assert not message["components"]
    assert known.asked == []
    assert bench.observed.checks == [(COMMAND, False)]
    await eventually(lambda: bench.observed.completions == [("denied", None)])


async def test_an_organizer_is_no_staff(sandbox, connected, bench):
    invocation = await sandbox.run_command(ORGANIZER, "insights health").settled()
    (message,) = invocation.messages_seen_by(ORGANIZER)

    assert not message["embeds"]
    assert bench.observed.checks == [("insights health", False)]


async def test_without_a_choice_it_is_the_running_one_else_the_last_one_held(
    sandbox, connected, known, warehouse_with_event
):
    await ask(sandbox, event=None)
    now_ms = SUNDAY_2000_MS + 12 * 3_600_000
    running = occurrence(8, now_ms, "Morning Scrims", "running", window_start_ms=now_ms)
    coming = occurrence(9, SUNDAY_2000_MS + 7 * DAY_MS, "Next Inhouse", "coming")
    await put_occurrences(warehouse_with_event, running, coming)
    await ask(sandbox, event=None)

    assert known.asked == [KEY, (8, now_ms)]


@pytest.mark.parametrize(
    "typed",
    ["sunday inhouse", "  Sunday\u202e  INHOUSE ", "sun 16 nov", "Sunday Inhouse · Sun 16 Nov, 20:00"],
)
async def test_what_was_typed_and_not_picked_is_looked_for_by_title_and_date(
    sandbox, connected, known, warehouse_with_event, typed
):
    older = occurrence(KEY.event_id, SUNDAY_2000_MS - 7 * DAY_MS, "Sunday Inhouse")
    coming = occurrence(KEY.event_id, SUNDAY_2000_MS + 7 * DAY_MS, "Sunday Inhouse", "coming")
    other = occurrence(8, SUNDAY_2000_MS - DAY_MS, "Beginner Night")
    await put_occurrences(warehouse_with_event, older, coming, other)
    await ask(sandbox, event=typed)

    assert known.asked == [KEY]


@pytest.mark.parametrize("typed", ["raid night", "*" * 6000, "99999999999999999999@1", "7@", "@everyone"])
async def test_what_is_no_event_is_one_sentence_that_says_what_to_do(sandbox, connected, known, typed):
    message = await answer(sandbox, event=typed)

    assert message["content"].endswith("pick one from the list that appears while you type.")
    assert known.asked == []


async def test_before_any_event_is_recorded_it_says_so(sandbox, connect, bench, known, sqlite_recorded):
    await connect(bench.services(sqlite_recorded))
    message = await answer(sandbox, event=None)

    assert message["content"] == "No event is recorded yet: the first one will be here once it is planned."


async def test_an_event_that_is_not_known_any_more_is_one_sentence(
    sandbox, connected, known, bench, eventually
):
    known.error = LookupError("That event is not known any more.")
    message = await answer(sandbox)

    assert message["content"] == "That event is not known any more."
    await eventually(lambda: bench.observed.completions == [("success", None)])


async def test_a_lookup_that_fails_inside_is_no_sentence_for_people(
    sandbox, connected, known, bench, eventually
):
    known.error = KeyError("inner")
    message = await answer(sandbox)

    assert message["content"].startswith("Something went wrong")
    await eventually(lambda: bench.observed.completions == [("error", "KeyError")])


async def test_while_the_warehouse_is_away_one_sentence_says_so(sandbox, connected, known, bench, eventually):
    known.error = WarehouseUnavailable("The warehouse /secret/path is locked.")
    message = await answer(sandbox)

    assert "Nothing recorded is lost" in message["content"]
    assert "/secret" not in str(message)
    await eventually(lambda: bench.observed.completions == [("error", "WarehouseUnavailable")])


@pytest.mark.parametrize("stuck", ["is_stuck", "is_prompt"])
async def test_tables_that_do_not_follow_in_time_hold_nothing_up(
    sandbox, connected, bench, monkeypatch, stuck
):
    monkeypatch.setattr("bot.commands.tables.PATIENCE_SECONDS", 0.02)
    bench.observed.is_stuck, bench.tables.is_prompt = stuck == "is_stuck", stuck != "is_prompt"
    bench.tables.problem = "The warehouse is locked by another process."
    message = await answer(sandbox)

    assert message["content"] == REPORT.finding
    assert message["embeds"][0]["description"].endswith("newer events wait for the tables, none is lost.")


async def test_without_its_picture_the_answer_still_comes_and_says_so(sandbox, connected, bench):
    bench.pen.broken = True
    message = await answer(sandbox)

    assert message["attachments"] == []
    assert message["embeds"][0]["description"].endswith(
        "The picture could not be drawn; the numbers are complete."
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("**@everyone** <@&201> [x](http://evil)", r"\*\*\@everyone\*\* \<\@&201> \[x\](http\://evil)"),
        ("# Raid\n> now", r"\# Raid > now"),
        ("\u202egnip\u202c 🎮👩‍👩‍👧", "gnip 🎮👩‍👩‍👧"),
        ("\u200b\u2066\u2069", "Event without a title"),
    ],
)
async def test_a_title_is_shown_as_text_and_nothing_more(sandbox, connected, known, title, shown):
    known.report = replace(REPORT, title=title)
    message = await answer(sandbox)

    assert message["embeds"][0]["title"] == f"{shown} · {REPORT.when}"


async def test_a_title_of_any_length_leaves_room_for_the_date(sandbox, connected, known):
    known.report = replace(REPORT, title="*" * 128)
    message = await answer(sandbox)

    assert message["embeds"][0]["title"].endswith(f"… · {REPORT.when}")


async def test_who_came_is_named_by_group_in_silence(sandbox, connected, bench):
    told = await press(sandbox, await answer(sandbox), "Who came")

    assert told["flags"] & EPHEMERAL
    assert told["content"] == "2 people came, 1 more only partly."
    (embed,) = told["embeds"]
    assert embed["title"].startswith("Who came · Sunday Inhouse · ")
    assert embed["description"].split("\n\n") == [
        "**Attended** · 1\n<@601>",
        "**Walk-ins** · 1\n<@602>",
        "**Only partly** · 1\n<@603>",
    ]
    assert bench.observed.checks[-1] == ("who came", True)
    sent = [r.body.get("data", r.body) for r in sandbox.requests if isinstance(r.body, dict)]
    assert all(body["allowed_mentions"] == {"parse": []} for body in sent if body.get("content"))


async def test_no_shows_are_named_and_so_is_what_is_not_known(sandbox, connected):
    told = await press(sandbox, await answer(sandbox), "No-shows")

    assert told["content"] == "1 of 3 interested did not come."
    (embed,) = told["embeds"]
    assert embed["description"].split("\n\n") == [
        "**Interested, did not come** · 1\n<@604>",
        "**Not known: not all was recorded** · 1\n<@605>",
    ]
    assert "not a promise" in embed["footer"]["text"]


async def test_the_csv_is_for_those_allowed_and_says_what_its_columns_mean(sandbox, connected, known, bench):
    known.report = replace(REPORT, title='=HYPERLINK("http://evil","x"), @ünï')
    message = await answer(sandbox)
    told = await press(sandbox, message, "CSV")
    (file,) = told["attachments"]
    content, media_type = sandbox.attachment(file["id"])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    assert content.startswith(b"\xef\xbb\xbfevent,")  # spreadsheets read it right
    assert told["flags"] & EPHEMERAL
    assert file["filename"] == "attendance-2025-11-16-2000.csv"
    assert media_type.startswith("text/csv")
    assert rows[0] == {
        "event": VALUE,
        "title": '\'=HYPERLINK("http://evil","x"), @ünï',
        "starts_at": "2025-11-16T20:00:00+00:00",
        "outcome": "held",
        "user_id": "601",
        "status": "attended",
        "answer": "interested",
        "minutes": "119",
        "first_join": "2025-11-16T20:00:00+00:00",
        "last_leave": "2025-11-16T21:59:00+00:00",
        "early": "yes",
        "was_there_before": "yes",
        "told_by": "",
        "hosted": "no",
    }
    walk_in = rows[1]
    assert (walk_in["user_id"], walk_in["answer"], walk_in["was_there_before"]) == ("602", "", "no")
    assert [row["user_id"] for row in rows] == ["601", "602", "603", "604", "605"]
    for column in rows[0]:
        assert f"**{column}** " in told["embeds"][0]["description"].replace("\\", "")
    assert bench.observed.checks[-1] == ("attendance CSV", True)


async def test_who_was_erased_is_in_no_list_and_no_file_not_even_as_a_number(
    sandbox, connected, warehouse_with_event
):
    message = await answer(sandbox)
    async with warehouse_with_event.writing() as conn:
        await conn.execute(delete(identities).where(identities.c.member_no.in_([ATTENDED, ABSENT])))
    came = await press(sandbox, message, "Who came")
    no_shows = await press(sandbox, message, "No-shows")
    table = await press(sandbox, message, "CSV")
    content, _ = sandbox.attachment(table["attachments"][0]["id"])

    assert came["content"] == "1 person came, 1 more only partly."
    assert no_shows["content"] == "0 of 1 interested did not come."
    for told in (str(came), str(no_shows), content.decode()):
        assert "601" not in told
        assert "604" not in told


async def test_a_host_who_was_erased_is_a_former_member(sandbox, connected, warehouse_with_event):
    async with warehouse_with_event.writing() as conn:
        await conn.execute(delete(identities))
    message = await answer(sandbox)

    assert message["embeds"][0]["description"].startswith("Hosted by somebody who is not recorded any more\n")
    assert (await press(sandbox, message, "Who came"))["content"] == "Nobody who can be named came to it."


@pytest.mark.parametrize("label", ["Who came", "No-shows", "CSV"])
async def test_a_button_answers_after_a_restart_and_checks_access_anew(
    sandbox, connect, bench, known, warehouse_with_event, label
):
    services = bench.services(warehouse_with_event)
    first = await connect(services)
    message = await answer(sandbox)
    await first.stop()
    await connect(services)
    assert (await press(sandbox, message, label))["embeds"]

    sandbox.world.guild.members[ORGANIZER].roles = ()
    denied = await press(sandbox, message, label)

    assert not denied["embeds"]
    assert not denied["attachments"]
    assert "organizers and staff" in denied["content"]
    assert not bench.observed.checks[-1][1]


async def test_a_button_whose_event_is_gone_says_so(sandbox, connected, known):
    message = await answer(sandbox)
    known.error = LookupError("That event is not known any more.")

    assert (await press(sandbox, message, "Who came"))["content"] == "That event is not known any more."


async def test_how_counted_speaks_of_events_and_answers_organizers(sandbox, connected, bench):
    message = await answer(sandbox)
    custom_id = message["components"][0]["components"][-1]["custom_id"]
    told = (await sandbox.press(ORGANIZER, message["id"], custom_id).settled()).messages_seen_by(ORGANIZER)
    text = "\n".join(each["embeds"][0]["description"] for each in told)

    assert "**No-shows**: " in text
    assert "**Active members**: " not in text
    assert bench.observed.checks[-1] == ("how counted", True)


async def test_how_counted_says_the_thresholds_that_are_set(sandbox, connected, bench):
    events = bench.holder.current.events.model_copy(update={"attend_minutes": 17})
    bench.holder.current = bench.holder.current.model_copy(update={"events": events})
    message = await answer(sandbox)
    custom_id = message["components"][0]["components"][-1]["custom_id"]
    told = (await sandbox.press(ORGANIZER, message["id"], custom_id).settled()).messages_seen_by(ORGANIZER)

    assert "for at least 17 min" in told[0]["embeds"][0]["description"]


@pytest.mark.parametrize("outcome", ["coming", "cancelled", "not_held"])
async def test_where_nobody_could_come_there_is_nobody_to_list(sandbox, connected, known, outcome):
    known.report = replace(REPORT, outcome=outcome)
    message = await answer(sandbox)

    labels = [button["label"] for button in message["components"][0]["components"]]
    assert labels == ["CSV", "How counted"]


async def test_hundreds_of_people_fit_and_what_does_not_is_said(
    sandbox, connected, known, warehouse_with_event
):
    crowd = range(1000, 1600)
    await put_identities(warehouse_with_event, {number: 10**18 + number for number in crowd})
    known.report = replace(
        REPORT, people=tuple(attendee(n, "attended", None if n % 2 else "interested") for n in crowd)
    )
    told = await press(sandbox, await answer(sandbox), "Who came")
    description = told["embeds"][0]["description"]

    assert told["content"] == "600 people came."
    assert 3900 < len(description) <= 4096
    attended, walk_ins = description.split("\n\n")
    for block in (attended, walk_ins):
        shown = block.count("<@")
        assert 80 < shown < 100
        assert block.endswith(f"… and {300 - shown} more: see the CSV")


async def test_an_acknowledgement_whose_answer_was_lost_holds(sandbox, connected, bench, eventually):
    sandbox.faults.next_rest("POST", "/interactions/*", Status(500, after_effect=True))
    message = await answer(sandbox)

    assert message["embeds"]
    await eventually(lambda: bench.observed.completions == [("success", None)])
