"""A small server on a real sandbox, its page in a real browser, and a client of the library that answers."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import interactions as ipy
import pytest
import pytest_asyncio
from aiohttp import web
from interactions.api.http.http_client import HTTPClient
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from sandbox.attachments import UploadedFile
from sandbox.discord import Sandbox
from sandbox.page_persona import Persona
from sandbox.page_server import serve
from sandbox.permissions import Overwrite, OverwriteKind, Permission
from sandbox.posting import edit, post, remove
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed

GUILD, STAFF_ROLE, HOST_ROLE = 2000, 4001, 4002
LEADERSHIP, GENERAL, LOBBY, ARENA, LOCKED = 3000, 3001, 3002, 3003, 3004
AURORA, BRAM, CATO = 5000, 5001, 5002
CROWD = [*range(5010, 5080)]
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
MONDAY_NINE = datetime(2025, 11, 17, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
NOW = MONDAY_NINE + timedelta(hours=5)
PERSONAS = (Persona(AURORA, "Staff"), Persona(BRAM, "Organizer"), Persona(CATO, "Member"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOOP = "session"  # one browser for all tests of this folder
PATIENCE_S = 60  # of a machine that is busy with other tests: what never comes still fails

expect.set_options(timeout=1000 * PATIENCE_S)


class SettableClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def guild_seed() -> GuildSeed:
    staff_only = (
        Overwrite(GUILD, OverwriteKind.ROLE, deny=Permission.VIEW_CHANNEL),
        Overwrite(STAFF_ROLE, OverwriteKind.ROLE, allow=Permission.VIEW_CHANNEL),
    )
    not_for_all = (Overwrite(GUILD, OverwriteKind.ROLE, deny=Permission.CONNECT),)
    named = [(AURORA, "Aurora", (STAFF_ROLE,)), (BRAM, "Bram", (HOST_ROLE,)), (CATO, "Cato", ())]
    crowd = [(user_id, f"Person {user_id}", ()) for user_id in CROWD]
    return GuildSeed(
        guild_id=GUILD,
        owner_id=AURORA,
        created_at=FOUNDED,
        name="Moonlit Club",
        roles=[
            RoleSeed(STAFF_ROLE, "Staff", Permission.MANAGE_EVENTS),
            RoleSeed(HOST_ROLE, "Host", Permission.CREATE_EVENTS),
        ],
        channels=[
            ChannelSeed(LEADERSHIP, "leadership", overwrites=staff_only),
            ChannelSeed(GENERAL, "general"),
            ChannelSeed(LOBBY, "Lobby", ChannelKind.VOICE),
            ChannelSeed(ARENA, "The arena with a name that is far too long", ChannelKind.VOICE),
            ChannelSeed(LOCKED, "Locked", ChannelKind.VOICE, overwrites=not_for_all),
        ],
        members=[MemberSeed(user_id, FOUNDED, name, roles) for user_id, name, roles in named + crowd],
        bot_name="Guild Insights",
        bot_roles=(STAFF_ROLE,),
    )


@dataclass
class Stand:
    """The server, its page's address, and shorthands for what the bot posts."""

    sandbox: Sandbox
    clock: SettableClock
    url: str = ""
    runners: list[web.AppRunner] = field(default_factory=list)

    async def serve(self, **options: Any) -> str:
        given = {"zone": "Europe/Berlin"} | options
        personas = given.pop("personas", PERSONAS)
        self.runners.append(await serve(self.sandbox, personas, LEADERSHIP, port=0, **given))
        host, port = self.runners[-1].addresses[0]
        self.url = f"http://{host}:{port}"
        return self.url

    def post(self, content: str = "", *, at: datetime | None = None, files: Any = (), **parts: Any) -> Any:
        """A message of the bot, in #leadership unless `channel_id` says otherwise."""
        now, self.clock.moment = self.clock.moment, at or self.clock.moment
        body = {"content": content, **{k: parts.pop(k) for k in ("embeds", "components") if k in parts}}
        uploads = [
            UploadedFile(f"files[{n}]", name, blob, kind) for n, (name, blob, kind, _) in enumerate(files)
        ]
        body["attachments"] = [{"id": str(n), "description": alt} for n, (*_, alt) in enumerate(files)]
        channel_id, author = parts.pop("channel_id", LEADERSHIP), self.sandbox.world.application.user
        message = post(self.sandbox.world, channel_id, author, body, uploads, **parts)
        self.clock.moment = now
        return message

    def be_impatient(self) -> None:
        """Do not wait Discord's three seconds for an answer that never comes."""
        world = self.sandbox.world
        world.limits = replace(world.limits, acknowledge_within_s=0.4)

    def edit(self, message: Any, content: str) -> None:
        edit(self.sandbox.world, message, {"content": content})

    def remove(self, message: Any) -> None:
        remove(self.sandbox.world, message)


@pytest_asyncio.fixture(loop_scope=LOOP)
async def stand() -> AsyncIterator[Stand]:
    clock = SettableClock(NOW)
    sandbox = await Sandbox.start(guild_seed(), clock=clock, keep_requests=False)
    made = Stand(sandbox, clock)
    yield made
    for runner in made.runners:
        await runner.cleanup()
    await sandbox.stop()


