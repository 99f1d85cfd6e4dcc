"""Where the simulated community lives: its server, channels and roles. All ids are made up."""

from __future__ import annotations

from zoneinfo import ZoneInfo

DISCORD_EPOCH_MS = 1_420_070_400_000

ZONE = ZoneInfo("Europe/Berlin")
GUILD_ID = 610_000_000_000_000_000
GUILD_NAME = "Moonlit Dota Club"

LEADERSHIP = 611_000_000_000_000_001
GENERAL = 611_000_000_000_000_002
LOBBY = 611_000_000_000_000_011
TEAM_RADIANT = 611_000_000_000_000_012
TEAM_DIRE = 611_000_000_000_000_013
EVENING_ROOM = 611_000_000_000_000_014
RANKED_ROOM = 611_000_000_000_000_015
COACHING_ROOM = 611_000_000_000_000_016
MUSIC_LOUNGE = 611_000_000_000_000_017
AFK = 611_000_000_000_000_018
CAFE = 611_000_000_000_000_019

TEXT_CHANNELS = {LEADERSHIP: "leadership", GENERAL: "general"}
VOICE_CHANNELS = {
    LOBBY: "Inhouse Lobby",
    TEAM_RADIANT: "Team Radiant",
    TEAM_DIRE: "Team Dire",
    EVENING_ROOM: "Evening Room",
    RANKED_ROOM: "Ranked",
    COACHING_ROOM: "Coaching",
    MUSIC_LOUNGE: "Music Lounge",
    CAFE: "語り場 ☕",
    AFK: "AFK",
}

STAFF = 612_000_000_000_000_001
HOST = 612_000_000_000_000_002
CAPTAIN = 612_000_000_000_000_003
REGULAR = 612_000_000_000_000_004
MEMBER = 612_000_000_000_000_005

BOT_ROLE = 612_000_000_000_000_009

ROLES = {STAFF: "Staff", HOST: "Host", CAPTAIN: "Captain", REGULAR: "Regular", MEMBER: "Member"}

APPLICATION_ID = 613_000_000_000_000_001  # the bot itself
MUSIC_BOT_ID = 613_000_000_000_000_002
PROFILE_BOT_ID = 613_000_000_000_000_003  # shows how somebody plays


def snowflake(at_ms: int, number: int) -> int:
    """An id as Discord makes them: the moment in the upper bits, a running number in the lower 22."""
    return ((at_ms - DISCORD_EPOCH_MS) << 22) | (number & 0x3FFFFF)
