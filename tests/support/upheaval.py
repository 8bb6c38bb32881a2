"""A server that is ended in the middle of its work and started again, and what is seen of it from outside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.follower import Follower
from tests.support.server import Server
from tests.support.waiting import LONGEST_S, until_true


@dataclass
class Moment:
    """When to end the server: between `begins` and `ends`, or the test would not be what it says."""

    begins: Callable[["Upheaval"], bool]
    ends: Callable[["Upheaval"], bool]
    orderly: bool = False


@dataclass
class Upheaval:
    """
    Attributes:
        finished: the files of the chunks that were finished at any of the ends, with when they were written.
        survivors: processes that outlived the server that started them.
    """

    server: Server
    data_dir: Path
    video_id: str
    follower: Follower
    finished: dict[Path, int] = field(default_factory=dict)
    survivors: list[psutil.Process] = field(default_factory=list)

    @property
    def notes(self) -> set[str]:
        """Numbers of the chunks that are stored whole."""
        return {path.stem.removeprefix("chunk-") for path in self._folder.glob("runs/1/chunk-*.json")}

    @property
    def over(self) -> bool:
        return any(event["status"] in ("ready", "failed") for event in self.follower.events)

    def encoding(self, chunk: int) -> bool:
        """Whether a child is at work on a chunk."""
        return any((self.data_dir / "scratch").glob(f"{self.video_id}.1.chunk{chunk}/*/init.mp4"))

    def pass_through(self, moment: Moment) -> None:
        """Ends the server at that moment, takes stock, and starts it again."""
        until_true(lambda: moment.begins(self) or self.over, why="the moment never came")
        children = psutil.Process(self.server.pid).children(recursive=True)
        if moment.orderly:
            self.server.stop()
        else:
            self.server.kill()
        assert children and not moment.ends(self) and not self.over, "it was over too soon"
        _, alive = psutil.wait_procs(children, timeout=LONGEST_S)
        self.survivors += [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
        for number in self.notes:
            for path in self._files(number):
                self.finished.setdefault(path, path.stat().st_mtime_ns)
        self.server.start()

    def _files(self, number: str) -> list[Path]:
        return [
            self._folder / f"runs/1/chunk-{number}.json",
            *self._folder.glob(f"hls/r1/*p/s{number}.m4s"),
        ]

    @property
    def _folder(self) -> Path:
        return self.data_dir / "storage/videos" / self.video_id
