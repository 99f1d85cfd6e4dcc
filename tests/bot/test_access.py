from __future__ import annotations

import pytest

from bot.access import AccessSettings, Audience, decide
from bot.settings import Settings

GUILD, STAFF, CAPTAIN, ORGANIZER = 1000, 201, 202, 203
SETTINGS = AccessSettings(GUILD, frozenset({STAFF}), frozenset({ORGANIZER}))


def test_staff_may_use_a_command_in_their_server():
    assert decide(SETTINGS, GUILD, [CAPTAIN, STAFF], "/insights health").granted


@pytest.mark.parametrize(
    ("guild_id", "role_ids"),
    [
        (GUILD, []),
        (GUILD, [CAPTAIN]),
        (GUILD, [ORGANIZER]),
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


@pytest.mark.parametrize("role", [STAFF, ORGANIZER])
def test_what_is_for_organizers_is_for_staff_too(role):
    assert decide(SETTINGS, GUILD, [role], "/insights event", Audience.ORGANIZER).granted


@pytest.mark.parametrize(
    ("guild_id", "role_ids"), [(GUILD, [CAPTAIN]), (GUILD, [GUILD]), (2000, [ORGANIZER]), (None, [ORGANIZER])]
)
def test_what_is_for_organizers_is_denied_to_everybody_else(guild_id, role_ids):
    decision = decide(SETTINGS, guild_id, role_ids, "/insights event", Audience.ORGANIZER)

    assert not decision.granted
    assert decision.sentence.startswith("/insights event ")


def test_with_staff_alone_only_staff_may_use_what_is_for_organizers():
    settings = AccessSettings(GUILD, frozenset({STAFF}))

    assert decide(settings, GUILD, [STAFF], "/insights event", Audience.ORGANIZER).granted
    assert not decide(settings, GUILD, [ORGANIZER], "/insights event", Audience.ORGANIZER).granted


def test_with_no_role_at_all_nobody_is_an_organizer_and_the_sentence_names_the_key():
    settings = AccessSettings(GUILD, frozenset(), frozenset({GUILD}))
    decision = decide(settings, GUILD, [GUILD], "/insights event", Audience.ORGANIZER)

    assert not decision.granted
    assert "access.organizer_roles" in decision.sentence


def test_without_a_configured_server_everything_is_denied():
    assert not decide(AccessSettings(None, frozenset({STAFF})), None, [STAFF], "/insights health").granted


def test_it_follows_the_configuration():
    access = {"staff_roles": [STAFF], "organizer_roles": [ORGANIZER]}
    settings = Settings.model_validate({"community": {"guild_id": GUILD}, "access": access})

    assert AccessSettings.of(settings) == SETTINGS
