"""The event log, identities and bookkeeping.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _event_log()
    _identities()
    _dead_letters()
    _fold_progress()
    _digest_runs()


def _event_log() -> None:
    op.create_table(
        "event_log",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer),
        sa.Column("others", sa.Text),
        sa.Column("occurred_from_ms", sa.BigInteger, nullable=False),
        sa.Column("occurred_to_ms", sa.BigInteger, nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("guild_id", "key", name="event_log_key"),
        sqlite_with_rowid=False,
    )


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("member_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("guild_id", "user_id", name="identities_user"),
    )
    op.create_table(
        "member_numbers",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("next_member_no", sa.Integer, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("member_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("platform", sa.String(32), primary_key=True),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("linked_at_ms", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # The planner's statistics copy values, outlive the rows, and go into dumps: no ids for them.
        op.execute("ALTER TABLE identities ALTER COLUMN user_id SET STATISTICS 0")
        op.execute("ALTER TABLE accounts ALTER COLUMN external_id SET STATISTICS 0")


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer),
        sa.Column("others", sa.Text),
        sa.Column("occurred_from_ms", sa.BigInteger, nullable=False),
        sa.Column("occurred_to_ms", sa.BigInteger, nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _fold_progress() -> None:
    op.create_table(
        "fold_progress",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("rules", sa.String(12), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("folded_to_ms", sa.BigInteger, nullable=False),
    )


def _digest_runs() -> None:
    op.create_table(
        "digest_runs",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("digest", sa.String(16), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("nonce", sa.String(25), nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=False),
        sa.Column("claimed_at_ms", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("settled_at_ms", sa.BigInteger),
        sa.Column("problem", sa.Text),
    )
