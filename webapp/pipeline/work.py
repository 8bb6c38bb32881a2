"""The work of a run: each piece runs one child and puts what it made into storage.

A piece may be interrupted anywhere and is done again then. What it stores appears whole or not at all, and a
chunk that is stored is not encoded again, even if the engine never heard of it.
"""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..errors import NotFound
from ..keys import RunKeys, original_key, poster_key, preview_key, storyboard_key
from ..media.answers import (
    Audio,
    Chunk,
    Copied,
    Inspected,
    Poster,
    Preview,
    Progress,
    Still,
    Storyboard,
    Subtitles,
    Waiting,
    Written,
)
from ..media.facts import Copying, Facts, Obstacle, Track, Wanted
from ..media.jobs import (
    Arriving,
    AudioJob,
    ChunkJob,
    CopyJob,
    InspectJob,
    Piece,
    PosterJob,
    PreviewJob,
    ProbeJob,
    StoryboardJob,
    SubtitlesJob,
    WaveformJob,
)
from ..media.ladder import audio_name
from ..media.subtitle_playlist import SEGMENT_NAME, subtitle_name
from ..media.timeline import ChunkSpan
from ..media.track import INIT_NAME, segment_name
from ..storage import Incoming, Storage
from ..storage.draft import in_thread
from .children import Children, last_answer
from .encoder import Encoder
from .patience import patience_s
from .plan import Plan
from .publication import Publication
from .slots import Slots

# Signs of life, one a second, after which a child that encodes gives back its slot.
MOST_WAITS = 3


class NotArrived(Exception):
    """What a chunk is made of has not been uploaded yet, though it should have been by the bytes."""


