"""What a player finds of a run while it goes on."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.support.working import Working

T = TypeVar("T")


class Watcher:
    """Looks again and again at what a player would find, `stand_in` among it, until `over`.

    Attributes:
        shown: folders of the renditions in the multivariant playlist, each set once in its order.
        lengths: of each picture's playlist, as they changed.
    """

    def __init__(self, working: Working, video_id: str, stand_in: str = "copy") -> None:
        self._stand_in = stand_in
        self._package, self._look_at = working.package(video_id), working.folder(video_id) / "hls"
        self.shown: list[set[str]] = []
        self.lengths: dict[str, list[int]] = {}
        self.kinds: dict[str, list[str]] = {}

    def look(self) -> None:
        if not (self._look_at / "multivariant.m3u8").exists():
            return
        shown = {Path(variant.uri).parts[1] for variant in self._package.variants}
        if not self.shown or self.shown[-1] != shown:
            self.shown.append(shown)
        for variant in self._package.variants:
            media = self._package.media(variant.uri)
            for name in [media.init, *media.segments]:
                assert (self._look_at / name).stat().st_size
            _note(self.lengths.setdefault(Path(variant.uri).parts[1], []), len(media.segments))
            _note(self.kinds.setdefault(Path(variant.uri).parts[1], []), media.kind)

    def sees(self, listed: int, stored: int = 0) -> Callable[[], bool]:
        """Whether so many segments of the stand-in are listed and stored, looked at anew each time."""

        def enough() -> bool:
            self.look()
            return self.lengths.get(self._stand_in, [0])[-1] >= listed and self.stored >= stored

        return enough

    @property
    def stored(self) -> int:
        """How many segments of the stand-in are stored."""
        return len(list(self._look_at.glob(f"r1/{self._stand_in}/s*.m4s")))

    @property
    def ended(self) -> bool:
        """Whether the whole stand-in is there."""
        return self.kinds[self._stand_in][-1] == "VOD"

    async def until(self, over: Callable[[], bool]) -> None:
        while not over():
            self.look()
            await asyncio.sleep(0.02)
        self.look()


def _note(seen: list[T], value: T) -> None:
    if not seen or seen[-1] != value:
        seen.append(value)
