"""What the sandbox answers has the shape that Discord's specification gives to it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from sandbox.people import Leaving
from sandbox.permissions import ORDINARY, Overwrite, Permission
from sandbox.recurrence import RecurrenceRule
from sandbox.seed import ChannelSeed, RoleSeed
from sandbox.specification import VALIDATOR

SPECIFICATION = VALIDATOR.with_name("openapi.json")
ADDRESS = "urn:specification"


@functools.cache
def specification() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SPECIFICATION.read_text("utf-8"))
    return loaded


@functools.cache
def registry() -> Registry[Any]:
    return Registry().with_resource(
        ADDRESS, Resource.from_contents(specification(), default_specification=DRAFT202012)
    )


def anchored(node: Any) -> Any:
    """The schema with its references made absolute."""
    if isinstance(node, list):
        return [anchored(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: ADDRESS + value if key == "$ref" and value.startswith("#") else anchored(value)
        for key, value in node.items()
    }


@pytest.fixture
def conforms() -> Callable[..., list[str]]:
    """What is wrong with an answer to a method of the specification's path."""
    if not SPECIFICATION.exists():
        pytest.skip(f"there is no {SPECIFICATION} on this machine")

    def wrong(method: str, path: str, answer: Any, status: str = "200") -> list[str]:
        response = specification()["paths"][path][method.lower()]["responses"][status]
        if "$ref" in response:
            response = specification()["components"]["responses"][response["$ref"].rpartition("/")[2]]
        schema = anchored(response["content"]["application/json"]["schema"])
        errors = Draft202012Validator(schema, registry=registry()).iter_errors(answer)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]

    return wrong


@pytest.mark.parametrize(
    ("path", "actual"),
    [
        ("/users/@me", "/users/@me"),
        ("/users/{user_id}", "/users/5001"),
        ("/users/@me/guilds", "/users/@me/guilds"),
        ("/oauth2/applications/@me", "/oauth2/applications/@me"),
        ("/applications/@me", "/applications/@me"),
        ("/gateway", "/gateway"),
        ("/gateway/bot", "/gateway/bot"),
        ("/guilds/{guild_id}", "/guilds/2000?with_counts=true"),
        ("/guilds/{guild_id}/channels", "/guilds/2000/channels"),
        ("/guilds/{guild_id}/roles", "/guilds/2000/roles"),
        ("/guilds/{guild_id}/members", "/guilds/2000/members?limit=1000"),
        ("/guilds/{guild_id}/members/{user_id}", "/guilds/2000/members/5001"),
        ("/guilds/{guild_id}/voice-states/{user_id}", "/guilds/2000/voice-states/5001"),
        ("/guilds/{guild_id}/scheduled-events", "/guilds/2000/scheduled-events"),
        ("/guilds/{guild_id}/threads/active", "/guilds/2000/threads/active"),
        ("/guilds/{guild_id}/audit-logs", "/guilds/2000/audit-logs"),
        ("/channels/{channel_id}", "/channels/3000"),
        ("/channels/{channel_id}", "/channels/3001"),
        ("/channels/{channel_id}/messages", "/channels/3000/messages"),
        ("/applications/{application_id}/commands", "/applications/1000/commands"),
        (
            "/applications/{application_id}/guilds/{guild_id}/commands",
            "/applications/1000/guilds/2000/commands",
        ),
    ],
)
async def test_what_can_be_read(sandbox, ask, conforms, path, actual):
    sandbox.put_role(RoleSeed(2000, "@everyone", ORDINARY | Permission.VIEW_AUDIT_LOG))
    sandbox.put_channel(ChannelSeed(3000, "general", overwrites=[Overwrite(4001, allow=Permission.SPEAK)]))
    sandbox.voice(5001, 3001)
    sandbox.say(5001, 3000, "hello <@5002>")
    sandbox.open_thread(3000, 5001)
    sandbox.member_leaves(5007, Leaving.KICKED)
    sandbox.prune([5008, 5009])
    for scope in ("", "/guilds/2000"):
        command = {"name": "insights", "description": "d"}
        await ask(sandbox, "PUT", f"/applications/1000{scope}/commands", [command])
    status, answer = await ask(sandbox, "GET", actual)
    assert status == 200
    assert conforms("GET", path, answer) == []


async def test_a_sent_and_edited_message(sandbox, ask, conforms):
    body = {
        "content": "hello <@5001>",
        "nonce": "n",
        "embeds": [{"title": "t", "fields": [{"name": "n", "value": "v"}]}],
        "components": [{"type": 1, "components": [{"type": 2, "style": 2, "label": "l", "custom_id": "c"}]}],
    }
    _, sent = await ask(sandbox, "POST", "/channels/3000/messages", body)
    assert conforms("POST", "/channels/{channel_id}/messages", sent) == []
    path = f"/channels/3000/messages/{sent['id']}"
    _, edited = await ask(sandbox, "PATCH", path, {"content": "better"})
    assert conforms("PATCH", "/channels/{channel_id}/messages/{message_id}", edited) == []


