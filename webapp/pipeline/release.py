"""Lets people watch: publishes what is finished while the rest is being encoded, and all of it at the end."""

import asyncio

from ..media import languages
from ..media.failures import Unprocessable
from ..media.messages import Rung, Track
from ..media.playlist import BitRates
from ..runs import RenditionInfo, Run
from .conformity import verdicts
from .journal import Journal
from .package import Package
from .plan import Plan
from .work import Work

# Playlists are written at most so often; sound is encoded much faster than anybody could hear it.
SHORTEST_PAUSE_S = 0.5


class Release:
    def __init__(self, work: Work, journal: Journal, plan: Plan, run: Run) -> None:
        self._journal, self._plan, self._storage = journal, plan, work.storage
        self._package = Package(work.storage, work.video_id, work.run, plan)
        # An earlier process may have published more than is known here yet; a list must not get shorter.
        self._published = run.published_segments
        # A video that can be watched already keeps what it has until this run is complete.
        self._grows = not run.replaces
        self._news = asyncio.Event()

    def chunk_encoded(self, number: int, tracks: list[Track]) -> None:
        self._package.add_chunk(number, tracks)
        self._news.set()

    def audio_written(self, track: Track) -> None:
        self._package.add_audio(track)
        self._news.set()

    def audio_ended(self, name: str, track: Track | None) -> None:
        if track:
            self._package.add_audio(track)
        self._package.end_audio(name)
        self._news.set()

    def subtitles_stored(self, cues: list[int]) -> None:
        self._package.add_subtitles(cues)
        self._news.set()

    async def grow(self) -> None:
        """Publishes whatever is new, until cancelled."""
        while self._grows:
            await self._news.wait()
            self._news.clear()
            if self._package.playable and self._package.published >= self._published:
                await self._package.write(ended=False)
                self._published = self._package.published
                await self._journal.published(self._published)
                await asyncio.sleep(SHORTEST_PAUSE_S)

    async def finish(self) -> None:
        """Publishes the finished package.

        Raises:
            Unprocessable: "undecodable", if there is nothing in it at all.
        """
        tracks = self._package.tracks()
        if not self._package.playable or (tracks and not tracks[0].segments):
            raise Unprocessable("undecodable", "no chunk has a frame")
        await self._package.write(ended=True)
        renditions = [
            _rendition(track, rung, float(self._plan.rate))
            for track, rung in zip(tracks, self._plan.rungs, strict=True)
        ]
        renditions += [
            _rendition(self._package.sounds[name], language=sound.language)
            for name, sound in self._plan.sounds.items()
            if name in self._package.sounds
        ]
        # The rules are about pictures with sound; of sound alone they say nothing.
        rules = await verdicts(self._package) if self._plan.has_picture else []
        await self._journal.ready(renditions, rules)


def _rendition(
    track: Track, rung: Rung | None = None, frame_rate: float | None = None, language: str | None = None
) -> RenditionInfo:
    rates = BitRates.measured(track)
    return RenditionInfo(
        name=track.name,
        width=rung.width if rung else None,
        height=rung.height if rung else None,
        codec=track.codec,
        frame_rate=frame_rate,
        peak_bps=rates.peak,
        average_bps=rates.average,
        language=languages.tag(language) if language else None,
        size_bytes=sum(segment.size for segment in track.segments),
    )
