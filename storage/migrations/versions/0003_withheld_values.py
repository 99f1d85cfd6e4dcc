"""Which published values are of too few people for analysts, and under which smallest group that was settled.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "kpi_values", sa.Column("is_withheld", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("kpi_values", sa.Column("min_group", sa.Integer))