async def test_an_interactions_messages(sandbox, ask, conforms):
    await ask(sandbox, "PUT", "/applications/1000/commands", [{"name": "insights", "description": "d"}])
    invocation = sandbox.run_command(5000, "insights")
    (token,) = sandbox.world.interactions.tokens()
    callback = f"/interactions/{invocation.interaction_id}/{token}/callback?with_response=true"
    _, answer = await ask(sandbox, "POST", callback, {"type": 4, "data": {"content": "one", "flags": 64}})
    assert conforms("POST", "/interactions/{interaction_id}/{interaction_token}/callback", answer) == []
    _, original = await ask(sandbox, "GET", f"/webhooks/1000/{token}/messages/@original")
    at = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    assert conforms("GET", at, original) == []


PLANNED = "/guilds/{guild_id}/scheduled-events"
ONE_EVENT = PLANNED + "/{guild_scheduled_event_id}"
WEDNESDAY = "2025-11-19T19:00:00+00:00"
VOICE_EVENT = {
    "name": "Inhouse",
    "privacy_level": 2,
    "scheduled_start_time": WEDNESDAY,
    "scheduled_end_time": "2025-11-19T21:00:00+00:00",
    "entity_type": 2,
    "channel_id": "3001",
    "recurrence_rule": {"start": WEDNESDAY, "frequency": 2, "interval": 1, "by_weekday": [2]},
}
EXTERNAL_EVENT = {
    **{key: value for key, value in VOICE_EVENT.items() if key != "channel_id"},
    "entity_type": 3,
    "entity_metadata": {"location": "Riverside Park"},
    "recurrence_rule": {"start": WEDNESDAY, "frequency": 1, "by_n_weekday": [{"n": 3, "day": 2}]},
}


@pytest.mark.parametrize("planned", [VOICE_EVENT, EXTERNAL_EVENT], ids=["in voice", "elsewhere"])
async def test_scheduled_events(sandbox, ask, conforms, planned):
    sandbox.put_role(RoleSeed(2000, "@everyone", ORDINARY | Permission.CREATE_EVENTS))
    events = "/guilds/2000/scheduled-events"
    _, made = await ask(sandbox, "POST", events, planned)
    assert conforms("POST", PLANNED, made) == []
    one = f"{events}/{made['id']}"
    cancelled = {"original_scheduled_start_time": WEDNESDAY, "is_canceled": True}
    _, exception = await ask(sandbox, "POST", f"{one}/exceptions", cancelled)
    assert conforms("POST", f"{ONE_EVENT}/exceptions", exception) == []
    occurrence = exception["event_exception_id"]
    _, changed = await ask(sandbox, "PATCH", f"{one}/exceptions/{occurrence}", {"is_canceled": False})
    assert conforms("PATCH", f"{ONE_EVENT}/exceptions/{{exception_id}}", changed) == []
    _, renamed = await ask(sandbox, "PATCH", one, {"name": "Draft night", "status": 2})
    assert conforms("PATCH", ONE_EVENT, renamed) == []
    sandbox.answer_event(5001, int(made["id"]))
    sandbox.answer_event(5002, int(made["id"]), original_start=datetime.fromisoformat(WEDNESDAY))
    counted, whole = {"with_user_count": "true"}, {"with_member": "true"}
    ids = {"guild_scheduled_event_exception_ids": occurrence}
    for path, actual, query in (
        (PLANNED, events, counted),
        (ONE_EVENT, one, counted),
        (f"{ONE_EVENT}/users", f"{one}/users", whole),
        (f"{ONE_EVENT}/users/counts", f"{one}/users/counts", ids),
        (f"{ONE_EVENT}/{{guild_scheduled_event_exception_id}}/users", f"{one}/{occurrence}/users", whole),
    ):
        status, answer = await ask(sandbox, "GET", actual, params=query)
        assert (status, bool(answer), conforms("GET", path, answer)) == (200, True, [])


async def test_a_dispatched_event_is_the_specifications_object(sandbox, dial, conforms):
    line = await dial(sandbox)
    await line.identify(sandbox, intents=1 << 16)
    start = datetime.fromisoformat(WEDNESDAY)
    sandbox.create_event(5000, "Inhouse", start, channel_id=3001, recurrence=RecurrenceRule.weekly(start))
    assert conforms("GET", ONE_EVENT, await line.dispatched("GUILD_SCHEDULED_EVENT_CREATE")) == []


async def test_an_error(sandbox, ask, conforms):
    _, answer = await ask(sandbox, "GET", "/channels/1")
    assert conforms("GET", "/channels/{channel_id}", answer, "4XX") == []