@dataclass(frozen=True)
class Work:
    """What the pieces of one run share.

    Attributes:
        incoming: where the upload lies, of which more is still to come; None once it is in storage.
        size: the bytes it is going to have, about.
    """

    storage: Storage
    children: Children
    slots: Slots
    scratch: Path
    video_id: str
    run: int
    incoming: Incoming | None = None
    size: int = 0

    async def probe(self, wanted: Wanted = Wanted()) -> Facts:  # noqa: B008 - it is frozen
        async with self.slots.probing, self._source() as source:
            job = ProbeJob(source=source, wanted=wanted)
            facts = await last_answer(self.children.answers(job))
        assert isinstance(facts, Facts)
        return facts

    async def claims(self, wanted: Wanted) -> Facts | Obstacle:
        """What an upload that is arriving says of itself, or why it says nothing yet."""
        async with self._source() as source:
            job = ProbeJob(source=source, arriving=self._arriving, wanted=wanted)
            found = await last_answer(self.children.answers(job))
        assert isinstance(found, Facts | Obstacle)
        return found

    async def copy(self, facts: Facts, written: Callable[[Track], None]) -> Copied:
        """Stores the upload's own packets; `written` hears of new segments once they are stored."""
        # What waits for bytes most of the time holds no slot.
        slot = nullcontext() if self.incoming else self.slots.copying
        async with slot, self._source() as source, self._folder("copy") as folder:
            job = CopyJob(source=source, folder=str(folder), facts=facts, arriving=self._arriving)
            copied: Copied | None = None
            known: set[str] = set()
            async with aclosing(self.children.answers(job)) as answers:
                async for answer in answers:
                    match answer:
                        case Written(track=track):
                            await self._put_track(track, folder, with_init=track.name not in known)
                            known.add(track.name)
                            written(track)
                        case Copied():
                            copied = answer
            assert copied is not None
        return copied

    async def inspect(self, plan: Plan, tracks: list[Track]) -> Inspected:
        """Looks into the first and the last segment of each rung.

        Raises:
            Unprocessable: "output_mismatch".
        """
        async with self._slot(urgent=False), AsyncExitStack() as files:
            pieces = []
            for rung, track in zip(plan.rungs, tracks, strict=True):
                init = await files.enter_async_context(self._rendition_file(track, INIT_NAME))
                for segment in {
                    each.index: each for each in (track.segments[0], track.segments[-1])
                }.values():
                    path = await files.enter_async_context(
                        self._rendition_file(track, segment_name(segment.index))
                    )
                    pieces.append(
                        Piece(
                            init=str(init),
                            segment=str(path),
                            width=rung.width,
                            height=rung.height,
                            frames=segment.samples,
                        )
                    )
            inspected = await last_answer(self.children.answers(InspectJob(pieces=pieces)))
        assert isinstance(inspected, Inspected)
        return inspected

    async def poster(self, facts: Facts) -> Poster:
        async with self._slot(urgent=True), self._source() as source, self._folder("poster") as folder:
            target = folder / "poster.jpg"
            job = PosterJob(source=source, target=str(target), facts=facts)
            poster = await last_answer(self.children.answers(job))
            assert isinstance(poster, Poster)
            await self.storage.put_file(poster_key(self.video_id), target)
        return poster

    async def waveform(self, facts: Facts) -> Still:
        async with self._slot(urgent=True), self._source() as source, self._folder("waveform") as folder:
            target = folder / "poster.jpg"
            job = WaveformJob(source=source, target=str(target), facts=facts)
            drawn = await last_answer(self.children.answers(job))
            assert isinstance(drawn, Still)
            await self.storage.put_file(poster_key(self.video_id), target)
        return drawn

    async def storyboard(self, facts: Facts) -> Storyboard:
        async with self._slot(urgent=False), self._source() as source, self._folder("storyboard") as folder:
            target = folder / "storyboard.jpg"
            job = StoryboardJob(source=source, target=str(target), facts=facts)
            board = await last_answer(self.children.answers(job))
            assert isinstance(board, Storyboard)
            await self.storage.put_file(storyboard_key(self.video_id), target)
        return board

    async def preview(self, facts: Facts) -> Preview:
        async with self._slot(urgent=False), self._source() as source, self._folder("preview") as folder:
            target = folder / "preview.webp"
            job = PreviewJob(source=source, target=str(target), facts=facts)
            preview = await last_answer(self.children.answers(job))
            assert isinstance(preview, Preview)
            await self.storage.put_file(preview_key(self.video_id), target)
        return preview

    def encoder(self) -> Encoder:
        """What `chunk` is called with by one task, time and again."""
        return Encoder(self.children, self._source)

    async def chunk(
        self,
        plan: Plan,
        span: ChunkSpan,
        encoder: Encoder,
        encoding: Callable[[int], None],
        side_by_side: bool = False,
    ) -> Chunk:
        """Encodes and stores one chunk; `encoding` hears how many frames are done."""
        stored = await self._stored_chunk(span)
        if stored is not None:
            return stored
        async with self._slot(urgent=span.first == 0), self._folder(f"chunk{span.first}") as folder:
            encoding(0)

            def job(source: str) -> ChunkJob:
                return ChunkJob(
                    source=source,
                    arriving=self._arriving,
                    folder=str(folder),
                    facts=plan.facts,
                    rungs=plan.rungs,
                    first=span.first,
                    bounds_s=span.bounds_s,
                    open_end=span.open_end,
                    side_by_side=side_by_side,
                    sampled=plan.sampled(span),
                )

            chunk: Chunk | None = None
            waits = 0
            silence_s = patience_s(plan, span, self.children.longest_silence_s)
            async with aclosing(encoder.answers(job, silence_s)) as answers:
                async for answer in answers:
                    match answer:
                        case Waiting():
                            waits += 1
                            if waits == MOST_WAITS:
                                raise NotArrived
                        case Progress(frames=frames):
                            encoding(frames)
                        case Chunk():
                            chunk = answer
            assert chunk is not None
            for track in chunk.tracks:
                await self._put_track(track, folder, with_init=span.first == 0)
            await self.storage.put_bytes(self._keys.chunk(span.first), msgspec.json.encode(chunk))
            if self.slots.wanted_by_others(self._name):
                await encoder.rest()  # or each run would keep children that wait, with all their memory
        return chunk

    async def audio(self, plan: Plan, written: Callable[[Track], None], number: int = 0) -> Audio:
        """Encodes and stores a track of sound; `written` hears of new segments once they are stored."""
        name = audio_name(number)
        copying = plan.facts.copying
        needed = number == 0 and not (isinstance(copying, Copying) and copying.sound)
        slot = nullcontext() if self.incoming else self._slot(urgent=needed)
        async with slot, self._source() as source, self._folder(name) as folder:
            job = AudioJob(
                source=source,
                folder=str(folder),
                facts=plan.facts,
                number=number,
                arriving=self._arriving,
            )
            audio: Audio | None = None
            known = 0
            async with aclosing(self.children.answers(job)) as answers:
                async for answer in answers:
                    match answer:
                        case Written(track=track):
                            await self._put_track(track, folder, with_init=not known)
                            known += len(track.segments)
                            written(track)
                        case Audio():
                            audio = answer
            assert audio is not None
            if audio.track:
                rest = msgspec.structs.replace(audio.track, segments=audio.track.segments[known:])
                await self._put_track(rest, folder, with_init=not known)
        return audio

    async def subtitles(self, facts: Facts) -> Subtitles:
        """Stores every track of text."""
        async with self._slot(urgent=False), self._source() as source, self._folder("subtitles") as folder:
            job = SubtitlesJob(source=source, folder=str(folder), facts=facts)
            subtitles = await last_answer(self.children.answers(job))
            assert isinstance(subtitles, Subtitles)
            for number, cues in enumerate(subtitles.cues):
                if cues:
                    name = subtitle_name(number)
                    await self.storage.put_file(
                        self._keys.file(name, SEGMENT_NAME), folder / name / SEGMENT_NAME
                    )
        return subtitles

    @property
    def publication(self) -> Publication:
        return Publication(self.storage, self.video_id, self.run)

    async def _stored_chunk(self, span: ChunkSpan) -> Chunk | None:
        try:
            data = b"".join([piece async for piece in self.storage.read(self._keys.chunk(span.first))])
        except NotFound:
            return None
        return msgspec.json.decode(data, type=Chunk)

    @property
    def _keys(self) -> RunKeys:
        return RunKeys(self.video_id, self.run)

    async def _put_track(self, track: Track, folder: Path, with_init: bool) -> None:
        names = [segment_name(segment.index) for segment in track.segments]
        for name in [INIT_NAME, *names] if with_init else names:
            await self.storage.put_file(self._keys.file(track.name, name), folder / track.name / name)

    def _rendition_file(self, track: Track, name: str) -> AbstractAsyncContextManager[Path]:
        return self.storage.as_file(self._keys.file(track.name, name))

    @property
    def _arriving(self) -> Arriving | None:
        return Arriving(final=str(self.incoming.final), size=self.size) if self.incoming else None

    @asynccontextmanager
    async def _source(self) -> AsyncIterator[str]:
        if self.incoming:
            yield str(self.incoming.draft)
            return
        async with self.storage.as_file(original_key(self.video_id)) as path:
            yield str(path)

    @asynccontextmanager
    async def _slot(self, urgent: bool) -> AsyncIterator[None]:
        async with self.slots.take(self._name, urgent):
            yield

    @property
    def _name(self) -> str:
        return f"{self.video_id}/{self.run}"

    @asynccontextmanager
    async def _folder(self, name: str) -> AsyncIterator[Path]:
        """An empty folder for a child to write to; gone afterwards."""
        folder = self.scratch / f"{self.video_id}.{self.run}.{name}"
        try:
            await in_thread(_empty, folder)  # when cancelled, it is not made behind our back
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
