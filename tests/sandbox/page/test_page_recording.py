"""The panel of what is recorded, and the real bot behind the page: what people do is written down."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.paths import DataPaths
from sandbox.page_recording import SHOWN_ROWS, LogTail, Recorded, RecordedRow
from storage.event_log import NewRow, append
from storage.trouble import WarehouseUnavailable

pytestmark = pytest.mark.asyncio(loop_scope="session")
GUILD, STAFF_ROLE, AURORA, LOBBY = 2000, 4001, 5000, 3002
AT_MS = 1_763_384_400_000  # 14:00 in Berlin
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)


def new_rows(count, kind="VOICE_STATE_UPDATE", first=0):
    return [
        NewRow(n.to_bytes(16), "discord", kind, 1, None, AT_MS + n, AT_MS + n, AT_MS + n, "{}")
        for n in range(first, first + count)
    ]


@pytest.mark.asyncio(loop_scope="function")
async def test_the_tail_counts_from_the_first_look_and_shows_the_newest_rows(warehouse):
    tail = LogTail(warehouse, GUILD)
    async with warehouse.writing() as conn:
        await append(conn, GUILD, new_rows(SHOWN_ROWS + 10))
        await append(conn, GUILD + 1, new_rows(5))
    before = await tail()
    assert (before.total, before.counts, len(before.latest)) == (210, {}, SHOWN_ROWS)
    assert before.latest[0] == RecordedRow(210, "VOICE_STATE_UPDATE", AT_MS + 209)
    async with warehouse.writing() as conn:
        await append(conn, GUILD, new_rows(2, "GUILD_MEMBER_ADD", 1000) + new_rows(1, first=2000))
    after = await tail()
    assert after.total == 213
    assert after.counts == {"GUILD_MEMBER_ADD": 2, "VOICE_STATE_UPDATE": 1}
    assert [row.position for row in after.latest[:4]] == [213, 212, 211, 210]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1200])
async def test_the_panel_opens_follows_and_closes(open_page, width, keep_picture):
    rows, counts = [RecordedRow(1, "GUILD_SOMETHING_NEW", AT_MS)], {}

    async def recording():
        return Recorded(12_345 + len(rows), dict(counts), list(reversed(rows)))

    page = await open_page(width, 800, recording=recording)
    panel = page.locator("#recording")
    await expect(panel).to_be_hidden()
    await page.get_by_role("button", name="Recording").click()
    await expect(panel.locator("#recorded-total")).to_have_text("12,346")
    await expect(panel.locator("#nothing-yet")).to_be_visible()
    await expect(panel.locator("#recorded-rows li")).to_have_text(
        ["14:00Guild something newGUILD_SOMETHING_NEW"]
    )
    rows.append(RecordedRow(2, "VOICE_STATE_UPDATE", AT_MS + 60_000))
    counts["VOICE_STATE_UPDATE"] = 1
    await expect(panel.locator("#recorded-counts li")).to_have_text(["Voice1"])
    await expect(panel.locator("#recorded-rows li").first).to_have_text("14:01VoiceVOICE_STATE_UPDATE")
    await keep_picture(page, f"recording-{width}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()
    await expect(page.get_by_role("button", name="Recording")).to_be_focused()


@pytest.mark.browser
async def test_only_what_comes_while_one_looks_is_lit_and_a_run_of_one_type_is_one_line(open_page):
    rows, counts = [RecordedRow(n, "VOICE_STATE_UPDATE", AT_MS + n) for n in range(1, 4)], {"COVERAGE": 5}

    async def recording():
        return Recorded(len(rows), dict(counts), list(reversed(rows)))

    page = await open_page(recording=recording)
    await page.get_by_role("button", name="Recording").click()
    lines, lit = page.locator("#recorded-rows li"), page.locator("#recording .news")
    await expect(lines).to_have_text(["14:00Voice × 3VOICE_STATE_UPDATE"])
    await expect(lit).to_have_count(0)
    rows.append(RecordedRow(4, "VOICE_STATE_UPDATE", AT_MS + 60_000))
    rows.append(RecordedRow(5, "COVERAGE", AT_MS + 60_000))
    await expect(lines).to_have_text(
        ["14:01What was recorded until nowCOVERAGE", "14:01Voice × 4VOICE_STATE_UPDATE"]
    )
    await expect(lit).to_have_count(2)
    await page.locator("#close-recording").click()
    await page.get_by_role("button", name="Recording").click()
    await expect(lit).to_have_count(0)
    await expect(lines).to_have_count(2)


@pytest.mark.browser
async def test_without_a_recording_there_is_no_panel(open_page):
    page = await open_page()
    await expect(page.locator("#toggle-recording")).to_be_hidden()


@pytest.mark.browser
async def test_a_warehouse_that_is_away_leaves_the_panel_as_it_is(open_page):
    asked = asyncio.Event()

    async def recording():
        asked.set()
        raise WarehouseUnavailable("away")

    page = await open_page(recording=recording)
    await page.get_by_role("button", name="Recording").click()
    await asked.wait()
    await expect(page.locator("#recorded-total")).to_have_text("0")


@asynccontextmanager
async def real_bot(stand, folder):
    config = folder / "config.toml"
    config.write_text(f"[community]\nguild_id = {GUILD}\n[access]\nstaff_roles = [{STAFF_ROLE}]\n")
    paths = DataPaths(folder / "data")
    around = Surroundings(
        paths, str(paths.warehouse), stand.sandbox.api_url, clock=stand.sandbox.world.clock, pace=QUICK
    )
    bot = Bot.assemble(SettingsHolder(config), around)
    running = asyncio.create_task(bot.run(stand.sandbox.token))
    try:
        await stand.sandbox.commands_synced()
        yield bot
    finally:
        bot.stop_soon()
        await running


@pytest.mark.browser
async def test_the_real_bot_answers_and_records_what_people_do_on_the_page(stand, open_page, tmp_path):
    async with real_bot(stand, tmp_path) as bot:
        page = await open_page(recording=LogTail(bot.warehouse, GUILD))
        await page.get_by_role("button", name="Recording").click()
        counts = page.locator("#recorded-counts")
        await expect(page.locator("#recorded-total")).not_to_have_text("0")  # counted from here on
        await page.get_by_role("button", name="Lobby, voice").click()
        await expect(counts).to_contain_text("Voice1")
        await page.locator("#say").focus()
        await page.keyboard.type("/health")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator(".message.private .content, .message.private .embed").first).to_be_visible()
        await expect(counts).to_contain_text("Command used1")
        await page.locator("#column").get_by_role("button", name="Disconnect").click()
        await expect(counts).to_contain_text("Voice2")
        assert "Aurora" not in await page.locator("#recording").inner_text()
        await page.locator("#you").click()
        await page.get_by_role("menuitemradio", name="Cato").click()
        await expect(page.locator("#channel")).to_have_text("general")
        await page.locator("#say").focus()
        await page.keyboard.type("/health")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator(".message.private")).to_contain_text("is for staff")
