"""Files that break off, as a download does that was interrupted: how much is missing of what they claim."""

import contextlib
import struct
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from . import late_subtitles
from .decoding import Damage, packets

# libavformat makes up how long these are, from the last times or from the bit rate.
GUESSED = ("mpegts", "mpeg", "mp3", "aac", "amr", "dv")
# Of an ASF (Advanced Systems Format, §3.2): how long it is played, in 100 ns, from a moment in ms on that is
# the same in all packets; or it is a broadcast, which does not know.
FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
PLAYED_AT, FIELDS, BROADCAST = 64, struct.Struct("<QQQI"), 1
HEADER_BYTES = 1 << 16
# Claims are rounded, and count tracks that end a little later.
SHORTEST_S = 1


def breaks_off(container: InputContainer) -> bool:
    """Whether an MP4 or MOV, which list where every sample lies, lists some behind its end."""
    return container.format.name.startswith("mov") and any(
        (entries := stream.index_entries)
        and entries[len(entries) - 1].pos + entries[len(entries) - 1].size > container.size
        for stream in container.streams
    )


def claimed_end_s(container: InputContainer) -> Fraction:
    """Where the longest track ends, as far as the container knows."""
    return Fraction((container.start_time or 0) + (container.duration or 0), av.time_base)


def _claimed_s(container: InputContainer) -> Fraction:
    """The same, where timestamps start at 0; in some containers it is the length, in others the end."""
    if container.format.name == "avi":  # libavformat corrects what the header says by what is there
        lengths = [one.frames * one.time_base for one in container.streams.video if one.time_base]
        return max(lengths, default=Fraction(0))
    if container.format.name == "asf":  # nor does it believe that of one that breaks off
        return _played_s(Path(container.name))
    whole_s = min(claimed_end_s(container), Fraction(container.duration or 0, av.time_base))
    without_s = late_subtitles.claimed_without_s(container)
    return whole_s if without_s is None else min(whole_s, without_s)


def missing_s(container: InputContainer, end_s: Fraction) -> float:
    """For how long the container claims to go on after its last packet; 0 where that is a second or less.

    Args:
        end_s: when what is encoded ends, on the container's timeline.
    """
    name = container.format.name
    if name in GUESSED or (name.startswith("mov") and not breaks_off(container)):
        return 0  # of these a length that is off means nothing
    claimed_s = _claimed_s(container)
    if claimed_s - end_s <= SHORTEST_S:
        return 0
    missing = claimed_s - max(end_s, _last_end_s(container, end_s, claimed_s))
    if missing <= SHORTEST_S or late_subtitles.last_until(container, end_s, claimed_s - SHORTEST_S):
        return 0
    return float(missing)


def _last_end_s(container: InputContainer, begin_s: Fraction, claimed_s: Fraction) -> Fraction:
    """When the last packet of any track but subtitles from a second on ends."""
    last = begin_s
    tracks = [stream for stream in container.streams if stream.type != "subtitle"]
    with contextlib.suppress(av.FFmpegError):  # no way to seek: then from where the container stands
        container.seek(int(begin_s * av.time_base))
    for packet in packets(container, tracks, Damage()):
        if packet.pts is not None and packet.time_base is not None:
            end = (packet.pts + (packet.duration or 0)) * packet.time_base
            last = max(last, min(end, claimed_s))
    return last


def _played_s(asf: Path) -> Fraction:
    """How long an ASF claims to be; 0 where it does not say so."""
    with asf.open("rb") as file:
        header = file.read(HEADER_BYTES)
    at = header.find(FILE_PROPERTIES) + PLAYED_AT
    if at < PLAYED_AT or at + FIELDS.size > len(header):
        return Fraction(0)
    played, _, before, flags = FIELDS.unpack_from(header, at)
    return Fraction(0) if flags & BROADCAST else Fraction(played, 10**7) - Fraction(before, 1000)
