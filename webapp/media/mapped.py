"""A whole file to look through, as if it were in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path

from .limits import room_for


@contextmanager
def mapped(path: Path) -> Iterator[mmap]:
    """What is at `path`, which is not empty, however large beside what this process may take of memory."""
    with (
        path.open("rb") as file,
        room_for(path.stat().st_size),
        mmap(file.fileno(), 0, access=ACCESS_READ) as data,
    ):
        yield data
