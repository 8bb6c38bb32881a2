"""Why a run has no other renditions"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("run", sa.Column("ladder_because", sa.String(), nullable=True))