@pytest_asyncio.fixture(loop_scope=LOOP, scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        reason = "the page's tests need a Chromium on the PATH"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope=LOOP, scope="session")
async def window(browser: Browser) -> AsyncIterator[Callable[[int, int], Awaitable[Page]]]:
    """Opens a new tab of that size. What a tab remembers is its own, so the windows can be shared."""
    windows: dict[tuple[int, int], BrowserContext] = {}

    async def open_tab(width: int, height: int) -> Page:
        if (width, height) not in windows:
            windows[width, height] = await browser.new_context(
                viewport={"width": width, "height": height},
                timezone_id="America/New_York",
                has_touch=width < 500,
                reduced_motion="reduce",
            )
        return await windows[width, height].new_page()

    yield open_tab
    for context in windows.values():
        await context.close()


Opener = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope=LOOP)
async def open_page(stand: Stand, window: Callable[[int, int], Awaitable[Page]]) -> AsyncIterator[Opener]:
    """Open the page at the given size. Nothing may go wrong in it, and nothing come from elsewhere."""
    troubles: list[str] = []
    pages: list[Page] = []

    def watch(page: Page) -> None:
        page.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith(stand.url) else troubles.append(f"elsewhere: {r.url}"),
        )

    async def start(width: int = 1200, height: int = 900, **options: Any) -> Page:
        address = stand.url if stand.url and not options else await stand.serve(**options)
        page = await window(width, height)
        pages.append(page)
        watch(page)
        await page.goto(address)
        await expect(page.locator("#server-name")).to_have_text("Moonlit Club")
        return page

    yield start
    before_closing = list(troubles)
    for page in pages:
        await page.close()
    assert before_closing == []


@pytest.fixture
def keep_picture() -> Callable[[Page, str], Awaitable[None]]:
    """For people who want to look: set PAGE_PICTURES to a folder."""

    async def keep(page: Page, name: str) -> None:
        if folder := os.environ.get("PAGE_PICTURES"):
            await page.screenshot(path=f"{folder}/{name}.png")

    return keep


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until something holds in the sandbox; fails after a while."""

    async def wait(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110 - what it waits for happens in the browser and sets no event
                await asyncio.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def picture() -> Callable[..., tuple[str, bytes, str, str]]:
    """Makes a picture to attach: name, bytes, type, alt text."""

    def draw(name: str = "weekly.png", size: tuple[int, int] = (1200, 675), alt: str = "Line chart") -> Any:
        out = BytesIO()
        Image.new("RGB", size, "#2f6fa8").save(out, "PNG")
        return name, out.getvalue(), "image/png", alt

    return draw


# ---- a bot that answers
class LocalHTTP(HTTPClient):
    def __init__(self, base: str) -> None:
        super().__init__(logger=logging.getLogger("sandbox-client"))
        self._base = base

    async def request(self, route: Any, *args: Any, **kwargs: Any) -> Any:
        route.BASE = self._base
        return await super().request(route, *args, **kwargs)


@pytest_asyncio.fixture(loop_scope=LOOP)
async def connect(stand: Stand) -> AsyncIterator[Callable[..., Awaitable[ipy.Client]]]:
    """Logs the library's client in, with the commands and buttons given."""
    tasks: list[asyncio.Task[None]] = []

    async def start(*commands: Any) -> ipy.Client:
        logger = logging.getLogger("sandbox-client")
        logger.setLevel(logging.CRITICAL)
        bot = ipy.Client(intents=ipy.Intents.GUILDS, send_command_tracebacks=False, logger=logger)
        bot.http = LocalHTTP(stand.sandbox.api_url)
        for command in commands:
            bot.add_command(command)
        tasks.append(asyncio.create_task(bot.astart(stand.sandbox.token)))
        async with asyncio.timeout(PATIENCE_S):
            await bot.wait_until_ready()
        if any(isinstance(command, ipy.SlashCommand) for command in commands):
            await stand.sandbox.commands_synced()
        return bot

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Subcommand(ipy.SlashCommand):
    """Without the two keys that the library writes into a subcommand and Discord knows on commands only."""

    def to_dict(self) -> dict[str, Any]:
        shape: dict[str, Any] = super().to_dict()
        return {key: value for key, value in shape.items() if key not in ("contexts", "integration_types")}


@pytest.fixture
def insights() -> Callable[..., ipy.SlashCommand]:
    """Makes "/insights <name>" with an answer of its own; `complete` answers the first option's typing."""

    def command(name: str, answer: Any, options: Any = (), complete: Any = None) -> Subcommand:
        made = Subcommand(
            name="insights",
            description="What happens here",
            sub_cmd_name=name,
            sub_cmd_description=f"About {name}",
            options=[ipy.SlashCommandOption(**{"description": "What it is", **o}) for o in options],
            callback=answer,
        )
        if complete:
            made.autocomplete(options[0]["name"])(complete)
        return made

    return command
