"""Whether browsers can play an upload as it is, from its header, its first frames and its index."""

import contextlib
from fractions import Fraction
from itertools import islice

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.index import IndexEntries
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import aac
from .avc import Configuration, ConfigurationMissing
from .demuxing import FromStart, demuxed
from .encryption import is_encrypted
from .facts import WHOLE, VideoTrack
from .obstacles import Copying, Obstacle, ObstacleCode
from .timeline import LONGEST_COPIED_S

# Containers that say of each frame when it is shown, by their first name in libavformat.
CONTAINERS = ("mov", "matroska", "mpegts", "flv")
PROFILES = (66, 77, 100)  # Baseline, Main and High of ITU-T H.264 annex A
PIXEL_FORMATS = ("yuv420p", "yuvj420p")
# Sound that starts later gets silence before it, and for that it is encoded. ITU-R BT.1359: 45 ms is noticed.
LATEST_SOUND_S = 0.04
# Encoders give a picture of 426 × 240 pixels that are not quite square, to make up for the missing fraction.
MOST_STRETCHED = 1.01
PACKETS_LOOKED_AT = 500


def examine(
    container: InputContainer,
    frame: VideoFrame,
    track: VideoTrack,
    audio: AudioStream | None,
    duration_s: float,
    from_start: FromStart,
) -> Copying | Obstacle:
    """
    Args:
        frame: the first that is shown.
        duration_s: 0 where that is not known yet.
        audio: the sound that goes with the picture, if there is any.
    """
    stream = container.streams[track.stream]
    assert isinstance(stream, VideoStream)
    code = _picture_obstacle(container, stream, frame, track)
    if code:
        return Obstacle(code=code)
    held_s = track.held.length * track.time_base.fraction if track.held else 0
    if held_s > LONGEST_COPIED_S:
        return Obstacle(code=ObstacleCode.KEYFRAMES, seconds=float(held_s))
    # Only MP4 and MOV have an index of all frames; others list what they were searched for.
    if container.format.name.startswith("mov") and 0 < stream.frames <= len(stream.index_entries):
        gap_s = widest_gap(stream.index_entries) * track.time_base.fraction
        if gap_s > LONGEST_COPIED_S:
            return Obstacle(code=ObstacleCode.KEYFRAMES, seconds=float(gap_s))
    return Copying(
        sound=audio is not None and _sound_copyable(audio, track, from_start),
        average_bps=round(container.size * 8 / max(duration_s, 0.1)) if duration_s else 0,
    )


def widest_gap(index: IndexEntries) -> int:
    """The most ticks from a keyframe to the next, or to the last frame."""
    widest, place = 0, index.search_timestamp(index[0].timestamp, backward=False)
    last = index[len(index) - 1].timestamp
    while place >= 0:
        here = index[place].timestamp
        place = index.search_timestamp(here + 1, backward=False)
        widest = max(widest, (index[place].timestamp if place >= 0 else last) - here)
    return widest


def _picture_obstacle(
    container: InputContainer, stream: VideoStream, frame: VideoFrame, track: VideoTrack
) -> ObstacleCode | None:
    if track.codec != "h264":
        return ObstacleCode.CODEC
    if container.format.name.partition(",")[0] not in CONTAINERS:
        return ObstacleCode.CONTAINER
    try:
        configuration = Configuration(stream.codec_context.extradata)
    except ConfigurationMissing:
        return ObstacleCode.CONFIGURATION
    reasons = {
        ObstacleCode.DAMAGED: frame.pts != track.zero,
        ObstacleCode.PIXELS: frame.format.name not in PIXEL_FORMATS,
        ObstacleCode.PROFILE: configuration.profile not in PROFILES,
        ObstacleCode.HDR: track.hdr,
        ObstacleCode.INTERLACED: track.interlaced,
        ObstacleCode.FIELDS: configuration.may_hold_fields,
        ObstacleCode.ROTATED: track.rotation != 0,
        ObstacleCode.MIRRORED: track.mirrored,
        ObstacleCode.CROPPED: track.cropping != WHOLE,
        ObstacleCode.STRETCHED: max(track.width / frame.width, track.height / frame.height) > MOST_STRETCHED,
    }
    return next((code for code, true in reasons.items() if true), None)


def _sound_copyable(stream: AudioStream, track: VideoTrack, from_start: FromStart) -> bool:
    context = stream.codec_context
    if context.codec.canonical_name != "aac" or context.profile != "LC" or stream.time_base is None:
        return False
    zero_s = track.zero * track.time_base.fraction
    with contextlib.suppress(av.FFmpegError), from_start(track.zero) as container:
        for packet in islice(demuxed(container, [container.streams[stream.index]]), PACKETS_LOOKED_AT):
            if packet.pts is None or is_encrypted(packet):
                return False
            config = (
                aac.Config.parse(context.extradata) if context.extradata else aac.config_of(bytes(packet))
            )
            if config is None or config.sample_rate != context.sample_rate:
                return False
            start_s = packet.pts * stream.time_base - zero_s
            if start_s + Fraction(aac.FRAME_SAMPLES, config.sample_rate) > 0:
                return start_s <= LATEST_SOUND_S
    return False
