"""Pictures of a video beside its poster, whose poster it is, and why a run is slow"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("video", sa.Column("storyboard", sa.JSON(), nullable=True))
    op.add_column("video", sa.Column("preview", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("video", sa.Column("own_poster", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("run", sa.Column("slow_because", sa.String(), nullable=True))
