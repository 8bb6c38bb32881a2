"""Packets as they lie in a container, also where streams appear that were not there when it was opened."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream


def demuxed(container: InputContainer, streams: Sequence[Stream]) -> "Iterator[Packet[Any]]":
    """Packets of these streams; at the end an empty one of each, which flushes its decoder.

    Raises:
        av.FFmpegError: reading fails here; asked again, it goes on behind that.
    """
    # At the end PyAV looks for an empty packet of each stream, also of those that came up on the way.
    with contextlib.suppress(IndexError):
        yield from container.demux(list(streams))
