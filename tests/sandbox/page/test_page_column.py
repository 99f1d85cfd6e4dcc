"""The left column: channels by permission, who one is, voice; on a phone it is a drawer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import expect

from sandbox.permissions import Overwrite, OverwriteKind, Permission

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
AURORA, BRAM, CATO = 5000, 5001, 5002
GUILD, LEADERSHIP, GENERAL, LOBBY, ARENA = 2000, 3000, 3001, 3002, 3003


async def become(page, name):
    await page.locator("#you").click()
    await page.get_by_role("menuitemradio", name=name).click()
    await expect(page.locator("#you")).to_contain_text(f"You are {name}")


# ---- who one is, and what they see
async def test_each_person_sees_their_channels_and_their_own_answers(stand, open_page):
    stand.post("To all of leadership")
    stand.post("To everybody", channel_id=GENERAL)
    stand.post("To Bram alone", channel_id=GENERAL, only_for=BRAM, flags=64)
    page = await open_page()
    await expect(page.locator("#you")).to_have_text("AYou are AuroraStaff")
    await expect(page.locator("#text-channels .name")).to_have_text(["leadership", "general"])
    await expect(page.locator(".content")).to_have_text(["To all of leadership"])
    await become(page, "Bram")
    await expect(page.locator("#text-channels .name")).to_have_text(["general"])
    await expect(page.locator("#channel")).to_have_text("general")
    await expect(page.locator(".content")).to_have_text(["To everybody", "To Bram alone"])
    await become(page, "Cato")
    await expect(page.locator(".content")).to_have_text(["To everybody"])


async def test_whoever_looked_last_looks_again_after_a_reload(open_page):
    page = await open_page()
    await become(page, "Cato")
    await page.reload()
    await expect(page.locator("#you")).to_contain_text("You are Cato")


async def test_a_tab_that_remembers_somebody_of_another_demo_begins_anew(stand, open_page, browser):
    await stand.serve()
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script("sessionStorage.setItem('insights.persona', sessionStorage.stranger ?? '42')")
    await page.add_init_script("sessionStorage.stranger = ''")
    await page.goto(stand.url)
    await expect(page.locator("#you")).to_contain_text("You are Aurora")
    await context.close()


async def test_persons_are_switched_with_the_keyboard_alone(open_page):
    page = await open_page()
    await page.locator("#you").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitemradio", name="Aurora")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("menuitemradio", name="Cato")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#you")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#you")).to_contain_text("You are Bram")


async def test_a_channel_that_is_closed_to_someone_goes_at_once(stand, open_page):
    stand.post("Hello", channel_id=GENERAL)
    page = await open_page()
    await become(page, "Cato")
    await expect(page.locator(".content")).to_have_text(["Hello"])
    hidden = Overwrite(GUILD, OverwriteKind.ROLE, deny=Permission.VIEW_CHANNEL)
    stand.sandbox.put_channel(replace(stand.sandbox.world.guild.channels[GENERAL], overwrites=(hidden,)))
    await expect(page.locator("#text-channels .name")).to_have_count(0)
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.locator("#say")).to_be_disabled()


async def test_unread_channels_are_marked_until_they_are_opened(stand, open_page):
    page = await open_page()
    general = page.locator("#text-channels .channel", has_text="general")
    await expect(general).not_to_have_class("channel unread")
    stand.post("News", channel_id=GENERAL)
    await expect(general).to_have_class("channel unread")
    await general.click()
    await expect(page.locator(".content")).to_have_text(["News"])
    await expect(general).to_have_class("channel chosen")
    await page.locator("#text-channels .channel", has_text="leadership").click()
    await expect(general).to_have_class("channel")


# ---- voice
async def test_one_joins_moves_mutes_and_disconnects(stand, open_page, until):
    voice = stand.sandbox.world.guild.voice
    page = await open_page()
    strip = page.locator("#column .voice-strip")
    await expect(strip).to_be_hidden()
    await page.get_by_role("button", name="Lobby, voice").click()
    await expect(strip).to_contain_text("Voice connectedLobby")
    assert voice[AURORA].channel_id == LOBBY
    await expect(page.get_by_role("list", name="In Lobby").locator(".person.me")).to_contain_text("Aurora")
    await strip.get_by_role("button", name="Mute").click()
    await expect(page.locator(".person.me")).to_contain_text("muted")
    await page.get_by_role("button", name="The arena").click()
    await expect(strip).to_contain_text("The arena")
    assert voice[AURORA].channel_id == ARENA
    assert voice[AURORA].flags["self_mute"] is True
    await strip.get_by_role("button", name="Disconnect").click()
    await expect(strip).to_be_hidden()
    assert AURORA not in voice


async def test_everybody_in_voice_is_shown_as_they_come_and_go(stand, open_page, monkeypatch):
    monkeypatch.setattr("sandbox.page_stream.CLOCK_S", 60.0)  # at once, not at the clock's next tick
    page = await open_page()
    people = page.get_by_role("list", name="In Lobby").locator(".person")
    for person in range(5010, 5070):
        stand.sandbox.voice(person, LOBBY)
    await expect(people).to_have_count(60)
    await expect(page.locator(".voice .count").first).to_have_text("60")
    stand.sandbox.voice(5010, LOBBY, self_mute=True, self_deaf=True)
    await expect(people.first).to_have_text("PPerson 5010, muted, deafened")
    stand.sandbox.voice(5010, None)
    await expect(people).to_have_count(59)
    stand.sandbox.member_leaves(5011)
    await expect(people).to_have_count(58)


async def test_a_long_column_does_not_make_the_page_longer_than_its_window(stand, open_page):
    """Else a focus or a search in the page could shift all of it."""
    page = await open_page()
    for person in range(5010, 5070):
        stand.sandbox.voice(person, LOBBY, self_mute=True)
    await expect(page.locator(".person", has_text="muted")).to_have_count(60)
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


async def test_a_long_channel_name_is_cut_within_the_column(open_page):
    page = await open_page()
    name = page.locator(".voice .name", has_text="The arena")
    assert await name.evaluate("node => node.scrollWidth > node.clientWidth")
    assert await page.locator("#column").evaluate("node => node.scrollWidth <= node.clientWidth")


async def test_a_channel_that_one_may_not_join_says_so(stand, open_page):
    page = await open_page()
    await become(page, "Cato")
    await page.get_by_role("button", name="Locked, voice").click()
    await expect(page.locator("#voice-trouble")).to_have_text(
        "You do not have permission to join this channel."
    )
    assert CATO not in stand.sandbox.world.guild.voice


# ---- on a phone
async def test_on_a_phone_the_column_is_a_drawer(stand, open_page, keep_picture):
    stand.post("News", channel_id=GENERAL)
    page = await open_page(390, 844)
    column = page.locator("#column")
    await expect(column).not_to_be_visible()
    await page.get_by_role("button", name="Open the channel list").click()
    await expect(column).to_be_visible()
    await expect(page.get_by_role("button", name="Close the channel list")).to_be_focused()
    await page.locator("#open-column").evaluate("node => node.focus()")
    await expect(page.get_by_role("button", name="Close the channel list")).to_be_focused()  # not behind it
    await keep_picture(page, "drawer-390")
    await page.keyboard.press("Escape")
    await expect(column).not_to_be_visible()
    await expect(page.get_by_role("button", name="Open the channel list")).to_be_focused()
    await page.get_by_role("button", name="Open the channel list").click()
    await page.locator("#text-channels .channel", has_text="general").click()
    await expect(column).not_to_be_visible()
    await expect(page.locator(".content")).to_have_text(["News"])


async def test_on_a_phone_one_sees_and_leaves_voice_beside_the_channel(stand, open_page):
    stand.sandbox.voice(AURORA, LOBBY)
    page = await open_page(390, 844)
    strip = page.locator("#middle .voice-strip")
    await expect(strip).to_contain_text("Lobby")
    await strip.get_by_role("button", name="Disconnect").click()
    await expect(strip).to_be_hidden()
