"""A file that is still being written, read as if it were whole: what has not arrived yet is waited for."""

import os
import time
from pathlib import Path

from .answers import Waiting
from .jobs import Arriving
from .saying import say

LOOK_S = 0.05
SIGN_OF_LIFE_S = 1.0


class GrowingFile:
    """What av.open takes instead of a path. Ends where the file ends, once that lies at its final path.

    Attributes:
        patient: whether to wait also for what lies beyond the next byte to come; else that reads as the end.
            Only MP4 and MOV jump to where samples lie; other formats look at the end for an index that they
            can do without.
        ends_at: the byte from where on nothing is of use, which reads as the end; None if that is not known.
        waits: how often a read found nothing yet.
    """

    def __init__(self, source: Path, arriving: Arriving) -> None:
        """
        Raises:
            OSError: there is no such file any more, under neither name.
        """
        self._arriving = arriving
        self._final, self._size = Path(arriving.final), arriving.size
        try:
            self._file = source.open("rb", buffering=0)
        except FileNotFoundError:  # renamed meanwhile
            self._file = self._final.open("rb", buffering=0)
        self.name = source.as_posix()
        self.patient = True
        self.ends_at: int | None = None
        self.waits = 0
        self._position = 0
        self._waited_s = 0.0  # since that was last said: bytes that come one by one make many short waits

    def again(self) -> "GrowingFile":
        """The same once more, with a place of its own to read at."""
        return GrowingFile(Path(self.name), self._arriving)

    @property
    def arrived(self) -> int:
        """Bytes that are there."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def size(self) -> int:
        """Bytes of the whole file: as announced, until it is there; or of what of it is of use."""
        if self.ends_at is not None:
            return self.ends_at
        return self.arrived if self._final.exists() else self._size

    def read(self, size: int) -> bytes:
        """At most `size` bytes, at least one unless this is the end."""
        if self.ends_at is not None:
            size = min(size, max(0, self.ends_at - self._position))
            if not size:
                return b""
        self._wait()
        self._file.seek(self._position)
        data = self._file.read(size) or b""
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Like that of any file; libavformat asks in this way for the size, too."""
        match whence:
            case os.SEEK_SET:
                self._position = offset
            case os.SEEK_CUR:
                self._position += offset
            case _:
                self._position = self.size + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._file.close()

    def _wait(self) -> None:
        """Until there is a byte to read, or there will be none. Whoever started this process may end it."""
        while self._position >= self.arrived:
            # In this order: what is written before the file gets its final name is seen after that.
            if self._final.exists() and self._position >= self.arrived:
                return
            if not self.patient and self._position > self.arrived:
                return
            self.waits += 1
            began = time.monotonic()
            time.sleep(LOOK_S)
            self._waited_s += time.monotonic() - began
            if self._waited_s >= SIGN_OF_LIFE_S:
                self._waited_s = 0.0
                say(Waiting())
