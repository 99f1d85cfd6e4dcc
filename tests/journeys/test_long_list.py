"""A hundred and fifty people are interested before the bot comes: only Discord's list, two pages, tells who.

Of one event the second page is had at the second try, of the other never.
"""

from __future__ import annotations

from sandbox.faults import Hang, RateLimit, Status
from storage.tables import attendance, event_occurrences, rsvps

from . import evening as e
from .evening import at
from .tables import differences, rows

MEMBERS = 170
INTERESTED = range(e.OWNER + 1, e.OWNER + 151)
FIRST_PAGE = INTERESTED[:100]
AT_WHOLE = INTERESTED[92:104]  # eight of the first page, four of the second
AT_TORN = INTERESTED[85:89], INTERESTED[146:]  # four of the first page, four of the second
UNTOUCHED = Hang(0)  # a page that comes as it is


async def test_a_page_that_is_late_is_had_and_one_that_is_denied_leaves_the_rest_unknown(begin):
    journey = await begin("long", members=MEMBERS)
    whole, torn = plan(journey.sandbox)
    await journey.start()
    await journey.settled_in()
    await journey.sandbox.commands_synced()
    await e.lists_asked(journey, whole, 3)
    await e.lists_asked(journey, torn, 2)
    assert pages(journey, whole) == [(0, 200), (FIRST_PAGE[-1], 429), (FIRST_PAGE[-1], 200)]
    assert pages(journey, torn) == [(0, 200), (FIRST_PAGE[-1], 404)]
    await hold(journey, whole, torn)

    answers = await rows(journey, rsvps, "event_id", "member_no", "from_estimated", "to_ms")
    assert answers == [
        *((whole, who, True, None) for who in INTERESTED),
        *((torn, who, True, None) for who in FIRST_PAGE),
    ]
    listed = await rows(journey, event_occurrences, "title", "outcome", "rsvps_listed")
    assert listed == [("Torn", "held", False), ("Whole", "held", True)]
    came = await rows(journey, attendance, "event_id", "rsvp", "status", "member_no")
    assert count(came, whole) == {("interested", "attended"): 12, ("interested", "absent"): 138}
    assert count(came, torn) == {
        ("interested", "attended"): 4,
        ("interested", "absent"): 96,
        (None, "attended"): 4,  # they had answered, which nobody knows
    }
    await what_is_not_known_is_said(journey)
    assert await differences(journey) == []


def plan(sandbox) -> tuple[int, int]:
    sandbox.set_roles(e.ORGANIZER, [e.CAPTAIN])
    whole = sandbox.create_event(e.OWNER, "Whole", at(21), end=at(22), channel_id=e.LOBBY).event_id
    torn = sandbox.create_event(e.OWNER, "Torn", at(21), end=at(22), channel_id=e.RED).event_id
    for who in INTERESTED:
        sandbox.answer_event(who, whole)
        sandbox.answer_event(who, torn)
    for event_id, faults in ((whole, [UNTOUCHED, RateLimit(0.05)]), (torn, [UNTOUCHED, Status(404)] * 2)):
        for fault in faults:  # the lists at the bot's coming and at the start
            sandbox.faults.next_rest("GET", f"/guilds/{e.GUILD}/scheduled-events/{event_id}/users", fault)
    return whole, torn


async def hold(journey, whole: int, torn: int) -> None:
    sandbox = journey.sandbox
    await journey.go_to(at(21))
    sandbox.start_event(whole)
    sandbox.start_event(torn)
    for who in AT_WHOLE:
        sandbox.voice(who, e.LOBBY)
    for who in (*AT_TORN[0], *AT_TORN[1]):
        sandbox.voice(who, e.RED)
    await e.lists_asked(journey, whole, 5)
    await e.lists_asked(journey, torn, 4)
    await journey.go_to(at(22))
    sandbox.end_event(whole)
    sandbox.end_event(torn)
    await e.lists_asked(journey, torn, 5)  # which are gone by then, and that takes nothing away
    assert {pages(journey, event_id)[-1] for event_id in (whole, torn)} == {(0, 404)}
    await journey.in_tables()


def pages(journey, event_id: int) -> list[tuple[int, int | None]]:
    """After whom each page was asked for, and how that went."""
    asked = [r for r in journey.sandbox.requests if r.path.endswith(f"/{event_id}/users")]
    return [(int(r.query["after"]), r.status) for r in asked]


def count(came: list[tuple], event_id: int) -> dict[tuple, int]:
    kinds = [row[1:3] for row in came if row[0] == event_id]
    return {kind: kinds.count(kind) for kind in kinds}


async def what_is_not_known_is_said(journey) -> None:
    not_listed = "Not everybody who was interested is known: the list could not be read when it began."
    whole = await e.ask(journey, e.ORGANIZER, event="Whole")
    assert whole["content"] == "12 came; 138 of 150 interested did not."
    assert not_listed not in whole["embeds"][0]["description"]
    torn = await e.ask(journey, e.ORGANIZER, event="Torn")
    assert torn["content"] == "8 came; 96 of 100 known to be interested did not."
    assert not_listed in torn["embeds"][0]["description"]
    (absent,) = await e.press(journey, e.ORGANIZER, whole, "No-shows")
    said = absent["embeds"][0]["description"]
    assert said.startswith("**Interested, did not come** · 138\n")
    assert len(said) <= 4096
    assert said.count("<@") == 138
