"""How a command ended, as it is told."""

from __future__ import annotations

from typing import Any, Final

from interactions.client.errors import CommandCheckFailure, CommandOnCooldown, MaxConcurrencyReached

from insights_extension.invocation import Invocation

LONGEST_ERROR_TYPE: Final = 64  # of which more is not kept
DENIED: Final = (CommandCheckFailure, CommandOnCooldown, MaxConcurrencyReached)


def ended(seen: Invocation, error: BaseException | None, now_s: float) -> dict[str, Any]:
    outcome = "success" if error is None else "denied" if isinstance(error, DENIED) else "error"
    return {
        "ended": {
            "interaction_id": seen.interaction_id,
            "guild_id": seen.guild_id,
            "user_id": seen.user_id,
            "outcome": outcome,
            "error_type": None if error is None else type(error).__name__[:LONGEST_ERROR_TYPE],
            "latency_ms": round((now_s - seen.seen_s) * 1000),
        }
    }
