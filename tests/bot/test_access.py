from __future__ import annotations

import pytest

from bot.access import AccessSettings, decide
from bot.settings import Settings

GUILD, STAFF, CAPTAIN = 1000, 201, 202
SETTINGS = AccessSettings(GUILD, frozenset({STAFF}))


def test_staff_may_use_a_command_in_their_server():
    assert decide(SETTINGS, GUILD, [CAPTAIN, STAFF], "/insights health").granted


@pytest.mark.parametrize(
    ("guild_id", "role_ids"),
    [
        (GUILD, []),
        (GUILD, [CAPTAIN]),
        (GUILD, [GUILD]),  # everybody holds the role that has the server's id
        (2000, [STAFF]),
        (None, [STAFF]),
    ],
)
def test_everybody_else_is_denied_with_a_sentence(guild_id, role_ids):
    decision = decide(SETTINGS, guild_id, role_ids, "/insights health")

    assert not decision.granted
    assert decision.sentence.startswith("/insights health ")
    assert decision.sentence.endswith(".")


@pytest.mark.parametrize("staff_roles", [frozenset(), frozenset({GUILD})])
def test_without_a_staff_role_nobody_is_staff_and_the_sentence_names_the_key(staff_roles):
    decision = decide(AccessSettings(GUILD, staff_roles), GUILD, [GUILD, STAFF], "/insights health")

    assert not decision.granted
    assert "access.staff_roles" in decision.sentence


def test_without_a_configured_server_everything_is_denied():
    assert not decide(AccessSettings(None, frozenset({STAFF})), None, [STAFF], "/insights health").granted


def test_it_follows_the_configuration():
    settings = Settings.model_validate({"community": {"guild_id": GUILD}, "access": {"staff_roles": [STAFF]}})

    assert AccessSettings.of(settings) == SETTINGS
