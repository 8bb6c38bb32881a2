"""An upload as it lies on the disk while it arrives, for those who read it meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from webapp.media.jobs import Arriving

PIECES, PAUSE_S = 20, 0.03
# Whoever waits for more than is there fails, and does not hang.
LONGEST_HELD_S = 60


@dataclass
class Trickle:
    """
    Attributes:
        draft: the path of what has arrived; gone once all has.
        held: bytes after which no more come before `go_on`.
        around: bytes that it claims to have more, as a form does that counts what is around the file.
    """

    whole: Path
    folder: Path
    held: int
    around: int = 0
    _on: threading.Event = field(default_factory=threading.Event)

    @property
    def draft(self) -> Path:
        return self.folder / "arriving.unfinished"

    @property
    def arriving(self) -> Arriving:
        return Arriving(final=str(self.folder / "arrived"), size=self.whole.stat().st_size + self.around)

    @property
    def complete(self) -> bool:
        return not self.draft.exists()

    def go_on(self) -> None:
        self._on.set()

    def run(self) -> None:
        data = self.whole.read_bytes()
        with self.draft.open("ab", buffering=0) as file:
            file.write(data[: self.held])
            self._on.wait(LONGEST_HELD_S)
            step = max(1, (len(data) - self.held) // PIECES)
            for start in range(self.held, len(data), step):
                threading.Event().wait(PAUSE_S)
                file.write(data[start : start + step])
        self.draft.rename(self.arriving.final)


@contextmanager
def trickling(whole: Path, folder: Path, share: float, around: int = 0) -> Iterator[Trickle]:
    """Of the file `whole`, the first `share` is there; the rest comes in pieces, at the latest at the end."""
    trickle = Trickle(whole, folder, int(whole.stat().st_size * share), around)
    trickle.draft.write_bytes(b"")
    thread = threading.Thread(target=trickle.run)
    thread.start()
    try:
        yield trickle
    finally:
        trickle.go_on()
        thread.join()
