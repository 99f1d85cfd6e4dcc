"""Everybody can use the page: contrast, small phones, the keyboard alone, names for screen readers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from sandbox.page_recording import Recorded, RecordedRow

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
AURORA, BRAM, LOBBY = 5000, 5001, 3002
NOW = datetime(2025, 11, 17, 13, 0, tzinfo=UTC)
LOW_CONTRAST = """() => {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) =>
    0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const parts = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, at) => value * a + under[at] * (1 - a));
  const behind = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) {
      layers.push(parts(getComputedStyle(one).backgroundColor));
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [49, 51, 56]);
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({visibilityProperty: true})) continue;
    if (element.closest(":disabled, .unseen, script, noscript")) continue;
    const background = behind(element);
    const color = over(parts(getComputedStyle(element).color), background);
    const [light, dark] = [luminance(color), luminance(background)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.className}: ${text}`);
  }
  return [...new Set(low)];
}"""
NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, [role=option]")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length
    || one.querySelector("img[alt]:not([alt=''])")))
  .map((one) => one.outerHTML)"""


async def recording():
    return Recorded(7, {"VOICE_STATE_UPDATE": 3}, [RecordedRow(7, "VOICE_STATE_UPDATE", 1_763_384_400_000)])


@pytest.fixture
def busy(stand, picture):
    """Something of everything that the page can show."""
    sandbox = stand.sandbox
    for person in range(5010, 5022):
        sandbox.voice(person, LOBBY, self_mute=True, self_deaf=person % 2 == 0)
    sandbox.voice(AURORA, LOBBY)
    running = sandbox.create_event(BRAM, "Inhouse", NOW + timedelta(hours=1), channel_id=LOBBY)
    sandbox.start_event(running.event_id)
    sandbox.create_event(BRAM, "A night with a title " * 4, NOW + timedelta(days=2), channel_id=LOBBY)
    sandbox.answer_event(AURORA, running.event_id)
    styles = [{"type": 2, "style": s, "label": f"Style {s}", "custom_id": f"s{s}"} for s in (1, 2, 3, 4)]
    styles.append({"type": 2, "style": 5, "label": "Link", "url": "https://example.invalid/"})
    stand.post(
        f"# Big\n**bold** `code` <@{BRAM}> <t:1763366400:R> [a link](https://example.invalid/)\n> quote\n"
        "-# small\n- item\n```\nblock\n```",
        at=NOW - timedelta(days=1),
        files=[picture(), ("list.csv", b"a,b\n1,2\n" * 9, "text/csv", "")],
        embeds=[{"title": "Title", "description": "Text **bold**", "footer": {"text": "Foot"}}],
        components=[{"type": 1, "components": styles}],
    )
    user = {"id": str(AURORA), "username": "Aurora"}
    stand.post(
        "Only for you",
        only_for=AURORA,
        flags=64,
        extra={"interaction": {"name": "insights health", "user": user}},
    )
    stand.post("", only_for=AURORA, flags=64 | 128)


async def read_everything(page):
    """What is low in contrast, or has no name, in each state of the page."""
    found = []

    async def look(state):
        for script in (LOW_CONTRAST, NAMELESS):
            found.extend(f"{state}: {one}" for one in await page.evaluate(script))

    await expect(page.locator(".message")).to_have_count(3)
    await look("channel")
    if await page.locator("#open-column").is_visible():
        await page.locator("#open-column").click()
        await look("drawer")
    await page.locator("#you").click()
    await look("persons")
    await page.keyboard.press("Escape")
    await page.locator(".event .open").nth(1).click()
    await look("event")
    await page.keyboard.press("Escape")
    await page.locator("#create-event").click()
    await look("new event")
    await page.keyboard.press("Escape")
    if await page.locator("#close-column").is_visible():
        await page.locator("#close-column").click()
    await page.locator("#toggle-recording").click()
    await expect(page.locator("#recorded-counts li")).to_have_count(1)
    await look("recording")
    await page.locator("#close-recording").click()
    await page.locator("#say").fill("text")
    await page.keyboard.press("Enter")
    await look("trouble")
    await page.locator(".picture").click()
    await look("lightbox")
    return found


@pytest.mark.parametrize("width", [360, 1200])
async def test_every_text_can_be_read_and_every_control_has_a_name(busy, open_page, width):
    page = await open_page(width, 800, recording=recording)
    assert await read_everything(page) == []


async def test_nothing_is_wider_than_a_small_phone(busy, open_page):
    page = await open_page(360, 740, recording=recording)
    await expect(page.locator(".message")).to_have_count(3)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    outside = """() => [...document.querySelectorAll("#middle *")].filter((one) => one.checkVisibility()
        && !one.closest(".unseen, #toggle-recording span, pre") && one.getBoundingClientRect().right > 360.5)
        .map((one) => one.outerHTML.slice(0, 80))"""
    assert await page.evaluate(outside) == []


async def test_what_is_tapped_is_large_enough_on_a_phone(busy, open_page):
    page = await open_page(390, 844, recording=recording)
    await page.locator("#open-column").click()
    small = """() => [...document.querySelectorAll("button:not(.text-link), select")].filter((one) =>
        one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().height < 32)
        .map((one) => one.outerHTML.slice(0, 80))"""
    assert await page.evaluate(small) == []


async def test_the_whole_page_is_reached_with_tab_and_the_focus_is_seen(busy, open_page):
    page = await open_page(1200, 900, recording=recording)
    await expect(page.locator(".message")).to_have_count(3)
    reached = set()
    for _ in range(60):
        await page.keyboard.press("Tab")
        seen = await page.evaluate("""() => {
            const one = document.activeElement, style = getComputedStyle(one);
            const visible = style.outlineStyle !== "none" || one.id === "say" || one === document.body;
            return [one.id || one.className || one.tagName, visible];
        }""")
        assert seen[1], f"the focus on {seen[0]} cannot be seen"
        reached.add(seen[0])
    assert {
        "create-event",
        "open",
        "bell-button",
        "channel",
        "you",
        "toggle-recording",
        "picture",
        "say",
    } <= reached
    assert {"component primary", "text-link", "save", "leave"} <= reached


async def test_whoever_comes_back_is_where_they_were(open_page):
    page = await open_page()

    async def become(name):
        await page.locator("#you").click()
        await page.get_by_role("menuitemradio", name=name).click()
        await expect(page.locator("#you")).to_contain_text(f"You are {name}")

    await expect(page.locator("#channel")).to_have_text("leadership")
    await become("Cato")
    await expect(page.locator("#channel")).to_have_text("general")
    await become("Aurora")
    await expect(page.locator("#channel")).to_have_text("leadership")
    await page.locator("#text-channels").get_by_role("button", name="general").click()
    await become("Cato")
    await become("Aurora")
    await expect(page.locator("#channel")).to_have_text("general")
