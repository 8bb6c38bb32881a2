"""Finds out what is in an upload, from its first frames and its last packets."""

import contextlib
from collections.abc import Iterator
from fractions import Fraction

import av
import msgspec
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import copyable, recording
from .arriving import TooEarly
from .beginning import first_frames
from .coding import available
from .decoding import read_only
from .demuxing import demuxed
from .facts import Copying, Facts, Obstacle, Rational, VideoTrack
from .failures import Unprocessable
from .frame_rate import frame_rate
from .holding import held
from .jobs import Limits, ProbeJob
from .moments import Moments
from .picture import Picture, is_mirrored, output_colour
from .source import open_upload, picture_streams
from .subtitles import text_tracks
from .tone import is_bright

# Where libavformat makes up a length from the last timestamps, or without them from the bit rate.
GUESSING = ("mpegts",)


def probe(job: ProbeJob) -> Iterator[Facts | Obstacle]:
    """Yields the Facts about the upload; of one that is arriving, by its claims, or why there are none.

    Raises:
        Unprocessable: with every code of `failures` that concerns the file itself.
    """
    try:
        with open_upload(job.source, job.limits, arriving=job.arriving) as container:
            streams = picture_streams(container)
            if not streams and job.arriving:
                yield Obstacle(code="no_picture")
            elif not streams:
                yield within(job.limits, recording.facts_of(container))
            else:
                yield within(job.limits, _facts_of(container, streams, job))
    except TooEarly as error:
        yield error.obstacle


def _facts_of(container: InputContainer, streams: list[VideoStream], job: ProbeJob) -> Facts:
    """
    Raises:
        TooEarly: "length_unknown", of an upload that is arriving.
    """
    stream, aspect, frames = first_frames(container, streams, job.limits)
    track = video_track(container, stream, aspect, frames)
    texts, other_subtitles = text_tracks(container)
    sounds = recording.sounds(container)
    tracks = [recording.audio_track(sound) for sound in sounds]
    sound = next(iter(sounds), None)
    if job.arriving:
        guessed = container.format.name in GUESSING
        end = track.zero + (0 if guessed else _claimed(container, stream, track))
    else:
        end = max(end_of(container, stream, track), _end_of(frames[-1]))
        if still := held(container, stream, sound, end):
            track, end = msgspec.structs.replace(track, held=still), still.until
    duration = (end - track.zero) * track.time_base.fraction
    copying = copyable.examine(container, frames[0], track, sound, float(duration))
    if job.arriving and not duration and not (isinstance(copying, Copying) and (copying.sound or not sounds)):
        raise TooEarly("length_unknown")
    return Facts(
        container=container.format.name,
        duration_s=float(duration),
        bit_rate_bps=round(container.size * 8 / duration) if duration else 0,
        picture=track,
        audio=tracks[0] if tracks else None,
        more_audio=tracks[1:],
        subtitles=texts,
        other_subtitles=other_subtitles,
        wanted=msgspec.structs.replace(job.wanted, beside=tuple(available(job.wanted.beside))),
        copying=copying,
    )


def within(limits: Limits, facts: Facts) -> Facts:
    """The same facts.

    Raises:
        Unprocessable: "too_long", "too_fast", "too_large_picture".
    """
    if facts.duration_s > limits.duration_s:
        raise Unprocessable("too_long", f"{facts.duration_s} s")
    if (picture := facts.picture) is None:
        return facts
    if picture.rate.fraction > limits.frame_rate:
        raise Unprocessable("too_fast", f"{float(picture.rate.fraction)} frames/s")
    if picture.width * picture.height > limits.pixels:  # which oblong pixels make more of
        raise Unprocessable("too_large_picture", f"shown as {picture.width} × {picture.height}")
    return facts


def video_track(
    container: InputContainer, stream: VideoStream, aspect: Fraction, frames: list[VideoFrame]
) -> VideoTrack:
    """`aspect` is that of the first frame's pixels."""
    first = frames[0]
    interlaced = any(frame.interlaced_frame for frame in frames)
    picture = Picture.of(
        first, aspect, interlaced=interlaced, mirrored=is_mirrored(first), bright=is_bright(first)
    )
    width, height = picture.shown_size
    assert first.pts is not None and stream.time_base is not None
    return VideoTrack(
        stream=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        width=width,
        height=height,
        rate=Rational.of(frame_rate(container, stream, first.pts).limit_denominator(1_000_000)),
        time_base=Rational.of(stream.time_base),
        zero=first.pts,
        colour=output_colour(first, picture),
        rotation=picture.rotation,
        mirrored=picture.mirrored,
        interlaced=picture.interlaced,
        hdr=picture.hdr is not None,
        bright=picture.bright,
        deep=first.format.components[0].bits > 8,
    )


def end_of(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """The tick at which the last frame ends, from the last packets: what containers claim is often off."""
    claimed = _claimed(container, stream, track)
    by_decoding = Moments(container, stream).by_decoding
    delay = _decoder_delay(container, stream, track) if by_decoding else 0
    read_only(container, stream)
    end = _last_end(container, stream, track, track.zero + claimed, by_decoding) if claimed else None
    if end is None:  # nothing there: read everything
        end = _last_end(container, stream, track, track.zero, by_decoding)
    read_only(container, *container.streams)
    return track.zero if end is None else end + delay


def _end_of(frame: VideoFrame) -> int:
    assert frame.pts is not None
    return frame.pts + frame.duration


def _claimed(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks that the stream lasts, or all of the container; 0 where neither says so."""
    whole = container.duration or 0
    return stream.duration or int(Fraction(whole, av.time_base) / track.time_base.fraction)


def _decoder_delay(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks by which frames are shown later than they are decoded."""
    container.seek(0, stream=stream)
    decode_times = (packet.dts for packet in demuxed(container, [stream]))
    return track.zero - next((time for time in decode_times if time is not None), track.zero)


def _last_end(
    container: InputContainer, stream: VideoStream, track: VideoTrack, start: int, by_decoding: bool
) -> int | None:
    """The last tick of the packets from `start` on; None if there are none, or no way to get there."""
    usual = max(1, round(1 / (track.rate.fraction * track.time_base.fraction)))
    ends = []
    with contextlib.suppress(av.FFmpegError):  # damaged from here on
        container.seek(start, stream=stream)
        for packet in demuxed(container, [stream]):
            time = packet.dts if by_decoding or packet.pts is None else packet.pts
            if time is not None:
                ends.append(time + (packet.duration or usual))
    return max(ends, default=None)
