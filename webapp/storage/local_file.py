"""A file on a local disk, held open."""

import os
import stat
import weakref
from collections.abc import AsyncGenerator
from pathlib import Path

from ..threads import in_thread
from . import Stored
from .trouble import disk_trouble

READ_BYTES = 256 * 1024


class LocalFile:
    """One version of a file. It is closed at the latest when nobody refers to it any more."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            OSError: there is no such file, or it cannot be opened.
        """
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._descriptor, self._closing = descriptor, weakref.finalize(self, os.close, descriptor)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            self.close()
            raise IsADirectoryError(path)
        self.stored = stored_of(found)

    async def read(self, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        at, last = start, self.stored.size if end is None else end
        while at < last:
            with disk_trouble():
                piece = await in_thread(os.pread, self._descriptor, min(READ_BYTES, last - at), at)
            if not piece:
                return
            at += len(piece)
            yield piece

    def close(self) -> None:
        self._closing()


def stored_of(found: os.stat_result) -> Stored:
    etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    return Stored(size=found.st_size, etag=etag, modified=found.st_mtime)
