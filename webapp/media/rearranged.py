"""A file that is read as other bytes than it has: more, fewer, or elsewhere."""

import abc
import io
import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple


class Rearranged(io.RawIOBase, abc.ABC):
    """The file at `path` as `size` bytes, for libavformat to read and to seek in."""

    def __init__(self, path: Path, size: int) -> None:
        self.name = path.as_posix()
        self._file = path.open("rb")
        self._size, self._position = size, 0

    @abc.abstractmethod
    def _between(self, begin: int, end: int) -> bytes:
        """All that is read from one byte to another, neither of them behind the end."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, begin + offset)
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        end = self._size if size is None or size < 0 else min(self._size, self._position + size)
        data = self._between(self._position, end) if self._position < end else b""
        self._position += len(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()

    def _stored(self, begin: int, end: int) -> bytes:
        """What the file has there; nothing if `end` is not behind `begin`."""
        if begin >= end:
            return b""
        self._file.seek(begin)
        return self._file.read(end - begin)


class Part(NamedTuple):
    """Bytes of the file from one to another, with others before them."""

    begin: int
    end: int
    before: bytes = b""

    @property
    def size(self) -> int:
        return len(self.before) + self.end - self.begin


class InParts(Rearranged):
    """The file at `path` as these parts of it, one behind the other.

    Attributes:
        begins: where each is, in bytes of what is read, and where the last ends.
    """

    def __init__(self, path: Path, parts: Sequence[Part]) -> None:
        self.begins = [0, *accumulate(part.size for part in parts)]
        super().__init__(path, self.begins[-1])
        self._parts = parts

    def _between(self, begin: int, end: int) -> bytes:
        data = bytearray()
        number = bisect_right(self.begins, begin) - 1
        while self.begins[number] < end:
            part, first = self._parts[number], self.begins[number]
            inside = slice(max(begin, first) - first, min(end, self.begins[number + 1]) - first)
            data += part.before[inside]
            behind = part.begin - len(part.before)  # of what is put before the stored bytes
            data += self._stored(max(part.begin, behind + inside.start), behind + inside.stop)
            number += 1
        return bytes(data)
