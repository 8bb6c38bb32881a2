"""What the pieces of a run's work share."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..keys import RunKeys, original_key
from ..media.answers import Answer
from ..media.jobs import Arriving, Job
from ..media.segment import Track
from ..media.track import INIT_NAME, segment_name
from ..storage import Incoming, Storage
from ..threads import in_thread
from .children import Children, last_answer
from .core_wait import CoreWait
from .encoder import Encoder
from .publication import Publication
from .slots import Slots

A = TypeVar("A", bound=Answer)
Turn = AbstractAsyncContextManager[None]


@dataclass(frozen=True)
class Work:
    """
    Attributes:
        incoming: where the upload lies, of which more is still to come; None once it is in storage.
        size: the bytes it is going to have, about.
        core_wait: how long it has waited for its turns.
    """

    storage: Storage
    children: Children
    slots: Slots
    scratch: Path
    video_id: str
    run: int
    incoming: Incoming | None = None
    size: int = 0
    core_wait: CoreWait = field(default_factory=CoreWait)

    @property
    def name(self) -> str:
        """Of the run, to the slots."""
        return f"{self.video_id}/{self.run}"

    @property
    def keys(self) -> RunKeys:
        return RunKeys(self.video_id, self.run)

    @property
    def publication(self) -> Publication:
        return Publication(self.storage, self.video_id, self.run)

    @property
    def arriving(self) -> Arriving | None:
        """For jobs that can begin before the upload is whole."""
        return Arriving(final=str(self.incoming.final), size=self.size) if self.incoming else None

    @asynccontextmanager
    async def source(self) -> AsyncIterator[str]:
        """The path of the upload."""
        if self.incoming:
            yield str(self.incoming.draft)
            return
        async with self.storage.as_file(original_key(self.video_id)) as path:
            yield str(path)

    def slot(self, *, lasting: bool = False, ready: bool = False) -> Turn:
        """To be held by what encodes; see Slots.take."""
        return self.turn(self.slots.take(self.name, lasting, ready))

    def turn(self, turn: AbstractAsyncContextManager[Any]) -> Turn:
        """The same for another of the slots' turns."""
        return self.core_wait.during(turn)

    def permit(self, turn: AbstractAsyncContextManager[Any]) -> Turn:
        """The same for one beside which slots are needed as well."""
        return self.core_wait.during(turn, core=False)

    @asynccontextmanager
    async def folder(self, name: str) -> AsyncIterator[Path]:
        """An empty folder for a child to write to; gone afterwards."""
        folder = self.scratch / f"{self.video_id}.{self.run}.{name}"
        try:
            await in_thread(_empty, folder)  # when cancelled, it is not made behind our back
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def encoder(self) -> Encoder:
        """What encodes chunks for one task, time and again."""
        return Encoder(self.children, self.source)

    async def answer(self, job: Job, kind: type[A]) -> A:
        """What a child says of a job at last."""
        answer = await last_answer(self.children.answers(job))
        assert isinstance(answer, kind)
        return answer

    async def put_track(self, track: Track, folder: Path, with_init: bool) -> None:
        """Stores its segments, which lie in a folder of its name."""
        names = [segment_name(segment.index) for segment in track.segments]
        for name in [INIT_NAME, *names] if with_init else names:
            await self.storage.put_file(self.keys.file(track.name, name), folder / track.name / name)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
