"""Pictures open in full size, several are laid out as in Discord, files are cards with their first lines."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
SHOWN_IN_REAL_SIZE = (
    "() => { const i = document.querySelector('#lightbox img'); return i.clientWidth === i.naturalWidth; }"
)


@pytest.mark.parametrize("width", [390, 1000])
async def test_a_picture_opens_fits_the_window_zooms_to_its_real_size_and_closes(
    stand, open_page, picture, width
):
    stand.post("Look", files=[picture(alt="Line chart, weekly active members")])
    page = await open_page(width, 700)
    image = page.locator(".picture img")
    await expect(image).to_have_attribute("alt", "Line chart, weekly active members")
    await image.click()
    lightbox = page.locator("#lightbox")
    await expect(lightbox.locator("img")).to_have_js_property("naturalWidth", 1200)
    box = await lightbox.locator("img").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 700
    await expect(lightbox.locator(".caption")).to_have_text("Line chart, weekly active members")
    await expect(lightbox.locator(".caption")).to_be_in_viewport()
    assert not await page.evaluate(SHOWN_IN_REAL_SIZE)
    await page.get_by_role("button", name="Show in real size").click()
    assert await page.evaluate(SHOWN_IN_REAL_SIZE)
    await page.get_by_role("button", name="Fit to the window").click()
    assert not await page.evaluate(SHOWN_IN_REAL_SIZE)
    await page.keyboard.press("Escape")
    await expect(lightbox).to_be_hidden()
    await expect(page.locator(".picture")).to_be_focused()


async def test_on_a_phone_a_long_caption_is_read_whole_beside_the_whole_picture(stand, open_page, picture):
    stand.post("Look", files=[picture(alt="Eight weeks, each with its number and its range. " * 12)])
    page = await open_page(390, 844)
    await page.locator(".picture img").click()
    caption, image = page.locator("#lightbox .caption"), page.locator("#lightbox img")
    await expect(image).to_have_js_property("naturalWidth", 1200)
    assert await caption.evaluate("node => node.scrollHeight <= node.clientHeight")
    shown, words = await image.bounding_box(), await caption.bounding_box()
    assert shown["width"] > 300
    assert shown["y"] >= 48 and shown["y"] + shown["height"] <= words["y"]


async def test_a_click_beside_the_picture_closes_it(stand, open_page, picture):
    stand.post("Look", files=[picture()])
    page = await open_page()
    await page.locator(".picture").click()
    await expect(page.locator("#lightbox img")).to_be_visible()
    await page.mouse.click(5, 300)
    await expect(page.locator("#lightbox")).to_be_hidden()


async def test_the_arrow_keys_lead_from_picture_to_picture(stand, open_page, picture):
    stand.post("Three", files=[picture(f"{n}.png", alt=f"Chart {n}") for n in range(3)])
    page = await open_page()
    await page.locator(".picture").nth(0).focus()
    await page.keyboard.press("Enter")
    caption = page.locator("#lightbox .caption")
    await expect(caption).to_have_text("Chart 0")
    await page.keyboard.press("ArrowRight")
    await expect(caption).to_have_text("Chart 1")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await expect(caption).to_have_text("Chart 2")


@pytest.mark.parametrize(("count", "rows"), [(2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [2, 3])])
async def test_several_pictures_are_laid_out_in_a_grid(stand, open_page, picture, count, rows):
    stand.post("Some", files=[picture(f"{n}.png") for n in range(count)])
    page = await open_page(390)
    pictures = page.locator(".picture")
    await expect(pictures).to_have_count(count)
    boxes = [await pictures.nth(n).bounding_box() for n in range(count)]
    tops = sorted({round(box["y"]) for box in boxes})
    assert [sum(round(box["y"]) == top for box in boxes) for top in tops] == rows
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    assert max(box["y"] + box["height"] for box in boxes) - tops[0] < 330
    for one in boxes:
        overlapping = [
            two
            for two in boxes
            if two is not one
            and abs(one["x"] + one["width"] / 2 - two["x"] - two["width"] / 2)
            < (one["width"] + two["width"]) / 2 - 1
            and abs(one["y"] + one["height"] / 2 - two["y"] - two["height"] / 2)
            < (one["height"] + two["height"]) / 2 - 1
        ]
        assert overlapping == []


async def test_a_table_is_a_card_with_its_first_lines(stand, open_page):
    table = "member,minutes\n" + "".join(f"<@{5000 + n}>,{n}\n" for n in range(40))
    stand.post("Who came", files=[("attendees.csv", table.encode(), "application/octet-stream", "")])
    page = await open_page(360)
    card = page.locator(".file")
    await expect(card.locator(".preview")).to_contain_text("member,minutes\n<@5000>,0")
    assert len((await card.locator(".preview").inner_text()).splitlines()) == 6
    await card.get_by_role("button", name="Show all 41 lines").click()
    await expect(card.locator(".preview")).to_contain_text("<@5039>,39")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    async with page.expect_download() as downloading:
        await card.get_by_role("link", name="attendees.csv", exact=True).click()
    download = await downloading.value
    assert download.suggested_filename == "attendees.csv"
    with open(await download.path(), "rb") as file:  # noqa: ASYNC230, PTH123 - a small one, once
        assert file.read() == table.encode()


async def test_a_file_that_is_no_text_has_no_preview(stand, open_page):
    stand.post("Blob", files=[("data.bin", b"\x00" * 2048, "application/octet-stream", "")])
    page = await open_page()
    await expect(page.locator(".file small")).to_have_text("2.0 KB")
    await expect(page.locator(".file .preview")).to_have_count(0)
