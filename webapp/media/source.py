"""The one place that opens an upload.

A container may name other files and hosts (playlists, concat scripts, SDP, DASH); the demuxers that follow
such names are not allowed here, and of protocols only plain files. What was tried against it is in
tests/media/test_hostile.py.
"""

import contextlib
from functools import partial
from pathlib import Path
from typing import BinaryIO

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from . import objections
from .arriving import FIRST_BOXES, FORMATS as ARRIVING_FORMATS, TooEarly, begins_with_index, end_of_samples
from .avi_cut import Filled, filled
from .boxes import HEADER_BYTES, top_boxes
from .bridged import Bridged, bridged
from .cut_off import breaks_off
from .decoding import with_decoder
from .demuxing import start_anew
from .failures import Unprocessable
from .fragment_claims import claims
from .growing import GrowingFile
from .growing_fragments import OPTIONS as IGNORING_INDEXES, GrowingFragments
from .jobs import Arriving, Limits
from .joined import Joined, joined
from .matroska_chain import MatroskaChain, matroska_chained
from .moments import STORING_DECODE_TIMES
from .obstacles import ObstacleCode
from .ogg_chain import Chain, chained
from .still_picture import is_item, is_still_picture

FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,dv,mxf,gif,mp3,aac,wav,flac,aiff,caf,amr"
# Decoders count rows as rounded up to 64 pixels; for at most so many rows, that is.
ROUNDED_PIXELS = 64 * 16_384
# By the clock, however little of it this process is given: a second of work may take ten. What hangs is ended
# by its CPU time, and by the silence of its child.
OPEN_TIMEOUT_S, READ_TIMEOUT_S = 100, 100
USUAL = Limits()
# Else libavformat looks for the length of a transport stream there, and goes back and back.
NOT_LOOKING_AT_THE_END = {"duration_probesize": "1"}
# An upload that is still written, or read as other bytes than it has.
Readable = GrowingFile | GrowingFragments | Joined | Filled | Chain | MatroskaChain | Bridged


def open_upload(
    source: str, limits: Limits = USUAL, formats: str = FORMATS, arriving: Arriving | None = None
) -> InputContainer:
    """Opens the upload that lies at the path `source`, also while more of it is `arriving`.

    Raises:
        Unprocessable: "empty_file", "not_media", "still_picture", "truncated", "undecodable",
            "too_many_streams", "too_demanding".
        TooEarly: of an upload that is arriving, if it has to be whole first.
    """
    path = Path(source)
    if arriving:
        return _open_arriving(path, limits, arriving)
    if not path.stat().st_size:
        raise Unprocessable("empty_file")
    if formats == FORMATS and is_still_picture(path):
        raise Unprocessable("still_picture")
    try:
        other = joined(path) or filled(path) or chained(path) or matroska_chained(path) or _bridged(path)
        container = _opened(other or path.as_posix(), limits, formats, (OPEN_TIMEOUT_S, READ_TIMEOUT_S))
    except (av.FFmpegError, OSError) as error:
        raise Unprocessable("truncated" if _is_cut_off_mp4(path) else "not_media", str(error)) from error
    if container.format.name.startswith("mov") and not _is_index_whole(path):
        raise Unprocessable("truncated", "the file ends in its index")
    return container


def open_beside(
    source: str, arriving: Arriving | None = None
) -> contextlib.AbstractContextManager[GrowingFile | MatroskaChain | BinaryIO]:
    """The bytes of an upload once more, for what libavformat does not tell of it."""
    path = Path(source)
    if arriving:
        return contextlib.closing(GrowingFile(path, arriving))
    return contextlib.closing(matroska_chained(path) or path.open("rb"))


