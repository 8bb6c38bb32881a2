"""What of an upload is missing in a run's renditions, and whether its HDR was brought down"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("run", sa.Column("losses", sa.JSON(), nullable=True))
    op.add_column("run", sa.Column("tone_mapped", sa.Boolean(), nullable=True))
