"""Events in the column: what is coming and running, interest, and what organizers do about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from sandbox.event_state import EventStatus
from sandbox.recurrence import RecurrenceRule

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
AURORA, BRAM, CATO = 5000, 5001, 5002
LOBBY, ARENA = 3002, 3003
NOW = datetime(2025, 11, 17, 13, 0, tzinfo=UTC)  # 14:00 in Berlin


@pytest.fixture
def plan(stand):
    def create(name="Inhouse", minutes=60, creator=BRAM, channel_id=LOBBY, weekly=False):
        start = NOW + timedelta(minutes=minutes)
        rule = RecurrenceRule.weekly(start) if weekly else None
        return stand.sandbox.create_event(creator, name, start, channel_id=channel_id, recurrence=rule)

    return create


async def become(page, name):
    await page.locator("#you").click()
    await page.get_by_role("menuitemradio", name=name).click()
    await expect(page.locator("#you")).to_contain_text(f"You are {name}")


async def test_coming_and_running_events_are_listed_as_they_change(stand, open_page, plan):
    page = await open_page()
    await expect(page.locator("#no-events")).to_be_visible()
    later = plan("Beginner <b>night</b>", minutes=24 * 60)
    running = plan("Inhouse", minutes=30, channel_id=ARENA)
    stand.sandbox.start_event(running.event_id)
    stand.sandbox.answer_event(CATO, later.event_id)
    events = page.locator(".event")
    await expect(events).to_have_count(2)
    await expect(events.nth(0)).to_have_class("event live")
    await expect(events.nth(0)).to_contain_text("Happening now")
    await expect(events.nth(0)).to_contain_text("The arena")
    await expect(events.nth(1)).to_contain_text("Tomorrow at 14:00")
    await expect(events.nth(1)).to_contain_text("Beginner <b>night</b>")
    await expect(events.nth(1).locator(".bell-button")).to_have_text("1")
    stand.sandbox.end_event(running.event_id)
    await expect(events).to_have_count(1)


async def test_interest_is_shown_and_withdrawn(stand, open_page, plan):
    event = plan()
    page = await open_page()
    await become(page, "Cato")
    bell = page.get_by_role("button", name="Interested in Inhouse")
    await bell.click()
    await expect(bell).to_have_attribute("aria-pressed", "true")
    await expect(bell).to_have_text("1")
    assert event.interested == {CATO}
    await bell.click()
    await expect(bell).to_have_attribute("aria-pressed", "false")
    assert event.interested == set()


async def test_details_tell_when_where_how_often_and_who_hosts(stand, open_page, plan, keep_picture):
    plan("Inhouse", minutes=125, weekly=True)
    page = await open_page(390, 844)
    await page.get_by_role("button", name="Open the channel list").click()
    await page.locator(".event .open").click()
    dialog = page.locator("#event")
    await expect(dialog.locator("h2")).to_have_text("Inhouse")
    await expect(dialog.locator(".facts li")).to_have_text(
        [
            "Mon 17 Nov, 16:05 (in 2 hours)",
            "Every week",
            "Lobby",
            "Hosted by Bram",
            "0 people are interested",
        ]
    )
    await keep_picture(page, "event-390")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#column")).to_be_visible()


async def test_a_member_cannot_organize(open_page, plan):
    plan()
    page = await open_page()
    await become(page, "Cato")
    await expect(page.locator("#create-event")).to_be_hidden()
    await page.locator(".event .open").click()
    await expect(page.locator("#event .actions button")).to_have_text(["Interested"])


async def test_an_organizer_organizes_only_their_own(open_page, plan):
    plan("Of Aurora", creator=AURORA)
    plan("Of Bram", minutes=90)
    page = await open_page()
    await become(page, "Bram")
    await page.get_by_role("button", name="Of Aurora", exact=False).first.click()
    await expect(page.locator("#event .actions button")).to_have_text(["Interested"])
    await page.keyboard.press("Escape")
    await page.locator(".event .open", has_text="Of Bram").click()
    await expect(page.locator("#event .actions button")).to_have_text(
        ["Interested", "Start event", "Cancel event"]
    )


async def test_an_event_is_created_started_and_ended(stand, open_page):
    page = await open_page()
    await become(page, "Bram")
    await page.get_by_role("button", name="Create event").click()
    await page.get_by_label("Title").fill("  Sunday   cup ")
    await page.get_by_label("Where").select_option("Lobby")
    await page.get_by_label("Starts in how many minutes").fill("15")
    await expect(page.locator("#new-event output")).to_have_text("Today at 14:15")
    await page.locator("#new-event").get_by_role("button", name="Create event").click()
    await expect(page.locator("#new-event")).to_be_hidden()
    await expect(page.locator(".event .title")).to_have_text("Sunday cup")
    (event,) = stand.sandbox.world.guild.events.upcoming()
    assert (event.creator_id, event.channel_id, event.start) == (BRAM, LOBBY, NOW + timedelta(minutes=15))
    await page.locator(".event .open").click()
    await page.get_by_role("button", name="Start event").click()
    await expect(page.locator("#event .facts")).to_contain_text("Happening now")
    assert event.status is EventStatus.ACTIVE
    await page.get_by_role("button", name="End event").click()
    await expect(page.locator("#event")).to_be_hidden()
    await expect(page.locator(".event")).to_have_count(0)
    assert event.status is EventStatus.COMPLETED


async def test_a_running_event_says_when_it_really_began(stand, open_page, plan):
    event = plan("Inhouse", minutes=60)
    stand.clock.moment = NOW + timedelta(minutes=5)
    stand.sandbox.start_event(event.event_id)
    page = await open_page()
    await page.locator(".event .open").click()
    live = page.locator("#event .facts .live")
    await expect(live).to_have_text("Happening now, since Mon 17 Nov, 14:05")
    event.began = None
    stand.sandbox.answer_event(CATO, event.event_id)
    await expect(live).to_have_text("Happening now")


async def test_the_preview_of_a_new_event_follows_the_clock_and_ends_in_five_years(stand, open_page):
    page = await open_page()
    await page.get_by_role("button", name="Create event").click()
    preview, minutes = page.locator("#new-event output"), page.get_by_label("Starts in how many minutes")
    await expect(preview).to_have_text("Today at 14:10")
    stand.clock.moment += timedelta(minutes=7)
    await expect(preview).to_have_text("Today at 14:17")
    await minutes.fill(str(60 * 24 * 60))
    await expect(preview).to_have_text("Fri 16 Jan 2026, 14:07")
    await minutes.fill("99999999999999")
    await expect(preview).to_have_text("An event starts within five years.")
    await page.get_by_label("Title").fill("Far away")
    await page.locator("#new-event").get_by_role("button", name="Create event").click()
    await expect(page.locator("#new-event .failed")).to_have_text(
        "An event starts in a minute at the earliest, and within five years."
    )


async def test_cancelling_is_asked_twice(stand, open_page, plan):
    event = plan()
    page = await open_page()
    await page.locator(".event .open").click()
    await page.get_by_role("button", name="Cancel event").click()
    assert event.status is EventStatus.SCHEDULED
    await page.get_by_role("button", name="Really cancel?").click()
    await expect(page.locator(".event")).to_have_count(0)
    assert event.status is EventStatus.CANCELED


async def test_one_date_of_a_recurring_event_is_cancelled(stand, open_page, plan):
    event = plan(weekly=True)
    page = await open_page()
    await page.locator(".event .open").click()
    await page.get_by_role("button", name="Cancel this time").click()
    await expect(page.locator(".event .meta")).to_contain_text("Cancelled this time")
    assert event.exceptions[event.start].is_cancelled


async def test_what_is_wrong_with_a_new_event_is_said(open_page):
    page = await open_page()
    await page.get_by_role("button", name="Create event").click()
    form = page.locator("#new-event")
    await page.get_by_label("Title").fill("   ")
    await form.get_by_role("button", name="Create event").click()
    await expect(form.locator(".failed")).to_have_text("A title has 1 to 100 characters.")


async def test_an_event_that_has_changed_meanwhile_says_so(stand, open_page, plan):
    event = plan()
    page = await open_page()
    await page.locator(".event .open").click()
    stand.sandbox.start_event(event.event_id)
    answer = await page.evaluate(
        """async (id) => (await (await fetch("/event/change", {
            method: "POST", headers: {"Content-Type": "application/json"},
            body: JSON.stringify({persona: "5000", event: id, action: "start"}),
        })).json())""",
        str(event.event_id),
    )
    assert answer == {"trouble": "This event has changed meanwhile."}


async def test_many_events_are_folded_away(open_page, plan):
    for n in range(6):
        plan(f"Event {n}", minutes=60 + n)
    page = await open_page()
    await expect(page.locator(".event")).to_have_count(3)
    await page.get_by_role("button", name="Show all 6 events").click()
    await expect(page.locator(".event")).to_have_count(6)
