"""The middle of the page: messages as in Discord, buttons, private answers, what changes while one looks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import interactions as ipy
import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
AURORA, BRAM, GENERAL, LOBBY, STAFF_ROLE = 5000, 5001, 3001, 3002, 4001
MONDAY_NINE = datetime(2025, 11, 17, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
NOW = MONDAY_NINE + timedelta(hours=5)
DESCRIPTION = (
    "**Worth a look**\n⚠️ No-shows **31 %** (20/64) · was 14 % · **clearly worse**\n\n"
    "**Community · changes within noise**\nActive members **187** of 331 · was 178\n"
    "Host of \\*\\*Café\\*\\* \\_night\\_ 5 \\> 3"
)


def row(*labels):
    buttons = [{"type": 2, "style": 2, "label": n, "custom_id": n.lower()} for n in labels]
    return {"type": 1, "components": buttons}


@pytest.fixture
def post_digest(stand, picture):
    def post(at=MONDAY_NINE, **parts):
        digest = {
            "content": "No-shows doubled to 31 %; otherwise a steady week with 187 active members.",
            "files": [picture(alt="Line chart, weekly active members")],
            "embeds": [
                {
                    "title": "Week 46 · 10–16 Nov 2025",
                    "description": DESCRIPTION,
                    "color": 0xF5A742,
                    "footer": {"text": "Europe/Berlin · 95 % intervals · rules 3f2a91"},
                }
            ],
            "components": [row("Growth", "Segments", "Retention", "Events", "How counted")],
        }
        return stand.post(**(digest | parts), at=at)

    return post


@pytest.mark.parametrize("width", [360, 1200])
async def test_a_digest_looks_as_in_discord(post_digest, open_page, keep_picture, width):
    post_digest()
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


async def test_markdown_is_shown_and_escaped_characters_are_text(post_digest, open_page):
    post_digest()
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
    ("- a\n- b\n  - c", '<ul><li>a</li><li>b</li><li class="deep">c</li></ul>'),
    ("1. a\n2. b\nend", "<ol><li>a</li><li>b</li></ol>end"),
    ("> quoted", "<blockquote>quoted</blockquote>"),
    ("```\n**x**\n```after", '<pre class="code-block">**x**</pre>after'),
    (f"<@{BRAM}>", '<span class="mention">@Bram</span>'),
    ("<@999> <#999>", '<span class="mention">@unknown-user</span> <span class="mention">#unknown</span>'),
    (
        f"<@&{STAFF_ROLE}> <#{LOBBY}>",
        '<span class="mention">@Staff</span> <span class="mention">#Lobby</span>',
    ),
    (
        "<t:1763366400:t>",
        '<time class="moment" datetime="2025-11-17T08:00:00.000Z">09:00</time>',
    ),
    ("javascript:alert(1) [x](javascript:alert(1))", "javascript:alert(1) [x](javascript:alert(1))"),
    ("unclosed **bold and `code", "unclosed **bold and `code"),
]


async def test_markdown(stand, open_page):
    for hours, (written, _) in enumerate(MARKDOWN):  # further apart than what is grouped
        stand.post(written, at=NOW + timedelta(hours=hours))
    page = await open_page()
    await expect(page.locator(".content")).to_have_count(len(MARKDOWN))
    await page.evaluate("document.querySelectorAll('.moment').forEach((one) => one.removeAttribute('title'))")
    shown = await page.locator(".content").evaluate_all("nodes => nodes.map(node => node.innerHTML)")
    assert list(zip([written for written, _ in MARKDOWN], shown, strict=True)) == MARKDOWN


async def test_a_relative_moment_goes_on_with_the_sandboxes_time(stand, open_page):
    stand.post(f"Starts <t:{int(NOW.timestamp()) + 300}:R>")
    page = await open_page()
    await expect(page.locator(".moment")).to_have_text("in 5 minutes")
    stand.clock.moment += timedelta(minutes=7)
    await expect(page.locator(".moment")).to_have_text("2 minutes ago")


async def test_an_empty_channel_says_what_can_be_tried(stand, open_page):
    page = await open_page()
    await page.locator("#text-channels .channel", has_text="general").click()
    await expect(page.locator("#beginning")).to_contain_text("Welcome to #general!")
    await expect(page.locator("#beginning")).to_contain_text("for the bot’s commands, join a voice channel")


async def test_a_new_message_an_edit_and_a_deletion_appear_without_a_reload(stand, open_page, post_digest):
    page = await open_page()
    await expect(page.locator("#beginning")).to_contain_text("Welcome to #leadership!")
    await expect(page.locator("#beginning")).to_contain_text("The first digest appears here by itself.")
    await page.evaluate("window.untouched = true")
    message = post_digest()
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator("#beginning")).to_be_hidden()
    stand.edit(message, "corrected")
    await expect(page.locator(".content")).to_contain_text("corrected (edited)")
    stand.remove(message)
    await expect(page.locator(".message")).to_have_count(0)
    assert await page.evaluate("window.untouched")


async def test_among_hundreds_of_messages_only_what_changed_is_touched(stand, open_page):
    for n in range(400):
        message = stand.post(f"Message {n}", at=NOW - timedelta(minutes=400 - n))
    for person in range(5010, 5070):
        stand.sandbox.voice(person, LOBBY)
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(400)
    await expect(page.locator(".message").last).to_be_in_viewport()
    await page.evaluate("""
        window.touched = 0;
        new MutationObserver((all) => all.forEach((one) => {
            window.touched += one.addedNodes.length + one.removedNodes.length;
        })).observe(document.querySelector("#messages"), {childList: true, subtree: true});
    """)
    stand.sandbox.voice(5010, LOBBY, self_mute=True)
    await expect(page.locator(".person", has_text="5010").locator(".icon")).to_have_count(1)
    assert await page.evaluate("window.touched") == 0
    stand.post("One more")
    await expect(page.locator(".message").last).to_contain_text("One more")
    await expect(page.locator(".message").last).to_be_in_viewport()
    assert await page.evaluate("window.touched") == 1
    stand.edit(message, "Changed")
    await expect(page.locator(".content", has_text="Changed")).to_have_count(1)
    assert await page.evaluate("window.touched") <= 5  # itself, and the one that is grouped after it


async def test_whoever_reads_further_up_stays_there_and_can_jump_to_the_newest(stand, open_page, post_digest):
    for weeks in range(6):
        post_digest(at=MONDAY_NINE - timedelta(days=7 * (6 - weeks)))
    page = await open_page(390, 700)
    last = page.locator(".message").last
    await expect(last.locator(".content")).to_be_in_viewport()
    await page.locator("#scroller").dispatch_event("wheel")
    await page.locator("#scroller").evaluate("node => { node.scrollTop = 0; }")
    post_digest()
    await expect(page.locator(".message")).to_have_count(7)
    await expect(page.locator(".day").first).to_be_in_viewport()
    await page.get_by_role("button", name="Jump to the newest").click()
    await expect(last.locator("button").last).to_be_in_viewport()
    await expect(page.locator("#newest")).to_be_hidden()
    stand.post("After")
    await expect(page.locator(".message").last).to_be_in_viewport()


async def test_at_first_sight_the_newest_digest_is_read_from_its_beginning(stand, open_page, post_digest):
    post_digest(at=MONDAY_NINE - timedelta(days=7))
    post_digest()
    for _ in range(3):
        stand.post("An answer to somebody\n" * 10, only_for=AURORA, flags=64)
    page = await open_page(390, 700)
    digest = page.locator(".message:not(.private)").last
    await expect(digest.locator(".byline")).to_be_in_viewport()
    stand.post("One more", only_for=AURORA, flags=64)
    await expect(page.locator(".message")).to_have_count(6)
    await expect(digest.locator(".byline")).to_be_in_viewport()
    await page.get_by_role("button", name="Jump to the newest").click()
    await expect(page.locator(".message").last).to_be_in_viewport()
    await page.reload()  # it has been read
    await expect(page.locator(".message").last).to_be_in_viewport()


async def test_days_are_told_apart_and_close_messages_are_grouped(stand, open_page):
    for text, ago in (("old", 40 * 24), ("yesterday", 24), ("today", 1), ("just after", 0.95)):
        stand.post(text, at=NOW - timedelta(hours=ago))
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(4)
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


async def test_odd_messages_do_not_break_the_page(stand, open_page, picture):
    fields = [{"name": "**A**", "value": "1", "inline": True}, {"name": "B", "value": "2"}]
    stand.post(
        "x" * 2000,
        embeds=[{"fields": fields, "image": {"url": "attachment://in.png"}}, {"color": 0}, {}],
        files=[("<b>numbers &.csv", b"", "text/csv", ""), picture("in.png", (90, 900))],
        components=[{"type": 1, "components": [{"type": 6, "custom_id": "m", "placeholder": "Pick one"}]}],
    )
    page = await open_page(360)
    await expect(page.locator(".file .name")).to_have_text("<b>numbers &.csv")
    await expect(page.locator(".embed .picture img")).to_have_count(1)
    await expect(page.locator(".menu")).to_have_text("Pick one")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


# ---- buttons and menus
async def test_a_pressed_button_waits_until_the_bot_answers(stand, open_page, connect, post_digest):
    answer = asyncio.Event()

    @ipy.component_callback("how counted")
    async def counted(ctx):
        await answer.wait()
        await ctx.send("Counted like **this**.", ephemeral=True)

    await connect(counted)
    post_digest()
    page = await open_page(390)
    button = page.locator("[data-component='how counted']")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(button.locator(".dots")).to_be_visible()
    answer.set()
    await expect(page.locator(".message.private .content")).to_have_text("Counted like this.")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await expect(page.locator(".message.private .only-you")).to_have_text(
        "Only you can see this · Dismiss message"
    )


async def test_a_bot_that_does_not_answer_is_told_as_discord_tells_it(stand, post_digest, open_page):
    stand.be_impatient()
    post_digest()
    page = await open_page()
    await page.get_by_role("button", name="Growth").click()
    await expect(page.locator(".failed:visible")).to_have_text("The application did not respond")
    await expect(page.get_by_role("button", name="Growth")).to_be_enabled()


async def test_a_button_of_a_message_that_has_gone_is_a_failed_interaction(stand, post_digest, open_page):
    message = post_digest()
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(1)
    await page.route("**/press", lambda route: (stand.remove(message), route.continue_())[1])
    async with page.expect_response("**/press") as pressed:
        await page.get_by_role("button", name="Growth").click()
    assert await (await pressed.value).json() == {"trouble": "This interaction failed"}


async def test_the_keyboard_stays_on_a_button_whose_message_is_edited(stand, connect, open_page, post_digest):
    @ipy.component_callback("growth")
    async def grow(ctx):
        await ctx.edit_origin(content="Edited")

    await connect(grow)
    post_digest()
    page = await open_page()
    await page.locator("[data-component=growth]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".content")).to_contain_text("Edited")
    await expect(page.locator("[data-component=growth]")).to_be_focused()


async def test_a_menu_gives_what_was_picked(stand, connect, open_page):
    @ipy.component_callback("weeks")
    async def chosen(ctx):
        await ctx.send(f"Picked {ctx.values[0]}", ephemeral=True)

    await connect(chosen)
    options = [{"label": "Last week", "value": "w1"}, {"label": "The one before", "value": "w2"}]
    menu = {"type": 3, "custom_id": "weeks", "placeholder": "Which week", "options": options}
    menu |= {"min_values": 1, "max_values": 1}
    stand.post("Choose", components=[{"type": 1, "components": [menu]}])
    page = await open_page()
    await page.get_by_label("Which week").select_option("The one before")
    await expect(page.locator(".message.private .content")).to_have_text("Picked w2")


async def test_several_people_are_chosen_in_a_menu_of_people(stand, connect, open_page, keep_picture):
    @ipy.component_callback("who")
    async def chosen(ctx):
        await ctx.send(f"Chose {', '.join(sorted(str(getattr(v, 'id', v)) for v in ctx.values))}")

    await connect(chosen)
    menu = {"type": 5, "custom_id": "who", "placeholder": "Who is there", "min_values": 1, "max_values": 2}
    stand.post("Choose", components=[{"type": 1, "components": [menu]}])
    page = await open_page(390)
    await page.get_by_text("Who is there", exact=True).click()
    done = page.get_by_role("button", name="Done")
    await expect(done).to_be_disabled()
    await page.get_by_role("checkbox", name="Aurora").check()
    await page.get_by_role("searchbox").fill("cat")
    await page.get_by_role("checkbox", name="Cato").check()
    await expect(page.locator(".people-menu summary")).to_have_text("Aurora, Cato")
    await page.get_by_role("searchbox").fill("person")
    await expect(page.get_by_role("checkbox", name="Person 5010")).to_be_disabled()  # two are the most
    await keep_picture(page, "people-menu")
    await done.click()
    await expect(page.get_by_text(f"Chose {AURORA}, 5002")).to_be_visible()


async def test_a_dismissed_answer_stays_dismissed_for_its_person_after_a_reload(stand, open_page):
    stand.post("For Aurora", only_for=AURORA, flags=64)
    stand.post("For Bram", only_for=BRAM, flags=64, channel_id=GENERAL)
    page = await open_page()
    await expect(page.locator(".message.private")).to_have_count(1)
    await page.get_by_role("button", name="Dismiss message").click()
    await expect(page.locator(".message")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#beginning")).to_be_visible()
    await page.locator("#you").click()
    await page.get_by_role("menuitemradio", name="Bram").click()
    await expect(page.locator(".message.private .content")).to_have_text("For Bram")


LONG = "\n".join(f"Line {number}" for number in range(60))


async def beginning(page, text):
    """How far below the top of the messages a message begins."""
    return await page.get_by_text(text, exact=True).evaluate(
        "node => node.closest('.message').getBoundingClientRect().top"
        " - document.getElementById('scroller').getBoundingClientRect().top"
    )


async def test_a_pressed_buttons_answer_is_read_from_its_beginning(stand, open_page, post_digest, picture):
    for weeks in range(4):
        post_digest(at=MONDAY_NINE - timedelta(days=7 * (4 - weeks)))
    page = await open_page(390, 700)
    await page.get_by_role("button", name="Growth").first.click()
    stand.post("The answer", files=[picture()], embeds=[{"title": "Growth", "description": LONG}])
    await expect(page.get_by_text("The answer", exact=True)).to_be_in_viewport()
    assert 0 <= await beginning(page, "The answer") < 80
    stand.post("Its second picture", files=[picture()])
    await expect(page.get_by_text("Its second picture", exact=True)).to_have_count(1)
    assert 0 <= await beginning(page, "The answer") < 80

    await page.locator("#scroller").hover()
    await page.mouse.wheel(0, -3000)
    await expect(page.get_by_text("The answer", exact=True)).not_to_be_in_viewport()
    stand.post("Later")
    await expect(page.get_by_text("Later", exact=True)).to_have_count(1)
    await expect(page.get_by_text("The answer", exact=True)).not_to_be_in_viewport()
    await expect(page.get_by_text("Later", exact=True)).not_to_be_in_viewport()
