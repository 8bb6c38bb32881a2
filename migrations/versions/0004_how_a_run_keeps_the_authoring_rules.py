"""Verdicts of the conformance checker on a run's package; NULL for runs of before there was one"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("run", sa.Column("conformance_json", sa.String(), nullable=True))
