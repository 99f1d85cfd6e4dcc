"""Typing commands as in Discord: the list after a slash, options as chips, suggestions, sending."""

from __future__ import annotations

import asyncio

import interactions as ipy
import pytest
import pytest_asyncio
from playwright.async_api import expect

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
AURORA, BRAM, GENERAL, LOBBY = 5000, 5001, 3001, 3002
EVENTS = ["Inhouse 12 Nov", "Inhouse 5 Nov", "Beginner night"]
OPTIONS = [
    {"name": "event", "type": ipy.OptionType.STRING, "required": True, "autocomplete": True},
    {"name": "people", "type": ipy.OptionType.INTEGER, "required": False, "min_value": 1, "max_value": 50},
    {"name": "where", "type": ipy.OptionType.CHANNEL, "required": False},
    {"name": "who", "type": ipy.OptionType.USER, "required": False},
    {"name": "csv", "type": ipy.OptionType.BOOLEAN, "required": False},
]


@pytest.fixture
def ran():
    """What the bot was asked, in order: the options of each "/insights event"."""
    return []


@pytest.fixture
def completed():
    """What was typed when suggestions were asked for."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def bot(connect, insights, ran, completed):
    async def health(ctx):
        await ctx.send("All is **well**.", ephemeral=True)

    async def event(ctx, event, people=None, where=None, who=None, csv=None):
        chosen = {"event": event, "people": people, "csv": csv}
        ran.append(chosen | {"where": where and int(where.id), "who": who and int(who.id)})
        await ctx.send(f"{event}: 23 came", ephemeral=True)

    async def complete(ctx):
        completed.append(ctx.input_text)
        fitting = [name for name in EVENTS if ctx.input_text.lower() in name.lower()]
        await ctx.send(choices=[{"name": name, "value": f"key of {name}"} for name in fitting])

    return await connect(
        insights("health", health), insights("event", event, OPTIONS, complete), insights("growth", health)
    )


@pytest_asyncio.fixture(loop_scope="session")
async def page(bot, open_page):
    return await open_page()


def names(page):
    return page.locator("#suggestions .name")


async def begin_event(page):
    await page.locator("#say").click()
    await page.keyboard.type("/event")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("event, required")).to_be_focused()


async def test_a_slash_lists_the_commands_and_typing_filters_them(page):
    say = page.locator("#say")
    await say.click()
    await expect(say).to_have_attribute("aria-expanded", "false")
    await page.keyboard.type("/")
    await expect(names(page)).to_have_text(["/insights event", "/insights growth", "/insights health"])
    await expect(page.locator("#suggestions .detail").first).to_have_text("About event")
    await expect(say).to_have_attribute("aria-expanded", "true")
    await expect(say).to_have_attribute("aria-activedescendant", "suggestion-0")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option", name="/insights health")).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.type("he")
    await expect(names(page)).to_have_text(["/insights health"])
    await page.keyboard.type("x")
    await expect(page.locator("#popover-title")).to_have_text("No command is called like that.")
    await page.keyboard.press("Escape")
    await expect(page.locator("#popover")).to_be_hidden()


@pytest.mark.parametrize("key", ["Enter", "Tab"])
async def test_a_command_is_run_with_the_keyboard_alone(page, key):
    await page.locator("#say").focus()
    await page.keyboard.type("/he")
    await page.keyboard.press(key)
    await expect(page.locator("#fields .command")).to_have_text("/insights health")
    await page.keyboard.press("Enter")
    await expect(page.locator(".used")).to_have_text("AAurora used /insights health")
    await expect(page.locator(".message.private .content")).to_have_text("All is well.")
    await expect(page.locator("#say")).to_be_focused()
    await expect(page.locator("#say")).to_have_attribute("placeholder", "Type / for commands in #leadership")


async def test_suggestions_come_from_the_bot_a_moment_after_the_last_key(page, ran, completed):
    await begin_event(page)
    await expect(names(page)).to_have_text(EVENTS)
    await page.keyboard.type("inhouse", delay=15)
    await expect(names(page)).to_have_text(EVENTS[:2])
    assert completed == ["", "inhouse"]
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("event, required")).to_have_value("Inhouse 5 Nov")
    await page.keyboard.press("Enter")
    await expect(page.locator(".content")).to_have_text("key of Inhouse 5 Nov: 23 came")
    assert ran == [{"event": "key of Inhouse 5 Nov", "people": None, "where": None, "who": None, "csv": None}]


async def test_options_of_every_kind_are_added_and_sent(page, ran):
    await begin_event(page)
    await page.keyboard.type("free text")
    await expect(page.locator("#popover-title")).to_contain_text("nothing fits")
    await page.keyboard.press("ArrowRight")
    await expect(names(page)).to_have_text(["people", "where", "who", "csv"])
    for option, typed, suggestion in (
        ("people", "12", None),
        ("where", "lob", "#Lobby"),
        ("who", "bra", "@Bram"),
        ("csv", "t", "True"),
    ):
        await page.keyboard.type(option)
        await page.keyboard.press("Enter")
        await page.keyboard.type(typed)
        if suggestion:
            await expect(names(page)).to_have_text([suggestion])
            await page.keyboard.press("Enter")
        else:
            await page.keyboard.press("ArrowRight")
        await expect(page.locator("#say")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".content")).to_have_text("free text: 23 came")
    assert ran == [{"event": "free text", "people": 12, "where": LOBBY, "who": BRAM, "csv": True}]


async def test_what_is_missing_or_wrong_is_said_at_its_option(page, ran):
    await begin_event(page)
    await expect(names(page)).to_have_count(3)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    trouble = page.locator("#composer-trouble")
    await expect(trouble).to_have_text("This command needs “event”.")
    field = page.get_by_label("event, required")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("night")
    await expect(trouble).to_be_hidden()
    await expect(names(page)).to_have_text(["Beginner night"])
    await page.keyboard.press("Enter")
    for option, typed, sentence in (
        ("people", "many", "“people” must be a whole number."),
        ("people", "51", "“people” must be at most 50."),
        ("who", "nobody at all", "Choose one of the suggestions for “who”."),
    ):
        await page.keyboard.type(option)
        await page.keyboard.press("Enter")
        await page.keyboard.type(typed)
        if option == "who":
            await expect(page.locator("#popover-title")).to_contain_text("nothing fits")
        await page.keyboard.press("Enter")
        await expect(trouble).to_have_text(sentence)
        await expect(page.get_by_label(f"{option}: ")).to_be_focused()
        await page.keyboard.press("Control+A")
        await page.keyboard.press("Backspace")
        await page.keyboard.press("Backspace")  # an empty option goes
        await expect(page.get_by_label(f"{option}: ")).to_have_count(0)
        await page.keyboard.press("ArrowRight")
    assert ran == []


@pytest_asyncio.fixture(loop_scope="session")
async def search_page(connect, insights, ran, open_page):
    """With a command whose only option is a text that may be missing."""

    async def event(ctx, event=None):
        ran.append(event)
        await ctx.send(f"{event}: 23 came", ephemeral=True)

    async def complete(ctx):
        fitting = [name for name in EVENTS if ctx.input_text.lower() in name.lower()]
        await ctx.send(choices=[{"name": name, "value": f"key of {name}"} for name in fitting])

    await connect(insights("event", event, [OPTIONS[0] | {"required": False}], complete))
    return await open_page(390)


async def test_what_is_typed_after_a_command_goes_into_its_only_text(search_page, ran):
    await search_page.locator("#say").focus()
    await search_page.keyboard.type("/event")
    await search_page.keyboard.press("Enter")
    await expect(search_page.locator(".chip input")).to_be_focused()
    await expect(names(search_page)).to_have_text(EVENTS)
    await search_page.keyboard.type("night")
    await expect(names(search_page)).to_have_text(["Beginner night"])
    await search_page.keyboard.press("Enter")
    one_row = "() => document.querySelector('#say').offsetTop === document.querySelector('.chip').offsetTop"
    await search_page.wait_for_function(one_row)
    await search_page.keyboard.press("Enter")
    await expect(search_page.locator(".content")).to_have_text("key of Beginner night: 23 came")
    assert ran == ["key of Beginner night"]


@pytest.mark.parametrize("typed", ["/insights event Sunday 16", "/event Sunday 16"])
async def test_a_command_is_typed_out_with_its_text(search_page, ran, typed):
    await search_page.locator("#say").focus()
    await search_page.keyboard.type(typed)
    await expect(search_page.locator("#suggestions .detail")).to_have_text("event: Sunday 16")
    await search_page.keyboard.press("Enter")
    field = search_page.locator(".chip input")
    await expect(field).to_have_value("Sunday 16")
    await expect(field).to_be_focused()
    await search_page.keyboard.press("Enter")
    await expect(search_page.locator(".content")).to_have_text("Sunday 16: 23 came")
    assert ran == ["Sunday 16"]


async def test_enter_takes_no_suggestion_for_other_text(search_page, ran):
    await search_page.locator("#say").focus()
    await search_page.keyboard.type("/event")
    await search_page.keyboard.press("Enter")
    await expect(search_page.get_by_role("option", name=EVENTS[0])).to_have_attribute("aria-selected", "true")
    await search_page.evaluate("""() => {
        const field = document.activeElement;
        field.value = "night";
        field.dispatchEvent(new InputEvent("input", {bubbles: true}));
        field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
    }""")
    await expect(search_page.locator(".content")).to_have_text("night: 23 came")
    assert ran == ["night"]


async def test_tab_goes_on_and_leaves_the_text(search_page, ran):
    await search_page.locator("#say").focus()
    await search_page.keyboard.type("/event")
    await search_page.keyboard.press("Tab")
    await search_page.keyboard.type("in")
    await expect(names(search_page)).to_have_text(EVENTS)
    await search_page.keyboard.press("Tab")
    await expect(search_page.locator("#say")).to_be_focused()
    await expect(search_page.locator(".chip input")).to_have_value("in")
    await search_page.keyboard.type("Sunday")
    await search_page.keyboard.press("Enter")
    trouble = search_page.locator("#composer-trouble")
    await expect(trouble).to_have_text("/insights event takes nothing more: delete “Sunday”.")
    await expect(search_page.locator("#say")).to_have_value("Sunday")
    assert ran == []


async def test_text_that_is_no_option_is_not_thrown_away(page, ran):
    await begin_event(page)
    await page.keyboard.type("free text")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.type("peple")
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer-trouble")).to_have_text(
        "No option is called “peple”: choose one of people, where, who, csv first, or delete it."
    )
    await expect(page.locator("#say")).to_have_value("peple")
    assert ran == []


async def test_an_answer_to_earlier_typing_is_not_shown(page, bot):
    release = asyncio.Event()

    async def hold(route):
        if '"typed":"in"' in route.request.post_data:
            await release.wait()
        await route.continue_()

    await page.route("**/autocomplete", hold)
    await begin_event(page)
    await expect(names(page)).to_have_count(3)
    async with page.expect_request(lambda r: '"typed":"in"' in (r.post_data or "")) as asked:
        await page.keyboard.type("in")
    request = await asked.value
    await page.keyboard.press("Control+A")
    await page.keyboard.type("beg")
    await expect(names(page)).to_have_text(["Beginner night"])
    release.set()
    await (await request.response()).finished()
    await page.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(names(page)).to_have_text(["Beginner night"])


async def never(_ctx):
    await asyncio.Event().wait()


async def test_a_bot_that_does_not_suggest_is_told(stand, connect, insights, open_page):
    stand.be_impatient()
    await connect(insights("event", never, OPTIONS[:1], never))
    page = await open_page()
    await begin_event(page)
    await expect(page.locator("#popover-title")).to_have_text("Loading options failed")


async def test_escape_first_closes_the_list_then_leaves_the_command(page):
    await begin_event(page)
    await expect(names(page)).to_have_count(3)
    await page.keyboard.press("Escape")
    await expect(page.locator("#popover")).to_be_hidden()
    await expect(page.locator(".chip")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator(".chip")).to_have_count(0)
    await expect(page.locator("#say")).to_have_value("")


async def test_backspace_leads_back_to_the_choice_of_a_command(page):
    await begin_event(page)
    await page.keyboard.press("Backspace")
    await expect(page.locator("#say")).to_have_value("/insights event")
    await expect(names(page)).to_have_text(["/insights event"])


async def test_a_slash_begins_a_command_from_anywhere(page):
    await page.locator("#you").focus()
    await page.keyboard.press("/")
    await expect(page.locator("#say")).to_be_focused()
    await expect(page.locator("#say")).to_have_value("/")
    await expect(names(page)).to_have_count(3)


async def test_a_slash_in_a_form_stays_there(page):
    await page.get_by_role("button", name="Create event").click()
    await page.get_by_label("Title").fill("7")
    await page.keyboard.press("/")
    await expect(page.get_by_label("Title")).to_have_value("7/")
    await expect(page.locator("#say")).to_have_value("")


async def test_the_first_tab_offers_the_way_to_the_composer(page):
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Type a command")).to_be_focused()
    await expect(page.locator("#skip")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("#say")).to_be_focused()


async def test_ordinary_text_is_kindly_refused(page):
    await page.locator("#say").click()
    await page.keyboard.type("Hello everybody")
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer-trouble")).to_have_text(
        "Only commands can be sent here: type / to see them."
    )
    await expect(page.locator("#say")).to_have_value("Hello everybody")
    await expect(page.locator(".message")).to_have_count(0)


async def test_on_a_phone_a_command_is_tapped_together(bot, open_page, ran, keep_picture):
    page = await open_page(360, 740)
    await page.locator("#say").tap()
    await page.keyboard.type("/")
    await page.get_by_role("option", name="/insights event").tap()
    await page.get_by_role("option", name="Beginner night").tap()
    await page.get_by_role("option", name="csv").tap()
    await keep_picture(page, "composer-360")
    await page.get_by_role("option", name="False").tap()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="Send the command").tap()
    await expect(page.locator(".content")).to_have_text("key of Beginner night: 23 came")
    assert ran[0]["csv"] is False


async def test_a_command_that_nobody_answers_fails_in_discords_words(stand, connect, insights, open_page):
    stand.be_impatient()
    await connect(insights("health", never))
    page = await open_page()
    await page.locator("#say").focus()
    await page.keyboard.type("/health")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".thinking")).to_have_text("Sending command")
    failed = page.locator(".message.private .failed")
    await expect(failed).to_have_text("The application did not respond")
    await page.get_by_role("button", name="Dismiss message").click()
    await expect(page.locator(".message")).to_have_count(0)


async def test_while_the_bot_thinks_the_page_says_so(connect, insights, open_page):
    answer = asyncio.Event()

    async def health(ctx):
        await ctx.defer(ephemeral=True)
        await answer.wait()
        await ctx.send("187 people were active.", ephemeral=True)

    await connect(insights("health", health))
    page = await open_page()
    await page.locator("#say").focus()
    await page.keyboard.type("/health")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".thinking")).to_have_text("Guild Insights is thinking")
    answer.set()
    await expect(page.locator(".content")).to_have_text("187 people were active.")
    await expect(page.locator(".message")).to_have_count(1)


async def test_what_is_answered_is_for_the_person_who_asked(page):
    await page.locator("#you").click()
    await page.get_by_role("menuitemradio", name="Cato").click()
    await expect(page.locator("#channel")).to_have_text("general")
    await page.locator("#say").focus()
    await page.keyboard.type("/health")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".used")).to_have_text("CCato used /insights health")
    await page.locator("#you").click()
    await page.get_by_role("menuitemradio", name="Bram").click()
    await expect(page.locator("#beginning")).to_be_visible()
    await expect(page.locator(".message")).to_have_count(0)
