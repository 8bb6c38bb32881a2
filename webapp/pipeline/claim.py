"""A worker's claim on its data folder: with SQLite there can be only one."""

import fcntl
from pathlib import Path
from typing import TextIO

from ..errors import Unavailable


class Claim:
    """Held by a lock on a file, which the kernel takes back however the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "worker.lock"
        self._file: TextIO | None = None

    def take(self) -> None:
        """
        Raises:
            Unavailable: another worker has it.
        """
        file = self._path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise Unavailable(
                "worker_running",
                f"Another worker has {self._path.parent} already.",
                "Stop it, or start this one with RUSHES_DATA_DIR set to another folder.",
            ) from error
        self._file = file

    def release(self) -> None:
        """Gives it up, if it is held."""
        if self._file:
            self._file.close()
            self._file = None
