from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from sandbox.changes import Changes
from sandbox.page_server import PageUnavailable, serve

CHANNEL, VIEWER, BOT = 500, 7, 9
MONDAY_NINE = datetime(2025, 11, 17, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
NOW = MONDAY_NINE + timedelta(hours=5)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all tests of this file
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESCRIPTION = (
    "**Worth a look**\n⚠️ No-shows **31 %** (20/64) · was 14 % · **clearly worse**\n\n"
    "**Community · changes within noise**\nActive members **187** of 331 · was 178\n"
    "Host of \\*\\*Café\\*\\* \\_night\\_ 5 \\> 3"
)


def picture(size: tuple[int, int] = (1200, 675)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#2f6fa8").save(out, "PNG")
    return out.getvalue()


@dataclass
class Answer:
    failing: Exception | None = None

    async def settled(self, timeout_s: float = 10.0) -> object:
        if self.failing:
            raise self.failing
        return self


@dataclass
class Channel:
    """What the page needs of a sandbox, with nobody behind it."""

    changed: Changes = field(default_factory=Changes)
    posted: list[dict[str, Any]] = field(default_factory=list)
    files: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    pressed: list[tuple[int, int, str]] = field(default_factory=list)
    ran: list[tuple[int, str]] = field(default_factory=list)
    answer: Answer = field(default_factory=Answer)

    def messages(self, channel_id: int, seen_by: int | None = None) -> list[dict[str, Any]]:
        return [m for m in self.posted if channel_id == CHANNEL and (seen_by or not m["flags"] & 64)]

    def attachment(self, attachment_id: int) -> tuple[bytes, str]:
        return self.files[attachment_id]

    def press(self, user_id: int, message_id: int, custom_id: str) -> Answer:
        if all(int(message["id"]) != message_id for message in self.posted):
            raise LookupError(f"no message {message_id}")
        self.pressed.append((user_id, message_id, custom_id))
        return self.answer

    def run_command(
        self, user_id: int, command: str, options: Any = None, *, channel_id: int | None = None
    ) -> Answer:
        self.ran.append((user_id, command))
        return self.answer

    def post(self, content: str = "", at: datetime = MONDAY_NINE, **parts: Any) -> dict[str, Any]:
        message = {
            "id": str(1000 + len(self.posted)),
            "channel_id": str(CHANNEL),
            "author": {"id": str(BOT), "username": "Guild Insights", "bot": True},
            "content": content,
            "timestamp": at.isoformat(),
            "edited_timestamp": None,
            "flags": 0,
            "embeds": [],
            "components": [],
            "attachments": [],
            **parts,
        }
        self.posted.append(message)
        self.changed.notify()
        return message

    def attach(
        self, content: bytes, filename: str, content_type: str = "image/png", **described: str
    ) -> dict[str, Any]:
        number = 1 + len(self.files)
        self.files[number] = (content, content_type)
        address = f"https://elsewhere.invalid/{filename}"
        return {
            "id": str(number), "filename": filename, "size": len(content), "content_type": content_type,
            "url": address, "proxy_url": address, **described,
        }  # fmt: skip

    def post_digest(self, **parts: Any) -> dict[str, Any]:
        digest: dict[str, Any] = {
            "content": "No-shows doubled to 31 %; otherwise a steady week with 187 active members.",
            "attachments": [
                self.attach(picture(), "weekly.png", description="Line chart, weekly active members")
            ],
            "embeds": [
                {
                    "type": "rich",
                    "title": "Week 46 · 10–16 Nov 2025",
                    "description": DESCRIPTION,
                    "color": 0xF5A742,
                    "footer": {"text": "Europe/Berlin · 95 % intervals · rules 3f2a91"},
                }
            ],
            "components": [row("Growth", "Segments", "Retention", "Events", "How counted")],
        }
        return self.post(**(digest | parts))


def row(*labels: str) -> dict[str, Any]:
    return {
        "type": 1,
        "components": [{"type": 2, "style": 2, "label": n, "custom_id": n.lower()} for n in labels],
    }


@pytest.fixture
def channel() -> Channel:
    return Channel()


Opener = Callable[..., Any]


@pytest_asyncio.fixture(loop_scope="module")
async def served(channel: Channel) -> AsyncIterator[Callable[..., Any]]:
    """Serve the channel with the given options; gives the address."""
    runners: list[web.AppRunner] = []

    async def start(**options: Any) -> str:
        options = {"zone": "Europe/Berlin", "now": lambda: NOW} | options
        runners.append(await serve(channel, CHANNEL, port=0, **options))
        host, port = runners[-1].addresses[0]
        return f"http://{host}:{port}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        reason = "the page's tests need a Chromium on the PATH"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(served: Opener, browser: Browser) -> AsyncIterator[Opener]:
    """Open the page at the given width. Nothing may go wrong in it, and nothing come from elsewhere."""
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    async def start(width: int = 1200, height: int = 900, **options: Any) -> Page:
        address = await served(**options)
        size: ViewportSize = {"width": width, "height": height}
        contexts.append(await browser.new_context(viewport=size, timezone_id="America/New_York"))
        page = await contexts[-1].new_page()
        page.on(
            "console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
        page.on(
            "request", lambda r: None if r.url.startswith(address) else troubles.append(f"elsewhere: {r.url}")
        )
        await page.goto(address)
        await expect(page.locator("#channel")).to_have_text("leadership")
        return page

    yield start
    before_closing = list(troubles)
    for context in contexts:
        await context.close()
    assert before_closing == []


# ---- in a browser
@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1200])
async def test_a_digest_looks_as_in_discord(
    channel: Channel, open_page: Opener, width: int, tmp_path: Any
) -> None:
    channel.post_digest()
    page = await open_page(width)
    message = page.locator(".message")
    await expect(message.locator(".author")).to_have_text("Guild Insights")
    await expect(message.locator(".badge")).to_have_text("APP")
    await expect(message.locator("time").first).to_have_text("Today at 09:00")
    await expect(message.locator(".content")).to_contain_text("No-shows doubled to 31 %")
    await expect(message.locator(".embed .title")).to_have_text("Week 46 · 10–16 Nov 2025")
    await expect(message.locator(".embed .foot")).to_contain_text("95 % intervals")
    await expect(message.locator(".embed")).to_have_css("border-left-color", "rgb(245, 167, 66)")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await keep_picture(page, f"digest-{width}")


async def keep_picture(page: Page, name: str) -> None:
    """For people who want to look: set PAGE_PICTURES to a folder."""
    if folder := os.environ.get("PAGE_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.browser
async def test_markdown_is_shown_and_escaped_characters_are_text(channel: Channel, open_page: Opener) -> None:
    channel.post_digest()
    page = await open_page()
    description = page.locator(".embed .description")
    await expect(description.locator("strong").first).to_have_text("Worth a look")
    assert await description.locator("strong").count() == 5
    shown = await description.inner_text()
    assert "Host of **Café** _night_ 5 > 3" in shown.splitlines()
    assert shown.splitlines()[2] == ""


MARKDOWN = [
    ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
    ("**bold *both***", "<strong>bold <em>both</em></strong>"),
    ("*a* __b__ ~~c~~ `**d**`", "<em>a</em> <u>b</u> <s>c</s> <code>**d**</code>"),
    ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
    ("one\ntwo", "one\ntwo"),
    ("-# small", '<div class="small-print">small</div>'),
    ("## Title\ntext", '<h4 class="md">Title</h4>text'),
    ("<t:1763366400:t>", '<time class="moment" datetime="2025-11-17T08:00:00.000Z">09:00</time>'),
    ("javascript:alert(1) [x](javascript:alert(1))", "javascript:alert(1) [x](javascript:alert(1))"),
    ("unclosed **bold and `code", "unclosed **bold and `code"),
]


@pytest.mark.browser
async def test_markdown(channel: Channel, open_page: Opener) -> None:
    channel.posted = [
        channel.post(written, at=NOW + timedelta(hours=n)) for n, (written, _) in enumerate(MARKDOWN)
    ]
    page = await open_page()
    shown = await page.locator(".content").evaluate_all("nodes => nodes.map(node => node.innerHTML)")
    assert dict(zip([written for written, _ in MARKDOWN], shown, strict=True)) == dict(MARKDOWN)


@pytest.mark.browser
async def test_a_new_message_and_an_edit_appear_without_a_reload(channel: Channel, open_page: Opener) -> None:
    page = await open_page()
    await expect(page.locator("#beginning")).to_contain_text("Welcome to #leadership!")
    await keep_picture(page, "empty")
    await page.evaluate("window.untouched = true")
    message = channel.post_digest()
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator("#beginning")).to_be_hidden()
    message |= {"content": "corrected", "edited_timestamp": NOW.isoformat()}
    channel.changed.notify()
    await expect(page.locator(".content")).to_contain_text("corrected (edited)")
    channel.posted.clear()
    channel.changed.notify()
    await expect(page.locator(".message")).to_have_count(0)
    assert await page.evaluate("window.untouched")


@pytest.mark.browser
async def test_what_did_not_change_is_left_alone(channel: Channel, open_page: Opener) -> None:
    channel.post("first")
    page = await open_page()
    await page.locator(".message").evaluate("node => node.marked = true")
    channel.post("second", at=MONDAY_NINE + timedelta(hours=1))
    await expect(page.locator(".message")).to_have_count(2)
    assert await page.locator(".message").first.evaluate("node => node.marked")


@pytest.mark.browser
async def test_a_picture_opens_in_full_size(channel: Channel, open_page: Opener) -> None:
    channel.post_digest()
    page = await open_page(390)
    image = page.locator(".picture img")
    await expect(image).to_have_attribute("alt", "Line chart, weekly active members")
    await expect(image).to_have_js_property("naturalWidth", 1200)
    async with page.expect_popup() as opening:
        await image.click()
    opened = await opening.value
    await opened.wait_for_load_state()
    assert await opened.evaluate("document.images[0].naturalWidth") == 1200


@pytest.mark.browser
async def test_the_newest_message_is_in_view_and_stays_so(channel: Channel, open_page: Opener) -> None:
    for hours in range(6):
        channel.post_digest(at=MONDAY_NINE - timedelta(days=7 * (6 - hours)))
    page = await open_page(390, 700)
    last = page.locator(".message").last.locator("button").last
    await expect(last).to_be_in_viewport()
    channel.post_digest()
    await expect(page.locator(".message")).to_have_count(7)
    await expect(page.locator(".message").last.locator("button").last).to_be_in_viewport()


@pytest.mark.browser
async def test_without_a_viewer_buttons_cannot_be_pressed(channel: Channel, open_page: Opener) -> None:
    channel.post_digest()
    page = await open_page(commands=("insights health",))
    assert await page.locator(".message button:disabled").count() == 5
    await expect(page.locator("#composer")).to_be_hidden()


@pytest.mark.browser
async def test_the_viewer_presses_a_button_and_reads_the_private_answer(
    channel: Channel, open_page: Opener
) -> None:
    message = channel.post_digest()
    page = await open_page(390, viewer_id=VIEWER)
    await page.get_by_role("button", name="How counted").click()
    await until(lambda: channel.pressed == [(VIEWER, int(message["id"]), "how counted")])
    channel.post("Counted like **this**.", at=NOW, flags=64)
    await expect(page.locator(".message.private .content")).to_have_text("Counted like this.")
    await keep_picture(page, "private-390")
    await page.get_by_role("button", name="Dismiss message").click()
    await expect(page.locator(".message")).to_have_count(1)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what it waits for happens in the browser and sets no event
            await asyncio.sleep(0.02)


@pytest.mark.browser
async def test_a_bot_that_does_not_answer_is_told_as_discord_tells_it(
    channel: Channel, open_page: Opener
) -> None:
    channel.answer.failing = TimeoutError()
    channel.post_digest()
    page = await open_page(viewer_id=VIEWER)
    await page.get_by_role("button", name="Growth").click()
    await expect(page.locator(".failed")).to_have_text("The application did not respond")
    await expect(page.get_by_role("button", name="Growth")).to_be_enabled()


@pytest.mark.browser
async def test_the_viewer_runs_a_command_and_sees_it_wait(channel: Channel, open_page: Opener) -> None:
    page = await open_page(viewer_id=VIEWER, commands=("insights health",))
    await page.get_by_role("button", name="/insights health").click()
    await until(lambda: channel.ran == [(VIEWER, "insights health")])
    command = {"name": "insights health", "user": {"id": str(VIEWER), "username": "Lead"}}
    answer = channel.post(at=NOW, flags=64 | 128, interaction=command)
    await expect(page.locator(".used")).to_have_text("Lead used /insights health")
    await expect(page.locator(".thinking")).to_contain_text("Guild Insights is thinking")
    answer |= {"flags": 64, "content": "187 people were active, 9 more than the week before: within noise."}
    channel.changed.notify()
    await expect(page.locator(".content")).to_contain_text("187 people were active")
    await expect(page.locator(".thinking")).to_have_count(0)
    await keep_picture(page, "command-1200")


@pytest.mark.browser
async def test_days_are_told_apart_and_close_messages_are_grouped(
    channel: Channel, open_page: Opener
) -> None:
    for text, ago in (("old", 40 * 24), ("yesterday", 24), ("today", 1), ("just after", 0.95)):
        channel.post(text, at=NOW - timedelta(hours=ago))
    page = await open_page()
    assert await page.locator(".day").all_inner_texts() == [
        "8 October 2025",
        "16 November 2025",
        "17 November 2025",
    ]
    assert await page.locator(".byline time").all_inner_texts() == [
        "08/10/2025 15:00",
        "Yesterday at 14:00",
        "Today at 13:00",
    ]
    assert await page.locator(".message.grouped").count() == 1


@pytest.mark.browser
async def test_odd_messages_do_not_break_the_page(channel: Channel, open_page: Opener) -> None:
    fields = [{"name": "**A**", "value": "1", "inline": True}, {"name": "B", "value": "2"}]
    channel.post(
        "x" * 2000,
        embeds=[{"fields": fields, "image": {"url": "attachment://in.png"}}, {"color": 0}, {}],
        attachments=[
            channel.attach(b"a,b\n1,2\n", "<b>numbers &.csv", "text/csv"),
            channel.attach(picture((90, 900)), "in.png"),
        ],
        components=[
            {"type": 1, "components": [{"type": 3, "custom_id": "m", "placeholder": "Pick one"}]},
            {"type": 1},
        ],
    )
    page = await open_page(390)
    await expect(page.locator(".file a")).to_have_text("<b>numbers &.csv")
    await expect(page.locator(".embed .picture img")).to_have_count(1)
    await expect(page.locator(".menu")).to_have_text("Pick one")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


# ---- over plain HTTP
async def test_files_are_served_byte_for_byte(channel: Channel, served: Opener) -> None:
    content = bytes(range(256)) * 40
    file = channel.attach(content, "data.bin", "application/octet-stream")
    async with aiohttp.ClientSession(await served()) as session:
        async with session.get(f"/attachments/{file['id']}/data.bin") as answer:
            assert (await answer.read(), answer.content_type) == (content, "application/octet-stream")
        for missing in (
            "/attachments/99/x",
            "/attachments/x/x",
            "/page/..%2Fpage_server.py",
            "/page/none.js",
        ):
            async with session.get(missing) as answer:
                assert answer.status == 404


async def test_the_page_forbids_whatever_comes_from_elsewhere(served: Opener) -> None:
    async with aiohttp.ClientSession(await served()) as session, session.get("/") as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "http" not in await answer.text()


@pytest.mark.parametrize(
    ("path", "body", "options", "status"),
    [
        (
            "/press",
            {"data": '{"message_id": "1", "custom_id": "x"}', "headers": {"Content-Type": "text/plain"}},
            {},
            415,
        ),
        ("/press", {"json": {"message_id": "1"}}, {}, 400),
        ("/press", {"json": []}, {}, 400),
        ("/press", {"json": {"message_id": "1", "custom_id": "x"}}, {"viewer_id": None}, 403),
        ("/command", {"json": {"command": "insights erase"}}, {}, 404),
    ],
)
async def test_what_may_not_be_done_is_refused(
    channel: Channel, served: Opener, path: str, body: dict[str, Any], options: dict[str, Any], status: int
) -> None:
    address = await served(**({"viewer_id": VIEWER, "commands": ("insights health",)} | options))
    async with aiohttp.ClientSession(address) as session, session.post(path, **body) as answer:
        assert answer.status == status
    assert not channel.pressed and not channel.ran


async def test_pressing_what_is_gone_is_one_sentence(served: Opener) -> None:
    pressed = {"message_id": "1", "custom_id": "x"}
    address = await served(viewer_id=VIEWER)
    async with aiohttp.ClientSession(address) as session, session.post("/press", json=pressed) as answer:
        assert await answer.json() == {"trouble": "This interaction failed: no message 1"}


async def test_a_taken_port_is_one_sentence(served: Opener, channel: Channel) -> None:
    port = int((await served()).rpartition(":")[2])
    with pytest.raises(PageUnavailable, match=f"127.0.0.1:{port}.*choose another port"):
        await serve(channel, CHANNEL, port=port)


async def test_unchanged_channels_are_not_sent_again(channel: Channel, served: Opener) -> None:
    channel.post("one")
    async with aiohttp.ClientSession(await served()) as session, session.get("/events") as events:
        assert b'"one"' in await events.content.readline()
        await events.content.readline()
        for _ in range(3):
            channel.changed.notify()
        channel.post("two")
        assert b'"two"' in await events.content.readline()
