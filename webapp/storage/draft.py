"""A file on a local disk before it is whole: beside its place, under a name of its own."""

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".unfinished"


class Draft:
    """Becomes the file at `target` as a whole, by `publish`, or never. Used by one thread at a time."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}.{secrets.token_hex(8)}{UNFINISHED}")
        self._file: BinaryIO | None = None

    @property
    def path(self) -> Path | None:
        """Where the bytes are; None before the first."""
        return self._path if self._file else None

    def write(self, data: bytes) -> None:
        self._opened().write(data)

    def publish(self) -> None:
        """
        Raises:
            FileNotFoundError: somebody deleted it.
        """
        file = self._opened()
        file.flush()
        os.fsync(file.fileno())
        rename_durably(self._path, self._target)

    def discard(self) -> None:
        """Leaves nothing behind; what is published stays."""
        if self._file:
            with suppress(OSError):  # a full disk says once more what it could not take
                self._file.close()
            self._path.unlink(missing_ok=True)

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")
            # Held until it is closed, or the process dies: how others know that it is still written to.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self._file


def discard_orphans(target: Path) -> bool:
    """Removes the drafts of `target` whose processes are gone; returns whether there were any."""
    found = False
    for path in target.parent.glob(f"{target.name}.*{UNFINISHED}"):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            path.unlink(missing_ok=True)
            found = True
    return found


def rename_durably(source: Path, target: Path) -> None:
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
