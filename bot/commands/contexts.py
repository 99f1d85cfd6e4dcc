"""An interaction's context that keeps the roles that the interaction itself carried.

The library keeps roles in a cache that other payloads overwrite; access is decided on those of the moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import interactions as ipy


def payload_roles(payload: Mapping[str, Any]) -> frozenset[int]:
    """The role ids of the member who acted; none outside a server."""
    return frozenset(int(role_id) for role_id in (payload.get("member") or {}).get("roles", ()))


class RoleSlashContext(ipy.SlashContext[ipy.Client]):
    role_ids: frozenset[int] = frozenset()

    @classmethod
    def from_dict(cls, client: ipy.Client, payload: dict[str, Any]) -> Self:
        role_ids = payload_roles(payload)  # the library takes them out of the payload
        context = super().from_dict(client, payload)
        context.role_ids = role_ids
        return context


class RoleComponentContext(ipy.ComponentContext[ipy.Client]):
    role_ids: frozenset[int] = frozenset()

    @classmethod
    def from_dict(cls, client: ipy.Client, payload: dict[str, Any]) -> Self:
        role_ids = payload_roles(payload)
        context = super().from_dict(client, payload)
        context.role_ids = role_ids
        return context


class RoleAutocompleteContext(ipy.AutocompleteContext[ipy.Client]):
    role_ids: frozenset[int] = frozenset()

    @classmethod
    def from_dict(cls, client: ipy.Client, payload: dict[str, Any]) -> Self:
        role_ids = payload_roles(payload)
        context = super().from_dict(client, payload)
        context.role_ids = role_ids
        return context


Context = RoleSlashContext | RoleComponentContext
