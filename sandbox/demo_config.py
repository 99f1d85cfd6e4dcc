"""The demo's settings: what the simulated club has written into its config.toml."""

from __future__ import annotations

from sandbox.community_place import (
    CAFE,
    CAPTAIN,
    COACHING_ROOM,
    GUILD_ID,
    HOST,
    LEADERSHIP,
    LOBBY,
    STAFF,
    TEAM_DIRE,
    TEAM_RADIANT,
    ZONE,
)

INHOUSE_CHANNELS = [LOBBY, TEAM_RADIANT, TEAM_DIRE]

CONFIG = f"""\
[community]
guild_id = {GUILD_ID}
zone = "{ZONE.key}"

[access]
staff_roles = [{STAFF}]
organizer_roles = [{HOST}]

[[tier]]
name = "staff"
roles = [{STAFF}]

[[tier]]
name = "host"
roles = [{HOST}]

[[tier]]
name = "captain"
roles = [{CAPTAIN}]

[[event_type]]
name = "Inhouse"
titles = ["*inhouse*"]
channels = {INHOUSE_CHANNELS}
usual_minutes = 150
host_roles = [{HOST}]

[[event_type]]
name = "Beginner Night"
titles = ["beginner night*"]
channels = [{COACHING_ROOM}]
usual_minutes = 90
host_roles = [{HOST}]

[[event_type]]
name = "Captains’ Draft"
titles = ["captains*draft*"]
channels = {INHOUSE_CHANNELS}
usual_minutes = 150

[[event_type]]
name = "Café"
titles = ["café*"]
channels = [{CAFE}]
usual_minutes = 120

[[alert]]
kpi = "weekly_active_members"
below = 100

[[alert]]
kpi = "no_show_rate"
above = 0.2

[[alert]]
kpi = "top_two_hosts_share"
above = 0.8

[digest.weekly]
channel_id = {LEADERSHIP}
at = "monday 09:00"
"""
