"""Every table of the warehouse. Times are milliseconds since 1970 UTC, days are local days since 1970-01-01.

Two kinds, kept in two metadata objects:
- `bookkeeping` cannot be made again from anything else. Alembic migrates it. What reports have published is
  among it: the values can be computed again, but not what they were first (docs/decisions/0026).
- `derived` is a function of the event log and the rules. A rebuild drops and fills it; it is never migrated.
Every primary key starts with `guild_id`, so that PostgreSQL can partition or shard on it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

bookkeeping = MetaData()
derived = MetaData()

# ---------------------------------------------------------------- bookkeeping

event_log = Table(
    "event_log",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # grows by guild, gaps allowed
    Column("key", LargeBinary(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("type", String(64), nullable=False),
    Column("member_no", Integer),
    Column("others", Text),  # JSON: role → [member_no]
    Column("occurred_from_ms", BigInteger, nullable=False),
    Column("occurred_to_ms", BigInteger, nullable=False),
    Column("recorded_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("guild_id", "key", name="event_log_key"),
    sqlite_with_rowid=False,
)

identities = Table(
    "identities",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),  # never used again after an erasure
    Column("user_id", BigInteger, nullable=False),
    UniqueConstraint("guild_id", "user_id", name="identities_user"),
)

member_numbers = Table(  # the next free member_no, kept apart: an erased number is never given out again
    "member_numbers",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("next_member_no", Integer, nullable=False),
)

accounts = Table(  # identities elsewhere
    "accounts",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("platform", String(32), primary_key=True),
    Column("external_id", Text, nullable=False),
    Column("linked_at_ms", BigInteger, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("key", LargeBinary(16), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("type", String(64), nullable=False),
    Column("member_no", Integer),
    Column("others", Text),
    Column("occurred_from_ms", BigInteger, nullable=False),
    Column("occurred_to_ms", BigInteger, nullable=False),
    Column("recorded_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

fold_progress = Table(
    "fold_progress",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("rules", String(12), nullable=False),  # Rules.fingerprint() that the tables stand under
    Column("state", LargeBinary, nullable=False),  # what the fold must remember and no table shows
    Column("folded_to_ms", BigInteger, nullable=False),  # the latest moment that the tables speak of
)

digest_runs = Table(  # one row per guild, digest and period: who posts it, and whether it is posted
    "digest_runs",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("digest", String(16), primary_key=True),  # weekly, monthly, alerts
    Column("period", String(16), primary_key=True),  # 2026-W46, 2026-11; the day of a check: 2026-11-23
    Column("status", String(16), nullable=False),  # claimed, posted, failed, checked (nothing to post)
    Column("nonce", String(25), nullable=False),
    Column("claimed_by", String(64), nullable=False),
    Column("claimed_at_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("settled_at_ms", BigInteger),
    Column("problem", Text),
)

changed_days = Table(  # of every batch that the fold has written: the earliest local day that it changed
    "changed_days",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column(
        "local_day", Integer, primary_key=True, autoincrement=False
    ),  # 0, −1: see storage/fold/changed_days.py
    Column("position", BigInteger, nullable=False),  # of the log: where the newest such batch ended
)

kpi_values = Table(  # one row per closed period, KPI and cut: what it is, and what it was first
    "kpi_values",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("period_kind", String(8), primary_key=True),  # week, month
    Column("period", String(16), primary_key=True),  # 2026-W46, 2026-11
    Column("kpi", String(64), primary_key=True),  # its name in the catalogue
    Column("cut_by", String(32), primary_key=True),  # part, source, day, series, segment …; empty: not cut
    Column("cut", String(160), primary_key=True),
    Column("layer", String(16), nullable=False),  # community, events, platform, quality
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("value", Double),  # null: not defined, not known, or a rate of fewer than 10
    Column("numerator", BigInteger),
    Column("denominator", BigInteger),
    Column("low", Double),  # of the 95 % interval, in the value's unit
    Column("high", Double),
    Column("coverage", Double, nullable=False),
    Column("version", Integer, nullable=False),  # of the formula
    Column("rules", String(12), nullable=False),  # Rules.fingerprint()
    Column("settings", String(12), nullable=False),  # what else it depends on: reports/publishing.py
    Column("position", BigInteger, nullable=False),  # of the log: where the tables stood
    Column("computed_at_ms", BigInteger, nullable=False),
    Column("first_value", Double),  # under the same formula, rules and settings
    Column("first_computed_at_ms", BigInteger, nullable=False),
    Column("corrected_at_ms", BigInteger),  # when it last became another one; null: it never did
    Column("is_withheld", Boolean, nullable=False, server_default=text("false")),  # from analysts
    Column("min_group", Integer),  # fewer people are withheld; null: of a version that withheld nothing
)

cohort_values = Table(  # one row per join week, own week and group of people that has anybody in it
    "cohort_values",
    bookkeeping,
    Column("guild_id", BigInteger, primary_key=True),
    Column("cohort_first_day", Integer, primary_key=True, autoincrement=False),  # of the week of joining
    Column("own_week", Integer, primary_key=True, autoincrement=False),  # of the member's own clock
    Column("tier", String(100), primary_key=True),
    Column("platform", String(32), primary_key=True),  # a linked account's, or discord
    Column("event_type", String(100), primary_key=True),  # of the first event attended; empty: none
    Column("eligible", Integer, nullable=False),  # for whom that week is past and was recorded
    Column("retained", Integer, nullable=False),  # of those: active in it
    Column("pending", Integer, nullable=False),  # for whom it is not past
    Column("as_of_day", Integer, nullable=False),
    Column("rules", String(12), nullable=False),
    Column("settings", String(12), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("computed_at_ms", BigInteger, nullable=False),
)

# -------------------------------------------------------------------- derived

members = Table(  # one row per person ever seen in the guild
    "members",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("is_bot", Boolean, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("first_join_ms", BigInteger),  # null: only ever seen acting, never joining
    Column("withdrawn_at_ms", BigInteger),  # opted out or erased
    Column("tier", String(100), nullable=False),  # of config.toml, or member; who left keeps the last one
)

membership_spells = Table(  # one row per unbroken membership
    "membership_spells",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("joined_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("left_ms", BigInteger),  # the earliest moment at which it can have ended
    Column("left_to_ms", BigInteger),  # the latest one; null: who withdrew may still be here
    Column("ended_as", String(16)),  # left, kicked, banned, pruned, unknown
    Column("join_estimated", Boolean, nullable=False),
    Column("leave_estimated", Boolean, nullable=False),
    Column("leave_seen", Boolean, nullable=False),  # false: open, or only concluded from what was seen later
    # before recording began; concluded from imported_memberships
    Column("is_imported", Boolean, nullable=False, server_default=text("false")),
    sqlite_with_rowid=False,
)

audit_entries = Table(  # one row per kick, ban or prune that Discord's audit log tells of
    "audit_entries",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("entry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("action", Integer, nullable=False),  # 20 kick, 21 prune, 22 ban, as Discord numbers them
    Column("member_no", Integer),  # who was removed; null: a prune names nobody
    Column("at_ms", BigInteger, nullable=False),
    Column("members_removed", Integer),  # by a prune
)

member_roles = Table(  # one row per unbroken holding of a role
    "member_roles",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("role_id", BigInteger, primary_key=True, autoincrement=False),
    Column("from_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("to_ms", BigInteger),
)

activity_sessions = Table(  # one row per channel of a session: of an unbroken stay in voice
    "activity_sessions",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),  # voice, later event_voice, text_only
    Column("start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("end_ms", BigInteger),  # null: open
    Column("session_start_ms", BigInteger, nullable=False),  # the same in every channel of a session
    Column("qualifying_ms", BigInteger, nullable=False),  # company, not deafened, not AFK, not ignored
    # What else is known of the time in that channel, whatever the rules count. A moment may be in each.
    Column("afk_ms", BigInteger, nullable=False),  # while it was the AFK channel
    Column("deafened_ms", BigInteger, nullable=False),
    Column("alone_ms", BigInteger, nullable=False),  # no other human in it
    Column("start_estimated", Boolean, nullable=False),
    Column("end_estimated", Boolean, nullable=False),
    # what was not recorded; concluded from imported_stays
    Column("is_imported", Boolean, nullable=False, server_default=text("false")),
)

# One row per local day on which a recorded session in voice counts, where sums of days do not tell enough of
# it: it counts on several days, or is estimated.
voice_session_days = Table(
    "voice_session_days",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("local_day", Integer, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("session_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("is_estimated", Boolean, nullable=False),  # in whatever channel, on whatever day
    sqlite_with_rowid=False,
)

command_invocations = Table(  # one row per slash command that someone ran
    "command_invocations",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("interaction_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer),
    Column("application_id", BigInteger, nullable=False),
    Column("command", String(128), nullable=False),  # with its subcommand: "insights health"
    Column("options", Text),  # JSON, people as {"member_no": 5}; null: only the answer was seen
    Column("invoked_ms", BigInteger, nullable=False),
    Column("outcome", String(16)),  # success, denied, error; null: not known (yet)
    Column("error_type", String(64)),
    Column("latency_ms", Integer),  # null: not known
    Column("is_counted", Boolean, nullable=False),  # as activity: tracked, successful or of unknown outcome
)

access_log = Table(  # one row per checked use of a guarded command
    "access_log",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("interaction_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer),
    Column("resource", String(128), nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

event_series = Table(  # one row per recurring event, or per title of events that were made anew each time
    "event_series",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("series", String(128), primary_key=True),  # event:ID of a recurring one, title:WORDS of others
    Column("title", String(128), nullable=False),  # of the last one planned
    Column("event_type", String(100)),  # of config.toml, by that title and its channels
)

event_occurrences = Table(  # one row per holding of an event
    "event_occurrences",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),  # as first planned
    Column("series", String(128), nullable=False),
    Column("title", String(128), nullable=False),
    Column("event_type", String(100)),
    Column("channel_id", BigInteger),  # null: elsewhere than in a voice or stage channel
    Column("channels", Text, nullable=False),  # JSON: every channel in which presence counts
    Column("own_channels", Text, nullable=False),  # JSON: those that it was said to be in, not only its type
    Column("scheduled_start_ms", BigInteger, nullable=False),
    Column("scheduled_end_ms", BigInteger),
    Column("actual_start_ms", BigInteger),  # seen active
    Column("actual_end_ms", BigInteger),  # seen completed
    Column("cancelled_ms", BigInteger),  # called off without having been started
    Column("start_estimated", Boolean, nullable=False),
    Column("end_estimated", Boolean, nullable=False),
    Column("status", String(16), nullable=False),  # planned, active, completed, cancelled, vanished
    Column("is_declared", Boolean, nullable=False),  # told of afterwards by staff or a file
    Column("creator_no", Integer),  # who scheduled it
    Column("told_hosts", Text, nullable=False),  # JSON: member numbers, told when it was declared
    Column("said_type", String(100)),  # by title and channels; event_type is as staff corrected it
    Column("told_held", Boolean),  # by staff's correction, or because people were checked in; null: not told
    Column("has_check_ins", Boolean, nullable=False),
    Column("limits", Text, nullable=False),  # JSON: [channel, how many fit in] of those with a limit
    Column("capacity", Integer),  # how many fit into all of its channels at once; null: one has no limit
    # coming, running, held, held_unstarted, not_held, cancelled, unknown (a gap could decide it)
    Column("outcome", String(16), nullable=False),
    Column("window_start_ms", BigInteger),  # T0 and T1 of docs/kpis.md; null where it was not held
    Column("window_end_ms", BigInteger),
    Column("voice_gap_ms", BigInteger, nullable=False),  # of the window, without a record of voice
    Column("rsvps_listed", Boolean, nullable=False),  # everybody interested at T0 is known
)

occurrence_hosts = Table(
    "occurrence_hosts",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("reason", String(16), nullable=False),  # creator, role, told
)

rsvps = Table(  # one row per unbroken answer
    "rsvps",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),  # 0: the whole event
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("from_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("to_ms", BigInteger),
    Column("interested", Boolean, nullable=False),  # false: not in this occurrence
    Column("from_estimated", Boolean, nullable=False),
    Column("to_estimated", Boolean, nullable=False),
)

attendance = Table(  # one row per occurrence and person who answered or came
    "attendance",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    # at T0: interested (in this occurrence), standing (in the series, no answer to this occurrence),
    # declined, late_cancel (withdrawn within the hour before); null: no answer, a walk-in where they came
    Column("rsvp", String(16)),
    Column("status", String(16), nullable=False),  # attended, partial, absent, unknown
    Column("first_join_ms", BigInteger),  # within the window; null: never there
    Column("last_leave_ms", BigInteger),
    Column("presence_ms", BigInteger, nullable=False),  # short breaks counted in
    Column("is_early", Boolean, nullable=False),  # was there when it began
    Column("is_estimated", Boolean, nullable=False),
    Column("is_told", Boolean, nullable=False),  # staff or a file told the status, or staff checked them in
)

corrections = Table(  # one row per thing that staff corrected, or declared; also when it was taken back
    "corrections",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("correction_id", BigInteger, primary_key=True, autoincrement=False),  # the interaction's id
    Column("part", Integer, primary_key=True, autoincrement=False),  # one command may say several things
    Column("at_ms", BigInteger, nullable=False),
    Column("made_by", Integer),  # null: they do not want to be recorded
    Column("event_id", BigInteger, nullable=False),
    Column("original_start_ms", BigInteger, nullable=False),
    Column(
        "subject", String(16), nullable=False
    ),  # type, hosts, channels, held, attendance, check_in, declared
    Column("member_no", Integer),  # whose attendance it is about
    Column("value", Text),  # storage/corrections.py says which, by subject
    Column("taken_back_ms", BigInteger),
    Column("taken_back_by", Integer),
)

attendance_days = Table(  # one row per local day of an attendee's presence
    "attendance_days",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("local_day", Integer, primary_key=True, autoincrement=False),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("presence_ms", BigInteger, nullable=False),
)

event_stays = Table(  # one row per session and occurrence that it fell into: a session is linked, never split
    "event_stays",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("start_ms", BigInteger, primary_key=True, autoincrement=False),  # of the row in activity_sessions
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

text_days = Table(  # one row per local day and member who wrote: when, never what or where
    "text_days",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("local_day", Integer, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("first_ms", BigInteger, nullable=False),  # the day's first message
    Column("last_ms", BigInteger, nullable=False),
    Column("messages", Integer, nullable=False),
    sqlite_with_rowid=False,
)

daily_activity = Table(  # one row per local day, activity and member
    "daily_activity",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("local_day", Integer, primary_key=True, autoincrement=False),
    Column("activity", String(32), primary_key=True),  # see storage/activities.py
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),  # voice: sessions with qualifying time that day
    Column("duration_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

day_sets = Table(  # one row per local day and activity: a roaring bitmap of member_no
    "day_sets",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("local_day", Integer, primary_key=True, autoincrement=False),
    # an activity's name: who passed its threshold that day; or a population of humans, spells bridged:
    # "present": in the guild at any moment of the day, "present_at_end": in the guild when it ended (or now);
    # or of everybody, bots too, "first_join": who joined that day for the first time ever
    Column("activity", String(32), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("members", LargeBinary, nullable=False),
)

day_totals = (
    Table(  # one row per set of an activity: what each of its members did that day, as daily_activity
        "day_totals",
        derived,
        Column("guild_id", BigInteger, primary_key=True),
        Column("local_day", Integer, primary_key=True, autoincrement=False),
        Column("activity", String(32), primary_key=True),
        # in the order of the set's member numbers, packed (storage/day_totals.py)
        Column("counts", LargeBinary, nullable=False),
        Column("durations_ms", LargeBinary, nullable=False),
    )
)

# What was recorded, per source. Intervals of a source never overlap; neighbours differ in state or cause.
coverage = Table(
    "coverage",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("source", String(16), primary_key=True),  # voice, members, events, commands, text, removals
    Column("from_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("to_ms", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # recorded, late, gap
    Column("cause", String(64)),
)

reconciliations = Table(  # one row per list of members, of voice or of events that ended
    "reconciliations",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("source", String(16), primary_key=True),  # members, voice, events
    Column("listed", Integer, nullable=False),
    Column("believed", Integer, nullable=False),  # by the log, when the list came
    Column("absent", Integer, nullable=False),  # believed, not listed
    Column("unexpected", Integer, nullable=False),  # listed, not believed
    Column("verdict", String(16), nullable=False),  # taken, refused, partial
    Column("reason", Text),  # of one that was not taken
)

# What files told, each once, as it was told. What it means beside the record is concluded from these rows.
imported_memberships = Table(
    "imported_memberships",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("change", String(16), primary_key=True),  # join, or how it ended: left, kicked, …, unknown
)

imported_stays = Table(  # in a voice channel
    "imported_stays",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("end_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("is_deafened", Boolean, primary_key=True),
    Column("is_afk", Boolean, primary_key=True),
)

imported_stay_days = Table(  # what of an imported stay is in a local day's total of voice
    "imported_stay_days",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("start_ms", BigInteger, primary_key=True, autoincrement=False),  # of the stay, as it was told
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("local_day", Integer, primary_key=True, autoincrement=False),
    Column("qualifying_ms", BigInteger, nullable=False),
)

imported_attendance = Table(
    "imported_attendance",
    derived,
    Column("guild_id", BigInteger, primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("original_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("member_no", Integer, primary_key=True, autoincrement=False),
    Column("attended", Boolean, nullable=False),
    Column("presence_ms", BigInteger),  # null: not told
)

__all__ = [name for name, thing in list(globals().items()) if isinstance(thing, Table | MetaData)]
