"""Where files are kept: uploads, posters, playlists and segments, under keys like "videos/ID/poster.jpg".

Adapters are chosen by STORAGE_URL in app.py; tests/storage/test_contract.py holds each to this protocol.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in storage. `etag` is a quoted entity tag (RFC 9110 §8.8.3): it changes with the bytes."""

    size: int
    etag: str
    modified: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that is being stored: where its bytes lie so far, and where it will lie once it is whole."""

    draft: Path
    final: Path


class Opened(Protocol):
    """One version of a file, whatever becomes of its key meanwhile; to be closed."""

    stored: Stored

    def read(self, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to, not including, `end`."""
        ...

    def close(self) -> None: ...


class Storage(Protocol):
    """A file appears under its key whole or not at all; writing to a key in use replaces it.

    Where it is full, or away, everything raises NoSpace or Unavailable, and what was there stays.
    """

    async def put(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> int:
        """Stores what `chunks` yield, durably, and returns the number of bytes.

        Raises:
            TooLarge: there are more than `limit` bytes; nothing is kept.
            NotFound: the key was deleted while its bytes came; nothing is kept.
        """
        ...

    async def discard_orphans(self, key: str) -> bool:
        """Removes what a `put` to this key left whose process is gone; returns whether there was such.

        One that goes on is not disturbed.
        """
        ...

    async def put_bytes(self, key: str, data: bytes) -> None: ...

    async def put_file(self, key: str, path: Path) -> None:
        """Stores a file of ours. It may be gone from `path` afterwards."""
        ...

    async def stat(self, key: str) -> Stored:
        """
        Raises:
            NotFound: there is nothing under this key.
        """
        ...

    async def open(self, key: str) -> Opened:
        """
        Raises:
            NotFound: there is nothing under this key.
        """
        ...

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`. Raises NotFound at the first step."""
        ...

    def as_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A file on this machine with that content, not to be changed, for as long as the context lasts."""
        ...

    async def names(self, folder: str, most: int) -> list[str]:
        """Up to `most` names of files right below `folder`, which ends with a slash; in no order."""
        ...

    async def folders(self, folder: str) -> list[str]:
        """What keys have between `folder`, which ends with a slash, and the next slash; in no order."""
        ...

    async def delete(self, prefix: str) -> None:
        """Removes everything whose key starts with `prefix`."""
        ...


@runtime_checkable
class ReadableEarly(Protocol):
    """What a storage may offer beside: to read a file while it is being put there."""

    def arriving(self, key: str) -> Incoming | None:
        """Where that file lies; None while nobody puts it, or nothing of it is there yet."""
        ...
