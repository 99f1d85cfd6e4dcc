"""The database decides who posts a digest: one row a guild, digest and period, changed only as last seen.

`attempts` is the row's version. Whoever changes it from what was read has the claim; everybody else, in this
process or another, changes nothing and goes away.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LEASE_MS = 120_000  # how long a claim is left alone: well above the longest time that one sending may take
RETRY_REFUSED_MS = 3_600_000  # a refused digest is tried again this late, or as soon as the channel changes

CLAIMED, POSTED, FAILED = "claimed", "posted", "failed"
CHECKED = "checked"  # looked at, and there was nothing to post
DONE = (POSTED, CHECKED)


@dataclass(frozen=True, slots=True)
class Run:
    """A row of digest_runs."""

    period: str
    status: str  # claimed, posted, failed, checked
    claimed_at_ms: int
    attempts: int
    channel_id: int | None
    message_id: int | None = None
    problem: str | None = None

    def is_free(self, channel_id: int, now_ms: int) -> bool:
        """Whether another attempt may be made. A claim from the future was made under a wrong clock."""
        if self.status in DONE:
            return False
        if self.status == FAILED and self.channel_id != channel_id:
            return True
        rest_ms = RETRY_REFUSED_MS if self.status == FAILED else LEASE_MS
        return not -LEASE_MS <= now_ms - self.claimed_at_ms < rest_ms


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to post one digest until the lease ends."""

    guild_id: int
    digest: str
    period: str
    channel_id: int
    claimed_at_ms: int
    attempts: int

    @property
    def nonce(self) -> str:
        return nonce(self.guild_id, self.digest, self.period)

    @property
    def is_first(self) -> bool:
        return self.attempts == 1


def nonce(guild_id: int, digest: str, period: str) -> str:
    """24 characters, the same in every process and for ever: Discord then posts such a message once."""
    return hashlib.blake2b(f"{guild_id} {digest} {period}".encode(), digest_size=12).hexdigest()


async def runs(conn: AsyncConnection, guild_id: int, digest: str) -> dict[str, Run]:
    """All runs of a digest, by period."""
    rows = await conn.execute(_RUNS, {"guild_id": guild_id, "digest": digest})
    return {row.period: Run(*row) for row in rows}


async def claim(
    conn: AsyncConnection,
    guild_id: int,
    digest: str,
    period: str,
    seen: Run | None,
    *,
    channel_id: int,
    late: bool,
    owner: str,
    now_ms: int,
) -> Claim | None:
    """Claims a period as it was `seen`; None if somebody changed the row since. Commit before sending."""
    attempts = seen.attempts + 1 if seen else 1
    values = {
        "guild_id": guild_id,
        "digest": digest,
        "period": period,
        "nonce": nonce(guild_id, digest, period),
        "owner": owner,
        "now_ms": now_ms,
        "attempts": attempts,
        "late": late,
        "channel_id": channel_id,
    }
    result = await conn.execute(_RECLAIM if seen else _CLAIM, values)
    if not result.rowcount:
        return None
    return Claim(guild_id, digest, period, channel_id, now_ms, attempts)


async def settle(conn: AsyncConnection, claim: Claim, message_id: int, now_ms: int) -> None:
    """The message is there, whoever holds the claim by now: nobody needs to post it any more."""
    await conn.execute(_SETTLE, {**_key(claim), "message_id": message_id, "now_ms": now_ms})


async def close(conn: AsyncConnection, claim: Claim, now_ms: int) -> None:
    """There was nothing to post, and there will be nothing."""
    await conn.execute(_CLOSE, {**_key(claim), "attempts": claim.attempts, "now_ms": now_ms})


async def note(conn: AsyncConnection, claim: Claim, problem: str, *, refused: bool) -> None:
    """Why this attempt did not post. Only a refused one is over; any other is tried again after the lease."""
    status = FAILED if refused else CLAIMED
    values = {**_key(claim), "attempts": claim.attempts, "status": status, "problem": problem}
    await conn.execute(_NOTE, values)


def _key(claim: Claim) -> dict[str, object]:
    return {"guild_id": claim.guild_id, "digest": claim.digest, "period": claim.period}


_RUNS = text("""
    SELECT period, status, claimed_at_ms, attempts, channel_id, message_id, problem
    FROM digest_runs
    WHERE guild_id = :guild_id AND digest = :digest
""")

_CLAIM = text("""
    INSERT INTO digest_runs
        (guild_id, digest, period, status, nonce, claimed_by, claimed_at_ms, attempts, late, channel_id)
    VALUES (:guild_id, :digest, :period, 'claimed', :nonce, :owner, :now_ms, :attempts, :late, :channel_id)
    ON CONFLICT DO NOTHING
""")

_RECLAIM = text("""
    UPDATE digest_runs
    SET status = 'claimed', claimed_by = :owner, claimed_at_ms = :now_ms, attempts = :attempts,
        late = :late, channel_id = :channel_id, nonce = :nonce
    WHERE guild_id = :guild_id AND digest = :digest AND period = :period
      AND attempts = :attempts - 1 AND status NOT IN ('posted', 'checked')
""")

_SETTLE = text("""
    UPDATE digest_runs
    SET status = 'posted', message_id = :message_id, settled_at_ms = :now_ms, problem = NULL
    WHERE guild_id = :guild_id AND digest = :digest AND period = :period
      AND status NOT IN ('posted', 'checked')
""")

_CLOSE = text("""
    UPDATE digest_runs
    SET status = 'checked', settled_at_ms = :now_ms, problem = NULL
    WHERE guild_id = :guild_id AND digest = :digest AND period = :period
      AND attempts = :attempts AND status NOT IN ('posted', 'checked')
""")

_NOTE = text("""
    UPDATE digest_runs
    SET status = :status, problem = :problem
    WHERE guild_id = :guild_id AND digest = :digest AND period = :period
      AND attempts = :attempts AND status NOT IN ('posted', 'checked')
""")
