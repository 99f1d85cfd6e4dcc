"""What Discord refuses, in its own shape: status, code, and the tree of what is wrong where."""

from __future__ import annotations

import dataclasses
from typing import Any

import aiohttp
import pytest

from sandbox.intents import Intent
from sandbox.permissions import ORDINARY, Overwrite, OverwriteKind, Permission
from sandbox.refusals import Refusal
from sandbox.seed import ChannelKind, ChannelSeed

MESSAGES = "/channels/3000/messages"
COMMANDS = "/applications/1000/commands"
BUTTON = {"type": 2, "style": 2, "label": "How counted", "custom_id": "counted"}
SELECT = {"type": 3, "custom_id": "pick", "options": [{"label": "a", "value": "a"}]}
COMMAND = {"name": "insights", "description": "What happens here"}
OPTION = {"type": 3, "name": "week", "description": "Which week"}


@pytest.fixture
async def sandbox(start):
    """Its wrong requests are meant, so they stay out of the record that the specification is held against."""
    return await start(keep_requests=False)


def leaves(tree: dict[str, Any], at: str = "") -> dict[str, str]:
    """{"embeds.0.title": "BASE_TYPE_MAX_LENGTH"} of an error tree."""
    if "_errors" in tree:
        return {at: tree["_errors"][0]["code"]}
    return {
        path: code
        for key, inner in tree.items()
        for path, code in leaves(inner, f"{at}.{key}".lstrip(".")).items()
    }


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": list(components)}]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"content": "x" * 2001}, {"content": "BASE_TYPE_MAX_LENGTH"}),
        ({"content": 5}, {"content": "STRING_TYPE_CONVERT"}),
        ({"content": "x", "nonce": "n" * 26}, {"nonce": "BASE_TYPE_MAX_LENGTH"}),
        ({"content": "x", "flags": "many"}, {"flags": "NUMBER_TYPE_COERCE"}),
        ({"embeds": [{"title": "t" * 257}]}, {"embeds.0.title": "BASE_TYPE_MAX_LENGTH"}),
        ({"embeds": [{"description": "d" * 4097}]}, {"embeds.0.description": "BASE_TYPE_MAX_LENGTH"}),
        ({"embeds": [{"footer": {"text": "f" * 2049}}]}, {"embeds.0.footer.text": "BASE_TYPE_MAX_LENGTH"}),
        ({"embeds": [{"color": 1 << 24}]}, {"embeds.0.color": "NUMBER_TYPE_MAX"}),
        ({"embeds": [{"image": {"url": "ftp://x"}}]}, {"embeds.0.image.url": "URL_TYPE_INVALID_SCHEME"}),
        ({"embeds": [{"fields": [{"name": "n"}]}]}, {"embeds.0.fields.0.value": "BASE_TYPE_REQUIRED"}),
        (
            {"embeds": [{"fields": [{"name": "", "value": "v" * 1025}]}]},
            {
                "embeds.0.fields.0.name": "BASE_TYPE_MIN_LENGTH",
                "embeds.0.fields.0.value": "BASE_TYPE_MAX_LENGTH",
            },
        ),
        (
            {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
            {"embeds.0.fields": "BASE_TYPE_BAD_LENGTH"},
        ),
        ({"embeds": [{"description": "d" * 3001}] * 2}, {"embeds": "MAX_EMBED_SIZE_EXCEEDED"}),
        ({"embeds": [{"title": "t"}] * 11}, {"embeds": "BASE_TYPE_BAD_LENGTH"}),
        ({"embeds": "none"}, {"embeds": "LIST_TYPE_CONVERT"}),
        ({"embeds": ["none"]}, {"embeds.0": "DICT_TYPE_CONVERT"}),
        (
            {"content": "x", "allowed_mentions": {"parse": ["all"]}},
            {"allowed_mentions.parse.0": "BASE_TYPE_CHOICES"},
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            {"allowed_mentions": "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
        ),
        (
            {"content": "x", "attachments": [{"id": "0", "description": "d" * 1025}]},
            {"attachments.0.description": "BASE_TYPE_MAX_LENGTH"},
        ),
        ({"content": "x", **row(*[BUTTON] * 6)}, {"components.0.components": "BASE_TYPE_BAD_LENGTH"}),
        (
            {"content": "x", **row(BUTTON, BUTTON)},
            {"components.0.components.1.custom_id": "COMPONENT_CUSTOM_ID_DUPLICATED"},
        ),
        (
            {"content": "x", **row({**BUTTON, "custom_id": "c" * 101})},
            {"components.0.components.0.custom_id": "BASE_TYPE_MAX_LENGTH"},
        ),
        (
            {"content": "x", **row({**BUTTON, "label": "l" * 81})},
            {"components.0.components.0.label": "BASE_TYPE_MAX_LENGTH"},
        ),
        (
            {"content": "x", **row({"type": 2, "style": 2, "custom_id": "c"})},
            {"components.0.components.0": "BUTTON_COMPONENT_INVALID_EMPTY"},
        ),
        (
            {"content": "x", **row({"type": 2, "style": 5, "label": "l"})},
            {"components.0.components.0.url": "BASE_TYPE_REQUIRED"},
        ),
        (
            {"content": "x", **row({**BUTTON, "style": 5, "url": "https://x"})},
            {"components.0.components.0.custom_id": "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"},
        ),
        (
            {"content": "x", **row({**BUTTON, "style": 9})},
            {"components.0.components.0.style": "BASE_TYPE_CHOICES"},
        ),
        (
            {"content": "x", **row(SELECT, BUTTON)},
            {"components.0.components": "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
        ),
        (
            {"content": "x", **row({**SELECT, "options": []})},
            {"components.0.components.0.options": "BASE_TYPE_BAD_LENGTH"},
        ),
        (
            {"content": "x", **row({**SELECT, "options": [{"label": "l" * 101}]})},
            {
                "components.0.components.0.options.0.label": "BASE_TYPE_MAX_LENGTH",
                "components.0.components.0.options.0.value": "BASE_TYPE_REQUIRED",
            },
        ),
        ({"content": "x", "components": [BUTTON]}, {"components.0.type": "BASE_TYPE_CHOICES"}),
        ({"content": "x", "components": [{}]}, {"components.0.type": "BASE_TYPE_REQUIRED"}),
        (
            {"flags": 1 << 15, "content": "x", "components": [{"type": 10, "content": "y"}]},
            {"content": "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
        ),
        (
            {"flags": 1 << 15, "components": [{"type": 10, "content": "y" * 2500}] * 2},
            {"components": "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"},
        ),
    ],
)
async def test_a_message_that_breaks_a_limit(sandbox, ask, body, expected):
    status, answer = await ask(sandbox, "POST", MESSAGES, body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    assert leaves(answer["errors"]) == expected
    assert sandbox.messages(3000) == []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": "n" * 25},
        {"embeds": [{"description": "d" * 3000}, {"description": "d" * 3000}]},
        {"embeds": [{"title": "t", "fields": [{"name": "n" * 256, "value": "v"}] * 20}]},
        {"content": "x", **row(*[{**BUTTON, "custom_id": str(k)} for k in range(5)])},
        {"flags": 1 << 15, "components": [{"type": 17, "components": [{"type": 10, "content": "y" * 4000}]}]},
    ],
)
async def test_a_message_just_within_the_limits(sandbox, ask, body):
    assert (await ask(sandbox, "POST", MESSAGES, body))[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", MESSAGES, {}, Refusal.EMPTY_MESSAGE),
        ("POST", "/channels/1/messages", {"content": "x"}, Refusal.UNKNOWN_CHANNEL),
        ("GET", "/channels/1", None, Refusal.UNKNOWN_CHANNEL),
        ("GET", MESSAGES + "/1", None, Refusal.UNKNOWN_MESSAGE),
        ("PATCH", MESSAGES + "/1", {"content": "x"}, Refusal.UNKNOWN_MESSAGE),
        ("GET", "/guilds/1", None, Refusal.UNKNOWN_GUILD),
        ("GET", "/guilds/2000/members/1", None, Refusal.UNKNOWN_MEMBER),
        ("GET", "/guilds/2000/voice-states/5001", None, Refusal.UNKNOWN_VOICE_STATE),
        ("GET", "/users/1", None, Refusal.UNKNOWN_USER),
        ("GET", "/applications/1/commands", None, Refusal.MISSING_ACCESS),
        ("GET", "/applications/1000/guilds/1/commands", None, Refusal.MISSING_ACCESS),
        ("GET", COMMANDS + "/1", None, Refusal.UNKNOWN_COMMAND),
        ("POST", "/interactions/1/none/callback", {"type": 5}, Refusal.UNKNOWN_INTERACTION),
        ("POST", "/webhooks/1/none", {"content": "x"}, Refusal.UNKNOWN_WEBHOOK),
        ("POST", "/webhooks/1000/none", {"content": "x"}, Refusal.EXPIRED_TOKEN),
        ("GET", "/nothing/here", None, Refusal.NO_SUCH_ROUTE),
        ("GET", "/guilds/2000/audit-logs", None, Refusal.MISSING_PERMISSIONS),
        ("POST", "/channels/3010/messages", {"content": "x"}, Refusal.NOT_A_TEXT_CHANNEL),
        ("PUT", COMMANDS, [{**COMMAND, "name": f"c{k}"} for k in range(101)], Refusal.TOO_MANY_COMMANDS),
    ],
)
async def test_what_is_not_there_or_not_allowed(sandbox, ask, method, path, body, refusal):
    sandbox.put_channel(ChannelSeed(3010, "a category", ChannelKind.CATEGORY))
    sandbox.world.guild.bot_permissions = Permission.NONE
    status, answer = await ask(sandbox, method, path, body)
    rule = refusal.value
    assert (status, answer) == (rule.status, {"code": rule.code, "message": rule.message})


