"""Whether a run that has begun waits for a core"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("run", sa.Column("waits_for_core", sa.Boolean(), nullable=False, server_default=sa.false()))
