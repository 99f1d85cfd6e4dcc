"""What reports have published of closed periods, and which days changed since.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "changed_days",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("local_day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    _kpi_values()
    _cohort_values()


def _kpi_values() -> None:
    op.create_table(
        "kpi_values",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("period_kind", sa.String(8), primary_key=True),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("kpi", sa.String(64), primary_key=True),
        sa.Column("cut_by", sa.String(32), primary_key=True),
        sa.Column("cut", sa.String(160), primary_key=True),
        sa.Column("layer", sa.String(16), nullable=False),
        sa.Column("first_day", sa.Integer, nullable=False),
        sa.Column("last_day", sa.Integer, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("numerator", sa.BigInteger),
        sa.Column("denominator", sa.BigInteger),
        sa.Column("low", sa.Double),
        sa.Column("high", sa.Double),
        sa.Column("coverage", sa.Double, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rules", sa.String(12), nullable=False),
        sa.Column("settings", sa.String(12), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("computed_at_ms", sa.BigInteger, nullable=False),
        sa.Column("first_value", sa.Double),
        sa.Column("first_computed_at_ms", sa.BigInteger, nullable=False),
        sa.Column("corrected_at_ms", sa.BigInteger),
    )


def _cohort_values() -> None:
    op.create_table(
        "cohort_values",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("cohort_first_day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("own_week", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tier", sa.String(100), primary_key=True),
        sa.Column("platform", sa.String(32), primary_key=True),
        sa.Column("event_type", sa.String(100), primary_key=True),
        sa.Column("eligible", sa.Integer, nullable=False),
        sa.Column("retained", sa.Integer, nullable=False),
        sa.Column("pending", sa.Integer, nullable=False),
        sa.Column("as_of_day", sa.Integer, nullable=False),
        sa.Column("rules", sa.String(12), nullable=False),
        sa.Column("settings", sa.String(12), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("computed_at_ms", sa.BigInteger, nullable=False),
    )