@pytest.mark.parametrize(
    ("missing", "body", "refusal"),
    [
        (Permission.VIEW_CHANNEL, {"content": "x"}, Refusal.MISSING_ACCESS),
        (Permission.SEND_MESSAGES, {"content": "x"}, Refusal.MISSING_PERMISSIONS),
        (Permission.EMBED_LINKS, {"embeds": [{"title": "t"}]}, Refusal.MISSING_PERMISSIONS),
        (Permission.SEND_TTS_MESSAGES, {"content": "x", "tts": True}, Refusal.MISSING_PERMISSIONS),
        (
            Permission.READ_MESSAGE_HISTORY,
            {"content": "x", "message_reference": {"message_id": "1"}},
            Refusal.MISSING_PERMISSIONS,
        ),
    ],
)
async def test_a_missing_permission(start, seed, ask, missing, body, refusal):
    granted = (ORDINARY | Permission.SEND_TTS_MESSAGES) & ~missing
    sandbox = await start(guild=dataclasses.replace(seed, everyone=granted), keep_requests=False)
    status, answer = await ask(sandbox, "POST", MESSAGES, body)
    assert (status, answer["code"]) == (403, refusal.value.code)


async def test_files_need_their_permission_and_have_a_limit(start, seed, ask):
    def form(size: int) -> aiohttp.FormData:
        data = aiohttp.FormData()
        data.add_field("payload_json", "{}")
        data.add_field("files[0]", b"x" * size, filename="a.png")
        return data

    sandbox = await start(keep_requests=False)
    ten_mebibytes = 10 * 1024 * 1024
    assert (await ask(sandbox, "POST", MESSAGES, data=form(ten_mebibytes)))[0] == 200
    status, answer = await ask(sandbox, "POST", MESSAGES, data=form(ten_mebibytes + 1))
    assert (status, answer["code"]) == (413, 40005)

    may_not = dataclasses.replace(seed, everyone=ORDINARY & ~Permission.ATTACH_FILES)
    sandbox = await start(guild=may_not, keep_requests=False)
    assert (await ask(sandbox, "POST", MESSAGES, data=form(1)))[1]["code"] == 50013


