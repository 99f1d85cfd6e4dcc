"""Who may use what. Denies by default; Discord's own command permissions are only what its menus show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.settings import Settings


class Audience(StrEnum):
    """Whom a resource is for; its value is how a sentence calls them."""

    STAFF = "staff"
    ORGANIZER = "organizers and staff"


@dataclass(frozen=True, slots=True)
class AccessSettings:
    guild_id: int | None
    staff_roles: frozenset[int]
    organizer_roles: frozenset[int] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> AccessSettings:
        return cls(
            settings.community.guild_id,
            frozenset(settings.access.staff_roles),
            frozenset(settings.access.organizer_roles),
        )

    def roles_of(self, audience: Audience) -> frozenset[int]:
        """Who has one of these roles belongs to the audience. Staff may use what organizers may."""
        if audience is Audience.ORGANIZER:
            return self.staff_roles | self.organizer_roles
        return self.staff_roles


@dataclass(frozen=True, slots=True)
class Decision:
    granted: bool
    sentence: str = ""  # why not, and what to do; empty when granted


NOBODY_NAMED = {
    Audience.STAFF: "Nobody is named as staff yet: set access.staff_roles in config.toml.",
    Audience.ORGANIZER: "Nobody is named as organizer or staff yet: "
    "set access.organizer_roles and access.staff_roles in config.toml.",
}


def decide(
    settings: AccessSettings,
    guild_id: int | None,
    role_ids: Collection[int],
    resource: str,
    audience: Audience = Audience.STAFF,
) -> Decision:
    """Whether a member with these roles, as the interaction itself carries them, may use a resource.

    `guild_id` is None outside a server. Every member holds the role whose id is the server's: it never
    makes anybody staff or organizer.
    """
    if guild_id is None or guild_id != settings.guild_id:
        return Decision(False, f"{resource} works only in the server that this bot was set up for.")
    roles = settings.roles_of(audience) - {guild_id}
    if not roles:
        return Decision(False, NOBODY_NAMED[audience])
    if roles.isdisjoint(role_ids):
        return Decision(
            False, f"{resource} is for {audience}: ask someone who runs this server for such a role."
        )
    return Decision(True)
