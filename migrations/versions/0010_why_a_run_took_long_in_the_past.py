"""Why a run that is over took long, in the past tense"""

from alembic import op

revision = "0010"
down_revision = "0009"

WORDS = (
    ("This takes time because ", "This took time because "),
    ("is costly: the machine is busy, or small.", "was costly: the machine was busy, or is small."),
)


def upgrade() -> None:
    for now, then in WORDS:
        op.execute(
            f"UPDATE run SET slow_because = replace(slow_because, '{now}', '{then}')"  # noqa: S608  ours
            " WHERE finished_at IS NOT NULL AND slow_because IS NOT NULL"
        )