async def test_without_history_there_is_nothing_to_list(start, seed, ask):
    may_not = dataclasses.replace(seed, everyone=ORDINARY & ~Permission.READ_MESSAGE_HISTORY)
    sandbox = await start(guild=may_not, keep_requests=False)
    sandbox.say(5001, 3000, "hello")
    assert await ask(sandbox, "GET", MESSAGES) == (200, [])
    message_id = sandbox.messages(3000)[0]["id"]
    assert (await ask(sandbox, "GET", f"{MESSAGES}/{message_id}"))[1]["code"] == 50013


async def test_somebody_elses_message_can_be_neither_edited_nor_deleted(sandbox, ask):
    path = f"{MESSAGES}/{sandbox.say(5001, 3000, 'mine').message_id}"
    assert (await ask(sandbox, "PATCH", path, {"content": "yours"}))[1]["code"] == 50005
    assert (await ask(sandbox, "DELETE", path))[1]["code"] == 50013


async def test_a_members_own_overwrite_wins_over_its_roles(sandbox, ask):
    deny = Overwrite(2000, deny=Permission.SEND_MESSAGES)
    allow = Overwrite(1000, OverwriteKind.MEMBER, allow=Permission.SEND_MESSAGES)
    sandbox.put_channel(ChannelSeed(3000, "general", overwrites=[deny]))
    assert (await ask(sandbox, "POST", MESSAGES, {"content": "x"}))[0] == 403
    sandbox.put_channel(ChannelSeed(3000, "general", overwrites=[deny, allow]))
    assert (await ask(sandbox, "POST", MESSAGES, {"content": "x"}))[0] == 200


async def test_the_members_list_needs_its_intent_switched_on(start, ask):
    sandbox = await start(privileged=Intent(0))
    assert (await ask(sandbox, "GET", "/guilds/2000/members"))[1]["code"] == 50001


