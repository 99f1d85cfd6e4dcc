"""Permissions as Discord computes them: roles first, then @everyone's, roles' and the member's overwrites."""

from __future__ import annotations

import pytest

from sandbox.permissions import (
    ORDINARY,
    Overwrite,
    OverwriteKind,
    Permission,
    channel_permissions,
    guild_permissions,
    on_the_wire,
)

EVERYONE, RED, BLUE, MEMBER = 1, 10, 11, 100
VIEW, SEND, FILES = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.ATTACH_FILES
BASE = VIEW | SEND | FILES


def granted(*overwrites: Overwrite, base: Permission = BASE) -> Permission:
    return channel_permissions(
        base, overwrites, everyone_id=EVERYONE, role_ids=frozenset({RED, BLUE}), member_id=MEMBER
    )


def test_roles_add_up():
    together = guild_permissions(is_owner=False, everyone=VIEW, of_roles=[SEND, FILES])
    assert together == BASE


@pytest.mark.parametrize(("is_owner", "role"), [(True, VIEW), (False, Permission.ADMINISTRATOR)])
def test_the_owner_and_administrators_have_everything_whatever_a_channel_says(is_owner, role):
    base = guild_permissions(is_owner=is_owner, everyone=Permission.NONE, of_roles=[role])
    assert SEND in granted(Overwrite(EVERYONE, deny=VIEW | SEND), base=base)


@pytest.mark.parametrize(
    ("overwrites", "may_send"),
    [
        ([], True),
        ([Overwrite(EVERYONE, deny=SEND)], False),
        ([Overwrite(EVERYONE, deny=SEND), Overwrite(RED, allow=SEND)], True),
        ([Overwrite(RED, deny=SEND), Overwrite(BLUE, allow=SEND)], True),
        ([Overwrite(99, deny=SEND)], True),
        ([Overwrite(RED, allow=SEND), Overwrite(MEMBER, OverwriteKind.MEMBER, deny=SEND)], False),
        ([Overwrite(RED, deny=SEND), Overwrite(MEMBER, OverwriteKind.MEMBER, allow=SEND)], True),
        ([Overwrite(101, OverwriteKind.MEMBER, deny=SEND)], True),
        ([Overwrite(EVERYONE, deny=VIEW)], False),
    ],
)
def test_the_nearer_overwrite_wins(overwrites, may_send):
    assert (SEND in granted(*overwrites)) is may_send


def test_without_sending_there_is_no_attaching_either():
    assert granted(Overwrite(EVERYONE, deny=SEND)) == VIEW


def test_a_hidden_channel_grants_nothing():
    assert granted(Overwrite(EVERYONE, deny=VIEW)) == Permission.NONE


def test_permissions_travel_as_a_decimal_string():
    assert on_the_wire(VIEW | SEND) == str((1 << 10) | (1 << 11))
    assert int(on_the_wire(~Permission.NONE)) & int(ORDINARY) == int(ORDINARY)