def _open_arriving(path: Path, limits: Limits, arriving: Arriving) -> InputContainer:
    file = GrowingFile(path, arriving)
    file.patient = begins_with_index(file)
    claimed = claims(file) if file.patient else None
    fragments = GrowingFragments(file, claimed) if claimed else None
    if file.patient and not fragments:
        file.ends_at = end_of_samples(file)
    file.seek(0)
    options = IGNORING_INDEXES if fragments else NOT_LOOKING_AT_THE_END
    try:
        # Without a timeout: it is the sender who takes long, and whoever receives ends that.
        container = _opened(fragments or file, limits, ARRIVING_FORMATS, None, **options)
    except (av.FFmpegError, OSError) as error:
        raise TooEarly(ObstacleCode.OTHER_FORMAT) from error
    file.ends_at = None  # there may be more samples behind that, which the index tells
    if breaks_off(container):
        raise TooEarly(ObstacleCode.CUT_OFF)
    return container


def _opened(
    file: str | Readable,
    limits: Limits,
    formats: str,
    timeout_s: tuple[int, int] | None,
    **options: str,
) -> InputContainer:
    max_pixels = str(limits.pixels + ROUNDED_PIXELS)
    opening: objections.Opening = partial(
        av.open,
        file,
        "r",
        options={
            "format_whitelist": formats,
            "protocol_whitelist": "file",
            "max_streams": str(limits.streams),
            "max_pixels": max_pixels,
            **options,
        },
        metadata_errors="replace",
        timeout=timeout_s,
    )
    again = opening if isinstance(file, str) else partial(_from_start, file, opening)
    try:
        container = opening()
    except MemoryError as error:
        raise Unprocessable(objections.to_memory(again), str(error)) from error
    if objections.to_tracks(container, limits.streams, again):
        raise Unprocessable("too_many_streams", f"more than {limits.streams}")
    if size := objections.to_size(container, again):
        raise Unprocessable("too_large_picture", size)
    if all(stream.start_time is None for stream in container.streams):
        start_anew(container)
    for stream in container.streams.video:
        # The open option limits the probing decode only; the decoder reads it from its own context.
        if stream.codec_context is not None:
            options = {"max_pixels": max_pixels}
            if stream.codec_context.name == "h264" and container.format.name not in STORING_DECODE_TIMES:
                # Else it guesses how far frames are reordered, and loses one where it is farther than before.
                options["strict"] = "1"
            stream.codec_context.options = options
            # Else what H.264 and HEVC hide on the left is shown, up to what this machine's vectors align to.
            stream.codec_context.flags |= Flags.unaligned
    return container


def _from_start(file: Readable, opening: objections.Opening) -> InputContainer:
    """What it opens of the file from its start, which then stands where it stood."""
    position = file.tell()
    file.seek(0)
    try:
        return opening()
    finally:
        file.seek(position)


def picture_streams(container: InputContainer) -> list[VideoStream]:
    """The video streams that are not single pictures beside others, those not disabled first.

    None where there is sound alone.

    Raises:
        Unprocessable: "no_streams", "unknown_codec".
    """
    pictures = [one for one in container.streams.video if Disposition.attached_pic not in one.disposition]
    pictures = [one for one in pictures if not is_item(one)] or pictures
    known = with_decoder(pictures)
    if pictures and not known:
        raise Unprocessable("unknown_codec")
    if not known and not container.streams.audio:
        raise Unprocessable("no_streams")
    # In MP4 and MOV that is said of tracks that are enabled (ISO/IEC 14496-12 §8.3.2.3).
    return sorted(known, key=lambda stream: Disposition.default not in stream.disposition)


def _bridged(path: Path) -> Bridged | None:
    with path.open("rb") as file:
        first = file.read(HEADER_BYTES)
    return bridged(path) if first[4:] in FIRST_BOXES else None


def _is_index_whole(path: Path) -> bool:
    """Whether the index of an MP4 or MOV does not break off; not where all the boxes behind it lie."""
    return next((whole for kind, whole in top_boxes(path) if kind == b"moov"), True)


def _is_cut_off_mp4(path: Path) -> bool:
    """Whether this starts as an MP4 or MOV, but breaks off in a box or before the index, which comes last."""
    boxes = list(top_boxes(path))
    mp4 = bool(boxes) and boxes[0][0] in FIRST_BOXES
    return mp4 and not (all(whole for _, whole in boxes) and (b"moov", True) in boxes)
