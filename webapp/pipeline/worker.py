"""The side of the pipeline that does the work."""

import asyncio
import shutil

import structlog

from ..config import Settings
from ..history import History
from ..media.wanted import NEWEST_ENCODING, Wanted
from ..storage import Storage
from .children import children_of
from .claim import Claim
from .control import RunQueue
from .deletion import Deletion
from .early import Early
from .engine import Engine, Steps
from .journal import Journal
from .processing import Processing
from .slots import Slots
from .work import Work

log = structlog.get_logger()

STOPPED_WITHIN_S = 2.0


class Worker:
    """Takes runs from the queue and processes them, as many at a time as settings say.

    Attributes:
        early: what is done for uploads before there is a run.
    """

    def __init__(self, settings: Settings, history: History, storage: Storage, queue: RunQueue) -> None:
        self._settings, self._history, self._storage = settings, history, storage
        self._children = children_of(settings)
        self._slots = Slots(settings.encoder_slots, ladders=settings.concurrent_runs)
        self._wanted = Wanted(
            sides=settings.ladder_sides,
            preset=settings.preset,
            beside=tuple(settings.codecs_beside),
            per_title=settings.per_title,
            encoding=NEWEST_ENCODING,
        )
        self.early = Early(
            history,
            storage,
            self._children,
            self._slots,
            settings.scratch_dir,
            settings.encoder_slots + 1,
            self._wanted,
        )
        self._claim = Claim(settings.data_dir)
        self._engine = Engine(settings.database_url, self._process, settings.concurrent_runs)
        self._running: set[asyncio.Task[None]] = set()
        self._deletion = Deletion(history, storage, queue.forget)
        # For as long as it runs.
        self._beside: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Goes on with interrupted runs, then takes new ones.

        Raises:
            Unavailable: another worker is at it.
        """
        self._claim.take()
        self._children.prepare()
        # This worker is the only one here, so what lies there is an earlier one's. Swept before the engine
        # starts, which goes on with that one's runs at once.
        await asyncio.to_thread(shutil.rmtree, self._settings.scratch_dir, ignore_errors=True)
        await self._engine.start()
        self._beside = [asyncio.create_task(self._deletion.run()), asyncio.create_task(self._make_room())]

    async def stop(self) -> None:
        """Ends at once; what was under way goes on at the next start."""
        self._stopping = True
        await self.early.stop()
        self._children.kill()
        for task in self._beside:
            task.cancel()
        if self._beside:
            await asyncio.wait(self._beside, timeout=STOPPED_WITHIN_S)
        # Before the engine: without it their steps would fail, and that would be written down.
        await self._cancel_running()
        await self._engine.stop()
        await self._cancel_running()
        self._claim.release()

    async def _make_room(self) -> None:
        """Has as many more runs begin as stepped aside."""
        aside = self._slots.aside
        while True:
            await aside.changed.wait()
            aside.changed.clear()
            try:
                await self._engine.allow(aside.runs)
            except Exception as error:  # the next change tells again
                log.warning("no room made for other runs", exc_info=error)

    async def _cancel_running(self) -> None:
        running = list(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=STOPPED_WITHIN_S)

    async def _process(self, video_id: str, number: int, steps: Steps) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        structlog.contextvars.bind_contextvars(video=video_id, run=number)
        work = Work(self._storage, self._children, self._slots, self._settings.scratch_dir, video_id, number)
        journal = Journal(self._history, video_id, number)
        try:
            if self._stopping:  # the engine took it from the queue meanwhile, and the next start has it again
                await asyncio.Event().wait()
            await Processing(
                work,
                journal,
                steps,
                slots=self._settings.encoder_slots,
                progress_interval_s=self._settings.progress_interval_s,
                max_output_bytes=self._settings.max_output_bytes,
                wanted=self._wanted,
            ).run()
        except asyncio.CancelledError:
            if self._stopping:
                await journal.set_down()
            raise
        finally:
            self._running.discard(task)
