"""The settings, and what stands in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import ConfigProblem, Settings
from bot.doctor.finding import Finding, ill, unknown, well


def problem_findings(problem: ConfigProblem) -> Iterator[Finding]:
    for each in problem.problems:
        yield ill(
            "Settings", f"{each.sentence.rstrip('.')}.", "Correct it; all else is looked at without it."
        )


def environment_findings(problem: ConfigProblem) -> Iterator[Finding]:
    for each in problem.problems:
        yield ill("Environment", f"{each.sentence.rstrip('.')}.", "Correct it; nothing else was looked at.")


def settings_findings(settings: Settings, path: Path, now: datetime) -> Iterator[Finding]:
    yield well("Settings", f"{path} can be read, and every value is allowed.")
    if settings.community.guild_id is None:
        yield ill("Server", "No server is named.", "Set community.guild_id in config.toml.")
    if not settings.access.staff_roles:
        yield ill("Staff", "Nobody may use the commands.", "Set access.staff_roles in config.toml.")
    yield zone_finding(settings.community.zone, now)


def zone_finding(zone: str, now: datetime) -> Finding:
    return well("Time zone", f"Days are those of {zone}, where it is {now.astimezone(ZoneInfo(zone)):%H:%M}.")


def no_digest() -> Finding:
    return unknown("Digest", "digest.weekly.channel_id is not set: no digest is posted.")
