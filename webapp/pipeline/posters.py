"""Posters that people choose: a picture of their own, or a moment of the video.

Made while they wait, in a child as everything from outside is, but apart from the runs and their slots.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from ..config import Settings
from ..errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from ..events import EventType
from ..history import History
from ..keys import original_key, own_poster_key, storage_prefix
from ..media.facts import Facts
from ..media.failures import FAILURES, Unprocessable
from ..media.jobs import Job, PosterJob, ProbeJob, StillJob
from ..storage import Storage
from ..threads import in_thread
from ..words import clock
from .child import ChildCrashed, ChildStalled
from .children import children_of, last_answer

LARGEST_BYTES = 60_000_000  # photos of 200 million pixels have up to two and a half bits for each
IDLE_S, RECEIVED_WITHIN_S = 20.0, 300.0  # how long somebody may send nothing, and send at all
AT_A_TIME, WAIT_S = 1, 30.0
MOST_AT_HAND = 8  # pictures that are received or wait, each a file of up to LARGEST_BYTES


class Posters:
    """
    Attributes:
        at_hand: pictures that are received, or wait.
    """

    def __init__(self, settings: Settings, history: History, storage: Storage) -> None:
        self._history, self._storage = history, storage
        self._children = children_of(settings)
        self._turn = asyncio.Semaphore(AT_A_TIME)
        self.at_hand = 0

    async def replace(self, video_id: str, chunks: AsyncIterator[bytes]) -> None:
        """Makes the picture that `chunks` are, a JPEG, PNG or WebP, the poster.

        Raises:
            NotFound: there is no such video.
            Invalid: it is no picture, or did not come.
            TooLarge: there is too much of it.
            Unavailable: others are at it.
        """
        async with self._history.reading(video_id):
            pass  # nobody sends a picture for nothing
        with self._place():
            await self._replace(video_id, chunks)

    async def _replace(self, video_id: str, chunks: AsyncIterator[bytes]) -> None:
        async with _folder() as folder:
            source, target = folder / "picture", folder / "poster.jpg"
            await _receive(chunks, source)
            async with self._turns():
                await self._answer(StillJob(source=str(source), target=str(target)))
            await self._keep(video_id, target, "Poster replaced")

    async def pick(self, video_id: str, second: float) -> None:
        """Makes the frame about that second the poster.

        Raises:
            NotFound: there is no such video.
            Conflict: nothing was uploaded yet, or there is no picture in it.
            Unavailable: others are at it.
        """
        async with self._history.reading(video_id) as (_, video):
            if video.uploaded_at is None or video.sound_alone:
                raise Conflict("no_moments", "There is no picture to choose from.", "Send one of your own.")
        async with (
            _folder() as folder,
            self._storage.as_file(original_key(video_id)) as source,
            self._turns(),
        ):
            target = folder / "poster.jpg"
            facts = await self._answer(ProbeJob(source=str(source)))
            assert isinstance(facts, Facts)
            second = min(second, facts.duration_s)
            await self._answer(PosterJob(source=str(source), target=str(target), facts=facts, second=second))
            await self._keep(video_id, target, f"Poster chosen: the picture at {clock(second)}")

    def close(self) -> None:
        """Kills what is under way."""
        self._children.kill()

    async def _keep(self, video_id: str, target: Path, message: str) -> None:
        # Not within the transaction: all others that write would wait for the disk.
        await self._storage.put_file(own_poster_key(video_id), target)
        try:
            async with self._history.recording(video_id) as recorder:
                recorder.video.poster = recorder.video.own_poster = True
                recorder.record(EventType.STATUS, message)
        except NotFound:  # deleted in between, when this was not there yet
            await self._storage.delete(storage_prefix(video_id))
            raise

    async def _answer(self, job: Job) -> object:
        try:
            return await last_answer(self._children.answers(job))
        except Unprocessable as failure:
            raise Invalid(failure.code, *FAILURES[failure.code]) from failure
        except (ChildCrashed, ChildStalled) as error:
            code = "not_a_picture" if isinstance(job, StillJob) else "undecodable"
            raise Invalid(code, *FAILURES[code]) from error

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.at_hand >= MOST_AT_HAND:
            raise _busy()
        self.at_hand += 1
        try:
            yield
        finally:
            self.at_hand -= 1

    @asynccontextmanager
    async def _turns(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise _busy() from error
        try:
            yield
        finally:
            self._turn.release()


def _busy() -> Unavailable:
    return Unavailable("busy", "Too many posters are being made.", "Try again later.")


@asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    """Not among a worker's, which sweeps those when it starts, and may be another process."""
    folder = Path(tempfile.mkdtemp(prefix="rushes-poster-"))
    try:
        yield folder
    finally:
        await in_thread(shutil.rmtree, folder, ignore_errors=True)


async def _receive(chunks: AsyncIterator[bytes], path: Path) -> None:
    received, over = 0, asyncio.get_running_loop().time() + RECEIVED_WITHIN_S
    with await asyncio.to_thread(path.open, "wb") as file:
        while True:
            left_s = over - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(min(IDLE_S, left_s)):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                raise Invalid(
                    "upload_stalled", "The picture did not come in time.", "Send it again."
                ) from error
            if chunk is None:
                return
            received += len(chunk)
            if received > LARGEST_BYTES:
                raise TooLarge("too_large", f"A poster may have up to {LARGEST_BYTES} bytes.")
            await asyncio.to_thread(file.write, chunk)
