"""Lets people watch: publishes what is finished while the rest is being encoded, and all of it at the end."""

import asyncio

from ..media.answers import Chunk, Copied
from ..media.failures import Unprocessable
from ..media.segment import Track
from ..media.track_names import AUDIO_NAME
from ..runs import Run
from .conformity import verdicts
from .handover import Handover
from .journal import Journal
from .package import Package
from .plan import Plan
from .publishing import Publisher, Watchable
from .renditions import rendition_infos
from .stand_in import StandIn
from .verification import verify
from .work import Work


class Release:
    """
    Attributes:
        stand_in: what is watched until the ladder is complete; None where that is the ladder itself.
        opened: set once there is something to watch, or nothing will be before the end.
        cleared: set once that can be watched, or there is none: the ladder may begin.
        all_cores: set once the ladder may have them: no sketch is being made any more.
        awaited: set once nothing but the ladder itself is there to be watched, so that it grows.
        sketching: whether the stand-in has to be encoded.
    """

    def __init__(
        self, work: Work, journal: Journal, plan: Plan, run: Run, handover: Handover | None = None
    ) -> None:
        """`handover` is what was published before the run began."""
        self._journal, self._plan = journal, plan
        self._package = Package(work.storage, work.video_id, work.run, plan)
        self._core_wait = work.core_wait
        self._chunks: list[Chunk] = []
        self._source: Copied | None = None
        # A video that can be watched already keeps what it has until this run is complete.
        self._grows = not run.replaces
        self.opened, self.cleared, self.all_cores, self.awaited = (asyncio.Event() for _ in range(4))
        self._sound_broke_off = False
        self.stand_in: StandIn | None = None
        if self._grows:
            self.stand_in = StandIn.of(work.storage, work.video_id, work.run, plan)
        else:
            self.opened.set()
        if self.stand_in is None:
            self.cleared.set()
            if self._grows:
                self.awaited.set()
        self.sketching = plan.sketches(run)
        if not self.sketching:
            self.all_cores.set()
        published = max(run.published_segments, handover.published if handover else 0)
        self._publisher = Publisher(self.stand_in or self._package, self._tell, published)
        self._watched_before = self.stand_in if handover else None
        if handover:
            self._go_on_from(handover)

    def _go_on_from(self, handover: Handover) -> None:
        """What is in its lists comes again, and is the same."""
        for track in handover.tracks:
            if track.name == AUDIO_NAME:
                self.audio_written(track)
            elif self.stand_in:
                self.stand_in.add(track)

    @property
    def at_once(self) -> bool:
        """Whether the ladder is published as a whole, at the end."""
        return not self.awaited.is_set()

    def stand_in_written(self, track: Track) -> None:
        if self.stand_in:
            self.stand_in.add(track)
            self._publisher.news()

    async def copy_ended(self, copied: Copied) -> None:
        """Waits until all of it is published; or, if it is not complete, has the ladder take its place."""
        for track in copied.tracks:
            self.stand_in_written(track)
        if copied.obstacle:
            self._turn_to_ladder()
            return
        self._source = copied
        await self._stand_in_ended()

    async def sketch_ended(self, track: Track) -> None:
        """Waits until all of it is published."""
        self.all_cores.set()
        self.stand_in_written(track)
        await self._stand_in_ended()

    def sketch_failed(self) -> None:
        """Has the ladder take its place."""
        self.all_cores.set()
        self._turn_to_ladder()

    async def _stand_in_ended(self) -> None:
        if self.stand_in:
            self.stand_in.end()
            self._publisher.news()
            await self._publisher.done.wait()

    def _turn_to_ladder(self) -> None:
        if self.stand_in:
            self.stand_in = None
            self.cleared.set()
            self.awaited.set()
            self._publisher.turn_to(self._package)

    def chunk_encoded(self, number: int, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        self._package.add_chunk(number, chunk.tracks)
        if len(self._chunks) == len(self._plan.chunks):
            self.opened.set()
        self._publisher.news()

    def audio_written(self, track: Track) -> None:
        self._package.add_audio(track)
        if self.stand_in:
            self.stand_in.add_audio(track)
        self._publisher.news()

    def audio_ended(self, name: str, track: Track | None) -> None:
        """Without a track, what was written before is all that could be had."""
        if track:
            self.audio_written(track)
        elif name == AUDIO_NAME:
            self._sound_broke_off = True
        self._package.end_audio(name)
        if self.stand_in:
            self.stand_in.end_audio(name)
        if name == AUDIO_NAME and not self._plan.has_picture:
            self.opened.set()
        self._publisher.news()

    def subtitles_stored(self, cues: list[int]) -> None:
        self._package.add_subtitles(cues)
        self._publisher.news()

    async def grow(self) -> None:
        """Publishes whatever is new, until cancelled."""
        if not self._grows:
            return
        if self._watched_before:  # when the run had no row yet
            await self._journal.published(0, stand_in=self._watched_before.stage)
        await self._publisher.grow()

    async def _tell(self, package: Watchable, published: int) -> None:
        stand_in = package.stage if isinstance(package, StandIn) else None
        await self._journal.published(published, self._core_wait.waited_s, stand_in)
        self.opened.set()
        self.cleared.set()

    def tracks(self) -> list[Track]:
        """The rungs as they are now.

        Raises:
            Unprocessable: "undecodable", if there is no picture in them at all.
        """
        tracks = self._package.tracks()
        if not self._package.playable or (tracks and not tracks[0].segments):
            raise Unprocessable("undecodable", "no chunk has a frame")
        return tracks

    def verified(self) -> list[Track]:
        """The same, once all is encoded.

        Raises:
            Unprocessable: "output_mismatch", if that is not the whole of the source.
        """
        tracks = self.tracks()
        sound = None if self._sound_broke_off else self._package.sounds.get(AUDIO_NAME)
        verify(self._plan, tracks, sound, self._chunks, self._source)
        return tracks

    async def finish(self) -> None:
        """Publishes the finished package.

        Raises:
            Unprocessable: "undecodable", if there is nothing in it at all.
        """
        tracks = self.tracks()
        await self._package.write(ended=True)
        renditions = rendition_infos(self._plan, tracks, self._package.sounds, self._chunks)
        # The rules are about pictures with sound; of sound alone they say nothing.
        rules = await verdicts(self._package) if self._plan.has_picture else []
        await self._journal.ready(renditions, rules, self._core_wait.waited_s)