async def test_a_body_that_is_no_json_and_a_number_that_is_none(sandbox, ask):
    headers = {"Content-Type": "application/json"}
    assert (await ask(sandbox, "POST", MESSAGES, data="{", headers=headers))[1]["code"] == 50109
    _, answer = await ask(sandbox, "GET", MESSAGES, params={"limit": "101"})
    assert leaves(answer["errors"]) == {"limit": "NUMBER_TYPE_MAX"}
    assert (await ask(sandbox, "GET", "/channels/general"))[1]["code"] == 50035
    assert (await ask(sandbox, "POST", MESSAGES, ["a list"]))[1]["code"] == 50035


async def test_a_wrong_token_opens_nothing(sandbox, ask):
    for header in ("Bot wrong", "Bearer " + sandbox.token, ""):
        status, answer = await ask(sandbox, "GET", "/users/@me", headers={"Authorization": header})
        assert (status, answer["code"]) == (401, 0)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ({**COMMAND, "name": "Insights"}, {"0.name": "APPLICATION_COMMAND_INVALID_NAME"}),
        ({**COMMAND, "name": "a b"}, {"0.name": "APPLICATION_COMMAND_INVALID_NAME"}),
        ({"name": "insights"}, {"0.description": "BASE_TYPE_REQUIRED"}),
        ({**COMMAND, "description": "d" * 101}, {"0.description": "BASE_TYPE_MAX_LENGTH"}),
        ({**COMMAND, "type": 9}, {"0.type": "BASE_TYPE_CHOICES"}),
        (
            {**COMMAND, "default_member_permissions": "all"},
            {"0.default_member_permissions": "BITFIELD_TYPE_CONVERT"},
        ),
        (
            {
                **COMMAND,
                "options": [
                    {"type": 3, "name": "a", "description": "d"},
                    {"type": 3, "name": "b", "description": "d", "required": True},
                ],
            },
            {"0.options.1": "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
        ),
        (
            {**COMMAND, "options": [{"type": 3, "name": "a", "description": "d"}] * 2},
            {"0.options.1": "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"},
        ),
        (
            {
                **COMMAND,
                "options": [
                    {
                        "type": 3,
                        "name": "a",
                        "description": "d",
                        "choices": [{"name": "n", "value": k} for k in range(26)],
                    }
                ],
            },
            {"0.options.0.choices": "BASE_TYPE_BAD_LENGTH"},
        ),
        (
            {
                **COMMAND,
                "options": [
                    {
                        "type": 3,
                        "name": f"o{k}",
                        "description": "d" * 100,
                        "choices": [{"name": "n", "value": "v" * 100}] * 25,
                    }
                    for k in range(4)
                ],
            },
            {"0": "APPLICATION_COMMAND_TOO_LARGE"},
        ),
        (
            {**COMMAND, "options": [{**OPTION, "choices": [{"name": "n", "value": 1}]}]},
            {"0.options.0.choices.0.value": "STRING_TYPE_CONVERT"},
        ),
        (
            {
                **COMMAND,
                "options": [{**OPTION, "autocomplete": True, "choices": [{"name": "n", "value": "v"}]}],
            },
            {"0.options.0.autocomplete": "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID"},
        ),
        (
            {**COMMAND, "options": [{**OPTION, "type": 7, "autocomplete": True}]},
            {"0.options.0.autocomplete": "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID"},
        ),
        (
            {**COMMAND, "options": [{"name": "a"}]},
            {"0.options.0.type": "BASE_TYPE_REQUIRED", "0.options.0.description": "BASE_TYPE_REQUIRED"},
        ),
    ],
)
async def test_a_command_that_discord_would_not_register(sandbox, ask, command, expected):
    status, answer = await ask(sandbox, "PUT", COMMANDS, [command])
    assert (status, answer["code"]) == (400, 50035)
    assert leaves(answer["errors"]) == expected
    assert sandbox.world.commands.all(0) == []


async def test_two_commands_of_one_name(sandbox, ask):
    _, answer = await ask(sandbox, "PUT", COMMANDS, [COMMAND, COMMAND])
    assert leaves(answer["errors"]) == {"1.name": "APPLICATION_COMMANDS_DUPLICATE_NAME"}


async def test_single_commands_are_made_changed_and_deleted(sandbox, ask):
    _, made = await ask(sandbox, "POST", COMMANDS, COMMAND)
    path = f"{COMMANDS}/{made['id']}"
    assert (await ask(sandbox, "PATCH", path, {"description": "new"}))[1]["description"] == "new"
    assert (await ask(sandbox, "GET", path))[1]["description"] == "new"
    assert (await ask(sandbox, "PATCH", path, {"name": "No Name"}))[0] == 400
    assert (await ask(sandbox, "DELETE", path))[0] == 204
    assert await ask(sandbox, "GET", COMMANDS) == (200, [])


def test_every_refusal_cites_the_rule_that_it_follows():
    for refusal in Refusal:
        assert '"' in refusal.value.documented, f"{refusal.name} names no section of the documentation"
