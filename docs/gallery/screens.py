"""The demo's page as people see it: at a desk, on a phone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from docs.gallery.moment import EVENT_TYPED
from docs.gallery.sheet import save_small
from sandbox.community_place import GUILD_ID, GUILD_NAME, LEADERSHIP, ZONE
from sandbox.demo import Demo
from sandbox.demo_show import personas
from sandbox.page_recording import LogTail
from sandbox.page_server import serve

CHROMIUM = "chromium", "chromium-browser", "google-chrome"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOWS = {"desktop": (1280, 800), "phone": (390, 844)}
WHOLE = 2400  # high enough for any one message
SETTLE_MS = 300  # the pictures of a message, once it is there


async def screens(demo: Demo, out: Path) -> None:
    async with _page_address(demo) as address, _chromium() as browser:
        pages = {name: await _opened(browser, address, *size) for name, size in WINDOWS.items()}
        for name, page in pages.items():
            digest = page.locator(".message").last
            await digest.evaluate("message => message.scrollIntoView(true)")
            await _shot(page, out / f"page-{name}.png")
            await _whole(page, digest, out / f"message-digest-{name}.png")
        for name, page in pages.items():
            await _asks(page, "/insights health")
            await _whole(page, page.locator(".message").last, out / f"message-health-{name}.png")
            await _asks(page, "/insights quality")
            await _whole(page, page.locator(".message").last, out / f"message-quality-{name}.png")
            await _completes(page, out / f"page-command-{name}.png")
            await _whole(page, page.locator(".message").last, out / f"message-event-{name}.png")
            await _around(page, out, name)


async def _around(page: Page, out: Path, name: str) -> None:
    """The picture in full, the recording, the channels with voice, an event."""
    await page.locator(".message .picture").last.click()
    await expect(page.locator("#lightbox img")).to_be_visible()
    await _shot(page, out / f"page-picture-{name}.png")
    await page.keyboard.press("Escape")
    if name == "phone":
        await page.get_by_role("button", name="Open the channel list").click()
        await _shot(page, out / "page-channels-phone.png")
    await page.locator("#events button").first.click()
    await expect(page.locator("dialog#event")).to_be_visible()
    await _shot(page, out / f"page-event-{name}.png")
    await page.keyboard.press("Escape")
    await page.locator("#voice-channels button").first.click()
    if name == "phone":
        await page.get_by_role("button", name="Close the channel list").click()
    await page.get_by_role("button", name="Recording").click()
    await expect(page.locator("#recorded-rows li").first).to_be_visible()
    await expect(page.locator("#recorded-counts li").first).to_be_visible()
    await _shot(page, out / f"page-recording-{name}.png")
    await page.get_by_role("button", name="Close", exact=True).locator("visible=true").click()
    await page.locator(".voice-strip:visible").first.get_by_role("button", name="Disconnect").click()


async def _asks(page: Page, command: str) -> None:
    before = await page.locator(".message").count()
    await page.locator("#say").click()
    await page.keyboard.type(command)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await _answered(page, before)


async def _completes(page: Page, path: Path) -> None:
    before = await page.locator(".message").count()
    await page.locator("#say").click()
    await page.keyboard.type("/insights event")
    await page.keyboard.press("Enter")
    await expect(page.locator("#suggestions .name").nth(3)).to_be_visible()
    await _shot(page, path)
    await page.keyboard.type(EVENT_TYPED)
    await expect(page.locator("#suggestions .name")).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await _answered(page, before)


async def _answered(page: Page, before: int) -> None:
    await expect(page.locator(".message")).to_have_count(before + 1)
    await expect(page.locator(".message").last.locator(".picture img")).to_be_visible(timeout=20_000)


async def _whole(page: Page, message: Locator, path: Path) -> None:
    """A message from its first to its last line, however long it is."""
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size({"width": size["width"], "height": WHOLE})
    await message.scroll_into_view_if_needed()
    await page.wait_for_timeout(SETTLE_MS)
    _save(await message.screenshot(), path)
    await page.set_viewport_size(size)


async def _shot(page: Page, path: Path) -> None:
    await page.wait_for_timeout(SETTLE_MS)
    _save(await page.screenshot(), path)


def _save(screenshot: bytes, path: Path) -> None:
    with Image.open(BytesIO(screenshot)) as picture:
        save_small(picture, path)


@asynccontextmanager
async def _page_address(demo: Demo) -> AsyncIterator[str]:
    recording = LogTail(demo.bot.warehouse, GUILD_ID)
    page = await serve(
        demo.stage.sandbox, personas(demo.stage), LEADERSHIP, port=0, zone=ZONE.key, recording=recording
    )
    try:
        host, port = page.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await page.cleanup()


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        raise SystemExit("The screenshots need a Chromium on the PATH.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


async def _opened(browser: Browser, address: str, width: int, height: int) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, has_touch=width < 500, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto(address)
    await expect(page.locator("#server-name")).to_have_text(GUILD_NAME)
    await expect(page.locator(".message .picture img").last).to_be_visible()
    return page
