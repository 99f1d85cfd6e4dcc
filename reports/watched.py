"""What a limit may name and no digest shows by itself: it is read where a limit names it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cuts import EVERYBODY
from reports.drift import member_drift, with_coverage
from reports.event_completeness import attendance_recorded, proper_times
from reports.identity_kpis import id_coverage
from reports.logging_kpis import dead_letters_kpi, load_dead_letters
from reports.material import Material
from reports.platforms import load_links
from reports.report import Kpi


async def load_watched(conn: AsyncConnection, material: Material) -> tuple[Kpi, ...]:
    """Those that limits of config.toml name: of everybody, as limits are."""
    if material.cut != EVERYBODY:
        return ()
    guild_id, pair, settings = material.records.guild_id, material.pair, material.settings
    named = {rule.kpi for rule in settings.alerts}
    found: list[Kpi] = []
    if "drift" in named:
        last = None if material.is_open else pair.last
        found.append(with_coverage(await member_drift(conn, guild_id, pair.this, last, settings.zone), pair))
    if "dead_letters" in named:
        letters = await load_dead_letters(conn, guild_id, (pair.this, pair.last))
        found.append(dead_letters_kpi(pair, letters, material.sources))
    if "id_coverage" in named:
        links = await load_links(conn, guild_id, pair.this.end_ms)
        found += id_coverage(pair, links, material.smallest)
    if "events_with_times" in named:
        found += proper_times(pair, material.events)
    if "events_with_attendance" in named:
        found += attendance_recorded(pair, material.events)
    return tuple(found)
