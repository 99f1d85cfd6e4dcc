"""Commands, buttons, menus, autocomplete and modals: acknowledged in 3 s, answered in 15 min."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import aiohttp
import interactions
import pytest

from sandbox.command_book import resolve_path
from sandbox.invocation import Unanswered
from sandbox.limits import Limits
from sandbox.permissions import Overwrite, Permission
from sandbox.seed import ChannelKind, ChannelSeed

TEXT, VOICE, STAFF, ONLOOKER = 3000, 3001, 5000, 5001
LONG_ID = 900000000000000001  # the library looks no shorter one up
NOBODY = {"parse": []}


@pytest.fixture
async def play(sandbox, connect, health):
    """A client whose /insights health answers as given; gives the sandbox."""

    async def with_answer(answer: Any, options: Any = None) -> Any:
        await connect(sandbox, lambda bot: bot.add_command(health(answer, options)))
        return sandbox

    return with_answer


async def test_a_deferred_answer_is_seen_by_its_person_only(play):
    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.defer(ephemeral=True)
        file = interactions.File(io.BytesIO(b"picture"), "health.png", description="alt")
        await ctx.send("187 people were active", file=file, allowed_mentions=NOBODY)

    sandbox = await play(answer)
    invocation = await sandbox.run_command(STAFF, "insights health").settled()

    (message,) = invocation.messages_seen_by(STAFF)
    assert message["content"] == "187 people were active"
    assert sandbox.attachment(message["attachments"][0]["id"])[0] == b"picture"
    assert message["flags"] == 64, "ephemeral, and no longer waiting"
    assert invocation.acknowledged_after_s < 3
    assert invocation.messages_seen_by(ONLOOKER) == []
    assert sandbox.messages(TEXT) == []
    assert [m["id"] for m in sandbox.messages(TEXT, seen_by=STAFF)] == [message["id"]]


async def test_while_the_bot_thinks_nothing_is_settled(play):
    go_on = asyncio.Event()

    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.defer()
        await go_on.wait()
        await ctx.send("done")

    sandbox = await play(answer)
    invocation = sandbox.run_command(STAFF, "insights health")
    await sandbox.changed.until(lambda: invocation.acknowledged_after_s is not None)
    assert not invocation.is_settled
    assert sandbox.messages(TEXT)[0]["flags"] == 128, "loading"
    with pytest.raises(TimeoutError):
        await invocation.settled(0.05)
    go_on.set()
    await invocation.settled()
    assert [m["content"] for m in sandbox.messages(TEXT)] == ["done"]


async def test_a_direct_answer_and_a_follow_up(play):
    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.send("first")
        await ctx.send("second", ephemeral=True)

    sandbox = await play(answer)
    invocation = await sandbox.run_command(STAFF, "insights health").settled()
    await sandbox.changed.until(lambda: len(invocation.messages_seen_by(STAFF)) == 2)
    assert [m["content"] for m in invocation.messages_seen_by(ONLOOKER)] == ["first"]
    public = sandbox.messages(TEXT)[0]
    assert (public["interaction"]["name"], public["type"]) == ("insights health", 20)
    assert "name" not in public["interaction_metadata"]


async def test_an_answer_can_be_edited_and_deleted(play):
    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.send("first")
        await ctx.edit(content="better")
        extra = await ctx.send("extra")
        await ctx.delete(extra)

    sandbox = await play(answer)
    invocation = await sandbox.run_command(STAFF, "insights health").settled()
    await sandbox.changed.until(lambda: any(r.method == "DELETE" and r.status for r in sandbox.requests))
    assert [m["content"] for m in invocation.messages_seen_by(ONLOOKER)] == ["better"]


async def test_nobody_answering_in_time_is_what_the_person_sees(start, connect, health):
    async def answer(ctx: interactions.SlashContext) -> None:
        await asyncio.Event().wait()

    sandbox = await start(limits=Limits(acknowledge_within_s=0.05))
    await connect(sandbox, lambda bot: bot.add_command(health(answer)))
    with pytest.raises(Unanswered, match="did not respond"):
        await sandbox.run_command(STAFF, "insights health").settled()


@pytest.mark.parametrize(("after_s", "code"), [(2.9, None), (3.1, 10062)])
async def test_the_first_response_has_three_seconds(start, ask, seconds, after_s, code):
    sandbox = await start(monotonic=seconds, keep_requests=False)
    path = await callback_path(sandbox, ask)
    seconds.seconds += after_s
    _, answer = await ask(sandbox, "POST", path, {"type": 5})
    assert (answer or {}).get("code") == code


@pytest.mark.parametrize(("after_s", "code"), [(899, None), (901, 50027)])
async def test_what_follows_has_fifteen_minutes(start, ask, seconds, after_s, code):
    sandbox = await start(monotonic=seconds, keep_requests=False)
    path = await callback_path(sandbox, ask)
    await ask(sandbox, "POST", path, {"type": 5})
    seconds.seconds += after_s
    token = path.split("/")[3]
    for method, rest in (("POST", ""), ("PATCH", "/messages/@original"), ("GET", "/messages/@original")):
        body = None if method == "GET" else {"content": "late"}
        _, answer = await ask(sandbox, method, f"/webhooks/1000/{token}{rest}", body)
        assert answer.get("code") == code


async def test_an_interaction_is_acknowledged_once(start, ask):
    sandbox = await start(keep_requests=False)
    path = await callback_path(sandbox, ask)
    assert (await ask(sandbox, "POST", path, {"type": 4, "data": {"content": "one"}}))[0] == 204
    assert (await ask(sandbox, "POST", path, {"type": 5}))[1]["code"] == 40060
    assert len(sandbox.messages(TEXT)) == 1


async def test_nothing_follows_before_the_first_response(start, ask):
    sandbox = await start(keep_requests=False)
    token = (await callback_path(sandbox, ask)).split("/")[3]
    assert (await ask(sandbox, "POST", f"/webhooks/1000/{token}", {"content": "x"}))[1]["code"] == 10015


@pytest.mark.parametrize(
    "body",
    [
        {"type": 3},
        {},
        {"type": 7, "data": {"content": "there is no message to update"}},
        {"type": 8, "data": {"choices": []}},
        {"type": 4, "data": {"content": "x" * 2001}},
        {"type": 9, "data": {"title": "t" * 46, "custom_id": "m", "components": [{}]}},
    ],
)
async def test_a_first_response_that_discord_would_not_take(start, ask, body):
    sandbox = await start(keep_requests=False)
    status, answer = await ask(sandbox, "POST", await callback_path(sandbox, ask), body)
    assert (status, answer["code"]) == (400, 50035)


async def test_a_response_can_be_asked_for_its_message(start, ask):
    sandbox = await start(keep_requests=False)
    path = await callback_path(sandbox, ask)
    body = {"type": 4, "data": {"content": "one"}}
    _, answer = await ask(sandbox, "POST", path, body, params={"with_response": "true"})
    assert answer["resource"]["message"]["content"] == "one"


async def test_the_first_follow_up_of_a_deferral_completes_it(start, ask):
    sandbox = await start(keep_requests=False)
    path = await callback_path(sandbox, ask)
    await ask(sandbox, "POST", path, {"type": 5, "data": {"flags": 64}})
    token = path.split("/")[3]
    await ask(sandbox, "POST", f"/webhooks/1000/{token}", {"content": "the answer", "flags": 0})
    await ask(sandbox, "POST", f"/webhooks/1000/{token}", {"content": "and more"})
    assert [m["content"] for m in sandbox.messages(TEXT)] == ["and more"]
    assert [m["content"] for m in sandbox.messages(TEXT, seen_by=STAFF)] == ["the answer", "and more"]


async def callback_path(sandbox: Any, ask: Any) -> str:
    """Registers a command, runs it, and gives the path of its first response."""
    await ask(sandbox, "PUT", "/applications/1000/commands", [{"name": "insights", "description": "d"}])
    invocation = sandbox.run_command(STAFF, "insights")
    token = next(iter(sandbox.world.interactions.tokens()))
    return f"/interactions/{invocation.interaction_id}/{token}/callback"


async def test_options_arrive_as_what_they_are(play):
    got: dict[str, Any] = {}

    async def answer(ctx: Any, weeks: int, who: Any, where: Any, role: Any) -> None:
        got.update(weeks=weeks, who=who, where=where, role=role)
        await ctx.send("ok")

    kind = interactions.OptionType
    options = [
        interactions.SlashCommandOption(name="weeks", type=kind.INTEGER, description="d", required=True),
        interactions.SlashCommandOption(name="who", type=kind.USER, description="d", required=False),
        interactions.SlashCommandOption(name="where", type=kind.CHANNEL, description="d", required=False),
        interactions.SlashCommandOption(name="role", type=kind.ROLE, description="d", required=False),
    ]
    sandbox = await play(answer, options)
    chosen = {"weeks": 4, "who": ONLOOKER, "where": VOICE, "role": 4001}
    await sandbox.run_command(STAFF, "insights health", chosen).settled()

    assert got["weeks"] == 4
    assert (got["who"].id, got["where"].id, got["role"].id) == (ONLOOKER, VOICE, 4001)


@pytest.mark.parametrize(
    ("command", "options"),
    [("unknown", {}), ("insights", {}), ("insights unknown", {}), ("insights health", {"no": 1})],
)
async def test_people_can_only_run_what_is_registered(play, command, options):
    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.send("ok")

    sandbox = await play(answer)
    with pytest.raises(LookupError):
        sandbox.run_command(STAFF, command, options)


def test_a_subcommand_is_found_within_its_group():
    leaf = {"name": "now", "type": 1}
    command = {"name": "a", "options": [{"name": "group", "type": 2, "options": [leaf]}]}
    assert resolve_path(command, ["group", "now"])[-1] is leaf


async def test_the_roles_and_permissions_of_the_person_come_with_the_command(sandbox, connect, health):
    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.send("ok")

    bot = await connect(sandbox, lambda bot: bot.add_command(health(answer)))
    await sandbox.run_command(STAFF, "insights health").settled()
    (payload,) = await bot.sees("INTERACTION_CREATE")
    assert payload["member"]["roles"] == ["4001"]
    assert int(payload["member"]["permissions"]) & 8, "the owner has every permission"


async def test_a_button_edits_its_message_or_answers_beside_it(sandbox, connect, health):
    buttons = interactions.ActionRow(
        interactions.Button(style=interactions.ButtonStyle.GREY, label="More", custom_id="more:1"),
        interactions.Button(style=interactions.ButtonStyle.GREY, label="Why", custom_id="why", disabled=True),
    )

    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.send("first", components=buttons)

    @interactions.component_callback(re.compile(r"more:\d"))
    async def pressed(ctx: interactions.ComponentContext) -> None:
        await ctx.edit_origin(content="edited")
        await ctx.send("only for you", ephemeral=True)

    def setup(bot: Any) -> None:
        bot.add_command(health(answer))
        bot.add_command(pressed)

    await connect(sandbox, setup)
    first = await sandbox.run_command(STAFF, "insights health").settled()
    message_id = first.messages_seen_by(STAFF)[0]["id"]
    press = await sandbox.press(ONLOOKER, message_id, "more:1").settled()
    await sandbox.changed.until(lambda: bool(press.messages_seen_by(ONLOOKER)))

    assert [m["content"] for m in sandbox.messages(TEXT)] == ["edited"]
    assert [m["content"] for m in press.messages_seen_by(ONLOOKER)] == ["only for you"]
    for nothing in ("why", "none"):
        with pytest.raises(LookupError):
            sandbox.press(ONLOOKER, message_id, nothing)


async def test_a_message_that_a_person_cannot_see_has_no_buttons_for_them(play):
    button = interactions.Button(style=interactions.ButtonStyle.GREY, label="More", custom_id="more")

    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.send("first", components=button, ephemeral=True)

    sandbox = await play(answer)
    first = await sandbox.run_command(STAFF, "insights health").settled()
    with pytest.raises(LookupError, match="sees no message"):
        sandbox.press(ONLOOKER, first.messages_seen_by(STAFF)[0]["id"], "more")


async def test_a_menu_gives_the_values_that_were_picked(sandbox, connect, health):
    picked: list[Any] = []

    async def answer(ctx: interactions.SlashContext) -> None:
        menus = [
            [interactions.StringSelectMenu("WAM", "churn", custom_id="kpi")],
            [interactions.UserSelectMenu(custom_id="who")],
        ]
        await ctx.send("pick", components=menus)

    @interactions.component_callback("kpi", "who")
    async def chosen(ctx: interactions.ComponentContext) -> None:
        picked.extend(getattr(value, "id", value) for value in ctx.values)
        await ctx.send("ok")

    def setup(bot: Any) -> None:
        bot.add_command(health(answer))
        bot.add_command(chosen)

    await connect(sandbox, setup)
    sandbox.member_joins(LONG_ID)
    first = await sandbox.run_command(STAFF, "insights health").settled()
    message_id = first.messages_seen_by(STAFF)[0]["id"]
    await sandbox.press(STAFF, message_id, "kpi", ["churn"]).settled()
    await sandbox.press(STAFF, message_id, "who", [str(LONG_ID)]).settled()
    assert picked == ["churn", LONG_ID]


async def test_autocomplete_gets_its_choices(sandbox, connect, health):
    async def answer(ctx: interactions.SlashContext, week: str) -> None:
        await ctx.send(week)

    async def complete(ctx: interactions.AutocompleteContext) -> None:
        await ctx.send([f"2025-{ctx.input_text}{k}" for k in range(3)])

    option = interactions.SlashCommandOption(
        name="week", type=interactions.OptionType.STRING, description="d", autocomplete=True
    )
    command = health(answer, [option])
    command.autocomplete("week")(complete)
    await connect(sandbox, lambda bot: bot.add_command(command))
    typed = await sandbox.autocomplete(STAFF, "insights health", "week", "W4").settled()
    assert [choice["value"] for choice in typed.choices] == ["2025-W40", "2025-W41", "2025-W42"]


async def test_a_modal_is_filled_in(sandbox, connect, health):
    async def answer(ctx: interactions.SlashContext) -> None:
        modal = interactions.Modal(
            interactions.ShortText(label="Note", custom_id="note"), title="A note", custom_id="noted"
        )
        await ctx.send_modal(modal)

    @interactions.modal_callback("noted")
    async def noted(ctx: interactions.ModalContext, note: str) -> None:
        await ctx.send(note, ephemeral=True)

    def setup(bot: Any) -> None:
        bot.add_command(health(answer))
        bot.add_command(noted)

    await connect(sandbox, setup)
    opened = await sandbox.run_command(STAFF, "insights health").settled()
    sent = await sandbox.submit_modal(opened, {"note": "host away"}).settled()
    assert [m["content"] for m in sent.messages_seen_by(STAFF)] == ["host away"]
    with pytest.raises(LookupError):
        sandbox.submit_modal(sent, {})


# ---- what autocompletes and options may hold
KINDS = {"week": 3, "weeks": 4, "share": 10, "where": 7, "quiet": 5}


@pytest.fixture
async def with_options(start, ask):
    """A sandbox whose /event has an option of each kind; three of them with autocomplete."""
    sandbox = await start(keep_requests=False)
    extra = {
        "week": {"autocomplete": True, "max_length": 20},
        "weeks": {"autocomplete": True, "min_value": 1, "max_value": 52},
        "share": {"autocomplete": True},
        "where": {"channel_types": [2]},
        "quiet": {},
    }
    options = [{"name": n, "type": k, "description": "d", **extra[n]} for n, k in KINDS.items()]
    choices = [{"name": "one", "value": "1"}, {"name": "two", "value": "2"}]
    options.append({"name": "view", "type": 3, "description": "d", "choices": choices})
    command = {"name": "event", "description": "d", "options": options}
    await ask(sandbox, "PUT", "/applications/1000/commands", [command])
    return sandbox


async def offered(sandbox: Any, ask: Any, focused: str, choices: Any) -> tuple[int, Any]:
    """What Discord says to these choices for that option."""
    typed = sandbox.autocomplete(STAFF, "event", focused, "1")
    token = sandbox.world.interactions.tokens()[-1]
    path = f"/interactions/{typed.interaction_id}/{token}/callback"
    return await ask(sandbox, "POST", path, {"type": 8, "data": {"choices": choices}})


@pytest.mark.parametrize(
    ("focused", "choices"),
    [
        ("week", []),
        ("week", [{"name": "n" * 100, "value": "v" * 100}] * 25),
        ("weeks", [{"name": "four", "value": 4}]),
        ("share", [{"name": "half", "value": 0.5}]),
    ],
)
async def test_choices_that_fit_the_focused_option_are_offered(with_options, ask, focused, choices):
    assert (await offered(with_options, ask, focused, choices))[0] == 204


@pytest.mark.parametrize(
    ("focused", "choices", "wrong"),
    [
        ("week", [{"name": "n", "value": "v"}] * 26, "BASE_TYPE_BAD_LENGTH"),
        ("week", [{"name": "n" * 101, "value": "v"}], "BASE_TYPE_MAX_LENGTH"),
        ("week", [{"name": "", "value": "v"}], "BASE_TYPE_MIN_LENGTH"),
        ("week", [{"name": "n", "value": "v" * 101}], "BASE_TYPE_MAX_LENGTH"),
        ("week", [{"name": "n", "value": 4}], "STRING_TYPE_CONVERT"),
        ("week", [{"name": "n"}], "BASE_TYPE_REQUIRED"),
        ("weeks", [{"name": "n", "value": "4"}], "NUMBER_TYPE_COERCE"),
        ("weeks", [{"name": "n", "value": 1 << 53}], "NUMBER_TYPE_MAX"),
        ("share", [{"name": "n", "value": "half"}], "NUMBER_TYPE_COERCE"),
    ],
)
async def test_choices_that_discord_refuses(with_options, ask, focused, choices, wrong):
    status, answer = await offered(with_options, ask, focused, choices)
    assert (status, answer["code"]) == (400, 50035)
    assert f"'{wrong}'" in str(answer["errors"])


async def test_an_autocomplete_takes_choices_only(with_options, ask):
    typed = with_options.autocomplete(STAFF, "event", "week", "W4")
    (token,) = with_options.world.interactions.tokens()
    path = f"/interactions/{typed.interaction_id}/{token}/callback"
    for body in ({"type": 4, "data": {"content": "no"}}, {"type": 5}, {"type": 9, "data": {}}):
        assert (await ask(with_options, "POST", path, body))[1]["code"] == 50035


@pytest.mark.parametrize(
    "options",
    [
        {"weeks": "4"},
        {"weeks": 0},
        {"weeks": True},
        {"week": 46},
        {"week": "w" * 21},
        {"where": 3000},
        {"where": 1},
        {"quiet": "yes"},
        {"view": "3"},
    ],
)
async def test_people_cannot_enter_what_the_client_would_not_take(with_options, options):
    with pytest.raises(LookupError, match="takes"):
        with_options.run_command(STAFF, "event", options)


async def test_an_option_names_somebody_who_left_but_nobody_unknown(sandbox, ask, dial):
    command = {
        "name": "event",
        "description": "d",
        "options": [{"name": "who", "type": 6, "description": "d"}],
    }
    await ask(sandbox, "PUT", "/applications/1000/commands", [command])
    line = await dial(sandbox)
    await line.identify(sandbox)
    sandbox.member_leaves(5003)
    sandbox.run_command(STAFF, "event", {"who": 5003})
    resolved = (await line.dispatched("INTERACTION_CREATE"))["data"]["resolved"]
    assert (list(resolved), resolved["users"]["5003"]["id"]) == (["users"], "5003")
    with pytest.raises(LookupError, match="nobody"):
        sandbox.run_command(STAFF, "event", {"who": 1})


async def test_an_option_without_autocomplete_is_not_completed(with_options):
    with pytest.raises(LookupError, match="no autocomplete"):
        with_options.autocomplete(STAFF, "event", "view", "o")


async def test_the_real_client_is_told_the_other_options_while_one_is_typed(sandbox, connect, health):
    seen: dict[str, Any] = {}

    async def answer(ctx: interactions.SlashContext, week: str, weeks: int) -> None:
        await ctx.send(f"{week} {weeks}")

    async def complete(ctx: interactions.AutocompleteContext) -> None:
        seen.update(ctx.kwargs, typed=ctx.input_text)
        await ctx.send([{"name": "This week", "value": "2025-W47"}])

    kind = interactions.OptionType
    options = [
        interactions.SlashCommandOption(name="week", type=kind.STRING, description="d", autocomplete=True),
        interactions.SlashCommandOption(name="weeks", type=kind.INTEGER, description="d"),
    ]
    command = health(answer, options)
    command.autocomplete("week")(complete)
    await connect(sandbox, lambda bot: bot.add_command(command))
    typed = await sandbox.autocomplete(STAFF, "insights health", "week", "this", {"weeks": 3}).settled()
    assert typed.choices == [{"name": "This week", "value": "2025-W47"}]
    assert (seen["typed"], seen["weeks"]) == ("this", 3)
    chosen = {"week": typed.choices[0]["value"], "weeks": 3}
    ran = await sandbox.run_command(STAFF, "insights health", chosen).settled()
    assert ran.messages_seen_by(STAFF)[0]["content"] == "2025-W47 3"


async def test_what_options_name_comes_with_the_permissions_of_whoever_chose(sandbox, ask, dial):
    options = [
        {"name": "where", "type": 7, "description": "d"},
        {"name": "who", "type": 6, "description": "d"},
    ]
    command = {"name": "event", "description": "d", "options": options}
    await ask(sandbox, "PUT", "/applications/1000/commands", [command])
    hidden = Overwrite(2000, deny=Permission.VIEW_CHANNEL)
    sandbox.put_channel(ChannelSeed(VOICE, "lobby", ChannelKind.VOICE, overwrites=[hidden]))
    line = await dial(sandbox)
    await line.identify(sandbox)
    sandbox.run_command(ONLOOKER, "event", {"where": VOICE, "who": STAFF})
    resolved = (await line.dispatched("INTERACTION_CREATE"))["data"]["resolved"]
    assert resolved["channels"][str(VOICE)]["permissions"] == "0"
    assert int(resolved["members"][str(STAFF)]["permissions"]) & Permission.ADMINISTRATOR
    assert "user" not in resolved["members"][str(STAFF)]


# ---- files
async def test_several_files_come_with_a_private_answer_and_with_what_follows(play):
    attendees, absent, picture = b"member,minutes\n5001,90\n", b"member\n5002\n", b"\x89PNG\r\n\x1a\n"

    async def answer(ctx: interactions.SlashContext) -> None:
        await ctx.defer(ephemeral=True)
        files = [
            interactions.File(io.BytesIO(attendees), "attendees.csv", content_type="text/csv"),
            interactions.File(io.BytesIO(picture), "event.png", description="The presence curve"),
        ]
        await ctx.send("Attendance", files=files, allowed_mentions=NOBODY)
        file = interactions.File(io.BytesIO(absent), "no-shows.csv", content_type="text/csv")
        await ctx.send("No-shows", file=file, ephemeral=True, allowed_mentions=NOBODY)

    sandbox = await play(answer)
    invocation = await sandbox.run_command(STAFF, "insights health").settled()
    await sandbox.changed.until(lambda: len(invocation.messages_seen_by(STAFF)) == 2)
    first, second = (message["attachments"] for message in invocation.messages_seen_by(STAFF))
    assert [(a["filename"], a["size"], a.get("description")) for a in first] == [
        ("attendees.csv", len(attendees), None),
        ("event.png", len(picture), "The presence curve"),
    ]
    assert [sandbox.attachment(a["id"]) for a in (*first, *second)] == [
        (attendees, "text/csv"),
        (picture, "image/png"),
        (absent, "text/csv"),
    ]
    assert invocation.messages_seen_by(ONLOOKER) == []
    async with aiohttp.ClientSession() as session, session.get(second[0]["url"]) as response:
        assert (response.content_type, await response.read()) == ("text/csv", absent)
