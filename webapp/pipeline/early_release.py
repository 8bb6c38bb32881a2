"""Publishes an upload while it comes: its own packets, or chunk after chunk of a sketch or of the ladder."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from ..events import EventType, StageName, Status
from ..history import History
from ..media.answers import Chunk
from ..media.facts import Facts
from ..media.segment import Track
from ..media.timeline import ChunkSpan
from .encoder import Encoder
from .handover import Handover, settled
from .package import Package
from .pieces.audio import encode_sound
from .pieces.chunk import NotArrived, encode_chunk
from .pieces.copy import copy
from .pieces.sketch import sketch_chunk
from .plan import Plan
from .publishing import Publisher, Watchable
from .stand_in import StandIn
from .together import together
from .work import Turn, Work

LOOK_S = 0.2
# A chunk is begun once so many seconds beyond its end are there: frames are not spread evenly over a file.
MARGIN_S = 4
NEXT_TRY_S = 10.0

Encode = Callable[[Work, Plan, ChunkSpan, Encoder], Awaitable[Chunk]]


class EarlyRelease:
    def __init__(self, work: Work, history: History, facts: Facts, chunks_ahead: int) -> None:
        """`facts` are claims: the end of the upload was not seen yet."""
        self._work, self._history, self._facts = work, history, facts
        self._plan = Plan.of(facts)
        self._window = asyncio.Semaphore(chunks_ahead)
        self._told = False
        self._begun = 0
        self._ladder = Package(work.storage, work.video_id, work.run, self._plan)
        self._stand_in = StandIn.of(work.storage, work.video_id, work.run, self._plan)
        self._publisher = Publisher(self._stand_in or self._ladder, self._tell)

    @property
    def handover(self) -> Handover | None:
        """What is there to go on from; None if nothing can be watched."""
        if not self._told:
            return None
        if self._stand_in:
            tracks = [track for track in (self._stand_in.picture, self._stand_in.sound) if track]
            return Handover(facts=self._facts, begun=self._begun, tracks=tracks)
        sounds = list(self._ladder.sounds.values())
        return Handover(facts=self._facts, chunks=self._ladder.frontier, begun=self._begun, tracks=sounds)

    async def run(self) -> None:
        """Until nothing more can be done before the upload is complete, or cancelled.

        Raises:
            Unprocessable, ChildCrashed, ChildStalled: it goes no further; what is published can be watched.
            NotFound: the video was deleted.
        """
        spans = self._plan.chunks[: settled(self._plan)]
        if self._stand_in:
            sketching = self._plan.sketch is not None
            needed = [self._sketched(self._stand_in, spans) if sketching else self._copied(self._stand_in)]
            if self._stand_in.needs_sound:
                needed.append(self._sound())
        else:
            needed = [self._encoded(span) for span in spans]
            if spans and self._plan.has_audio:
                needed.append(self._sound())
        await together(*needed, beside=[self._publisher.grow()])
        await self._publisher.publish()  # the last news may have come with the end

    async def _copied(self, package: StandIn) -> None:
        def written(track: Track) -> None:
            package.add(track)
            self._publisher.news()

        await copy(self._work, self._facts, written)

    async def _sketched(self, package: StandIn, spans: list[ChunkSpan]) -> None:
        for span in spans:
            chunk = await self._chunk(span, sketch_chunk, self._sketching)
            for track in chunk.tracks:
                package.add(track)
            self._publisher.news()

    async def _sound(self) -> None:
        def written(track: Track) -> None:
            segments = [each for each in track.segments if each.index < settled(self._plan)]
            if not segments:
                return
            track = msgspec.structs.replace(track, segments=segments)
            if self._stand_in:
                self._stand_in.add_audio(track)
            else:
                self._ladder.add_audio(track)
            self._publisher.news()

        await encode_sound(self._work, self._plan, written)

    async def _encoded(self, span: ChunkSpan) -> None:
        async with self._window:
            chunk = await self._chunk(span, encode_chunk, self._work.slot if span.first else self._opening)
        self._ladder.add_chunk(span.first, chunk.tracks)
        self._publisher.news()

    async def _chunk(self, span: ChunkSpan, encode: Encode, turn: Callable[[], Turn]) -> Chunk:
        await self._arrived(span)
        self._begun = max(self._begun, span.first + 1)
        while True:
            try:
                async with turn(), self._work.encoder() as encoder:
                    return await encode(self._work, self._plan, span, encoder)
            except NotArrived:
                await asyncio.sleep(NEXT_TRY_S)

    def _sketching(self) -> Turn:
        return self._work.turn(self._work.slots.sketching)

    def _opening(self) -> Turn:
        return self._work.turn(self._work.slots.opening)

    async def _arrived(self, span: ChunkSpan) -> None:
        """Waits for what it is made of, if bytes and seconds are spread alike."""
        assert self._work.incoming
        second = span.bounds_s[-1] + MARGIN_S
        wanted = min(1.0, second / self._facts.duration_s) * self._work.size
        draft, final = self._work.incoming.draft, self._work.incoming.final
        while True:
            if await asyncio.to_thread(_size_of, draft, final) >= wanted:
                return
            await asyncio.sleep(LOOK_S)

    async def _tell(self, package: Watchable, published: int) -> None:
        """Says once that there is something to watch."""
        if self._told:
            return
        async with self._history.recording(self._work.video_id) as recorder:
            video = recorder.video
            if video.status is not Status.UPLOADING:
                return
            video.published_run = self._work.run
            video.width, video.height = self._facts.video.width, self._facts.video.height
            recorder.record(
                EventType.UPLOADING, "Can be watched while it is still uploading", stage=StageName.RECEIVE
            )
        self._told = True


def _size_of(draft: Path, final: Path) -> float:
    for path in (draft, final):
        try:
            return path.stat().st_size
        except FileNotFoundError:
            continue
    return 0
