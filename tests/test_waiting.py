"""The queue of runs."""

from webapp.app import open_database
from webapp.config import Settings
from webapp.db import now
from webapp.events import Status
from webapp.runs import Run
from webapp.videos import Video
from webapp.waiting import queue, queue_position


async def test_only_runs_that_wait_and_came_earlier_are_ahead(settings: Settings) -> None:
    db = open_database(settings)
    runs = [
        Run(video_id="a", number=1, status=Status.READY, started_at=now()),
        Run(video_id="a", number=2, status=Status.CANCELLED),
        Run(video_id="a", number=3, started_at=now()),
        Run(video_id="b", number=1),
        Run(video_id="c", number=1),
        Run(video_id="c", number=2),
    ]
    async with db.write() as session:
        session.add_all(Video(id=id, title=id, filename="x") for id in "abc")
    for run in runs:
        async with db.write() as session:
            session.add(run)
    async with db.read() as session:
        assert [await queue_position(session, run) for run in runs[3:]] == [1, 2, 3]
        waiting = [(video_id, number) for _, video_id, number in await queue(session, 2)]
        assert waiting == [("b", 1), ("c", 1)]
    await db.close()
