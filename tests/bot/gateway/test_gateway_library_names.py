"""The names of interactions.py that the gateway leans on without being promised them."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from interactions import Client
from interactions.api.gateway.gateway import GatewayClient
from interactions.api.gateway.state import ConnectionState
from interactions.api.gateway.websocket import WebsocketClient
from interactions.api.http.http_client import HTTPClient
from interactions.api.http.route import Route
from interactions.client.smart_cache import GlobalCache
from interactions.models.discord.user import ClientUser

from bot.gateway.client import InsightsClient
from bot.gateway.connection import RecordedGateway
from bot.gateway.discretion import FORESEEN
from bot.gateway.rsvp_lists import ANSWERS_TO_ONE
from bot.gateway.supervision import SupervisedState


def test_it_is_the_version_that_was_read():
    assert version("interactions.py") == "5.16.0"


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (GatewayClient, "_identify"),
        (GatewayClient, "_resume_connection"),
        (GatewayClient, "dispatch_event"),
        (GatewayClient, "dispatch_opcode"),
        (GatewayClient, "request_member_chunks"),
        (GatewayClient, "reconnect"),
        (WebsocketClient, "receive"),
        (WebsocketClient, "run_bee_gees"),
        (WebsocketClient, "_start_bee_gees"),
        (ConnectionState, "_ws_connect"),
        (ConnectionState, "clear_ready"),
        (Client, "_init_interactions"),
        (Client, "synchronise_interactions"),
        (Client, "default_error_handler"),
        (ClientUser, "_add_guilds"),
        (GlobalCache, "place_guild_data"),
        (HTTPClient, "request"),
        (HTTPClient, "get_gateway"),
        (HTTPClient, "get_guild"),
        (HTTPClient, "get_guild_channels"),
    ],
)
def test_the_library_has_a_method_of_that_name(owner, name):
    assert callable(getattr(owner, name))


def test_the_library_reads_and_sets_these_names():
    connecting = inspect.getsource(GatewayClient) + inspect.getsource(WebsocketClient)
    for name in (
        "self._keep_alive",
        "self._kill_bee_gees",
        "self.ws = None",
        "self.sequence",
        "self.session_id",
    ):
        assert name in connecting
    client = inspect.getsource(Client)
    for name in ("self._startup", "self._ready", "self._connection_state", "self.processors", "self._user"):
        assert name in client
    assert "self._shard_task" in inspect.getsource(ConnectionState)


def test_the_library_runs_what_is_overridden_here():
    assert "await self._identify()" in inspect.getsource(GatewayClient.__aenter__)
    assert "self.reconnect(" in inspect.getsource(WebsocketClient.receive)
    assert "self.reconnect(" in inspect.getsource(WebsocketClient._start_bee_gees)
    assert "run_bee_gees()" in inspect.getsource(GatewayClient.__aenter__)
    assert "self._init_interactions()" in inspect.getsource(Client)
    assert "self.BASE" in inspect.getsource(Route.url.fget)
    for ours, theirs in (
        (RecordedGateway, GatewayClient),
        (SupervisedState, ConnectionState),
        (InsightsClient, Client),
    ):
        assert issubclass(ours, theirs)


def test_a_refusal_is_logged_in_the_words_that_are_known_here():
    """Of foreseen ones that line is left out (discretion.py), and said where it happens."""
    assert 'error(f"{route.method}::{route.url}: {response.status}")' in inspect.getsource(
        HTTPClient._raise_exception
    )
    assert FORESEEN.match("GET::http://x/api/v10/guilds/1/scheduled-events/2/users: 404")
    assert FORESEEN.match("GET::http://x/api/v10/guilds/1/scheduled-events: 403")
    assert not FORESEEN.match("GET::http://x/api/v10/guilds/1/scheduled-events/2/users: 401")
    assert not FORESEEN.match("GET::http://x/api/v10/guilds/1/channels: 404")


def test_after_its_last_try_a_request_gives_nothing_instead_of_an_error():
    """What the lists take for another try of their own (rsvp_lists.py)."""
    source = inspect.getsource(HTTPClient.request)
    assert "for attempt in range(self._max_attempts)" in source
    assert source.rstrip().endswith("raise"), "nothing follows the tries"


def test_a_route_takes_the_place_of_an_event_in_its_path():
    route = Route("GET", ANSWERS_TO_ONE, guild_id=1, event_id=2, exception_id=3)
    assert route.resolved_path == "/guilds/1/scheduled-events/2/3/users"


@pytest.mark.parametrize("kind", ["command", "component", "autocomplete", "modal"])
def test_the_listeners_that_would_log_what_people_wrote_are_named_so(kind):
    assert getattr(Client, f"on_{kind}_completion", None) is not None
    assert getattr(InsightsClient, f"on_{kind}_completion") is None
