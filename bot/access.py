"""Who may use what. Denies by default; Discord's own command permissions are only what its menus show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class AccessSettings:
    guild_id: int | None
    staff_roles: frozenset[int]

    @classmethod
    def of(cls, settings: Settings) -> AccessSettings:
        return cls(settings.community.guild_id, frozenset(settings.access.staff_roles))


@dataclass(frozen=True, slots=True)
class Decision:
    granted: bool
    sentence: str = ""  # why not, and what to do; empty when granted


def decide(
    settings: AccessSettings, guild_id: int | None, role_ids: Collection[int], resource: str
) -> Decision:
    """Whether a member with these roles, as the interaction itself carries them, may use a resource.

    `guild_id` is None outside a server. Every member holds the role whose id is the server's: it never
    makes anybody staff.
    """
    if guild_id is None or guild_id != settings.guild_id:
        return Decision(False, f"{resource} works only in the server that this bot was set up for.")
    staff_roles = settings.staff_roles - {guild_id}
    if not staff_roles:
        return Decision(False, "Nobody is named as staff yet: set access.staff_roles in config.toml.")
    if staff_roles.isdisjoint(role_ids):
        return Decision(False, f"{resource} is for staff: ask someone who runs this server for a staff role.")
    return Decision(True)
