"""Finds out what is in an upload, from its first frames and its last packets."""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import copyable
from .failures import Unprocessable
from .frames import FrameReader
from .messages import AudioTrack, Facts, ProbeJob, Rational, VideoTrack
from .moments import Moments
from .picture import Picture, output_colour
from .source import MAX_PIXELS, open_upload, picture_stream

# Enough to tell interlaced material, where single frames may be flagged progressive.
FRAMES_LOOKED_AT = 8
LONGEST_S = 24 * 3600  # whether there are so many frames or only two
# Matroska and FLV claim 1000 frames a second when they do not know.
FASTEST_RATE, ASSUMED_RATE = 480, Fraction(30)


def probe(job: ProbeJob) -> Iterator[Facts]:
    """Yields the Facts about the upload.

    Raises:
        Unprocessable: with every code of `failures` that concerns the file itself.
    """
    with open_upload(job.source) as container:
        stream = picture_stream(container)
        if stream.width * stream.height > MAX_PIXELS:
            raise Unprocessable("too_large_picture", f"{stream.width} × {stream.height}")
        frames = list(islice(FrameReader(container, stream).read(0), FRAMES_LOOKED_AT))
        if not frames:
            raise Unprocessable("undecodable", f"no frame of {stream.codec_context.name}")
        track = video_track(stream, frames)
        audio = first_sound(container)
        duration = (end_of(container, stream, track) - track.zero) * track.time_base.fraction
        if duration > LONGEST_S:
            raise Unprocessable("too_long", f"{float(duration)} s")
        yield Facts(
            container=container.format.name,
            duration_s=float(duration),
            video=track,
            audio=audio_track(audio) if audio else None,
            copying=copyable.examine(container, frames[0], track, audio, float(duration)),
        )


def first_sound(container: InputContainer) -> AudioStream | None:
    """The first audio stream that there is a decoder for."""
    contexts: list[tuple[AudioStream, object]] = [(a, a.codec_context) for a in container.streams.audio]
    return next((stream for stream, context in contexts if context is not None), None)


def video_track(stream: VideoStream, frames: list[VideoFrame]) -> VideoTrack:
    first = frames[0]
    picture = Picture.of(first, stream, any(frame.interlaced_frame for frame in frames))
    width, height = picture.shown_size
    assert first.pts is not None and stream.time_base is not None
    return VideoTrack(
        stream=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        width=width,
        height=height,
        rate=Rational.of(frame_rate(stream, frames).limit_denominator(1_000_000)),
        time_base=Rational.of(stream.time_base),
        zero=first.pts,
        colour=output_colour(first, picture),
        rotation=picture.rotation,
        interlaced=picture.interlaced,
        hdr=picture.hdr,
    )


def frame_rate(stream: VideoStream, frames: list[VideoFrame]) -> Fraction:
    """Average frames per second: what the container says if that can be, else what the frames show."""
    if stream.average_rate and 0 < stream.average_rate <= FASTEST_RATE:
        return stream.average_rate
    first, last = frames[0], frames[-1]
    if len(frames) < 2 or first.pts is None or last.pts is None or stream.time_base is None:
        return ASSUMED_RATE
    return (len(frames) - 1) / ((last.pts - first.pts) * stream.time_base)


def audio_track(stream: AudioStream) -> AudioTrack:
    return AudioTrack(
        stream=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        channels=stream.codec_context.layout.nb_channels,
        sample_rate=stream.codec_context.sample_rate,
        language=stream.language if stream.language != "und" else None,
    )


def end_of(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """The tick at which the last frame ends, from the last packets: what containers claim is often off."""
    claimed = stream.duration or (
        container.duration and int(Fraction(container.duration, av.time_base) / track.time_base.fraction)
    )
    by_decoding = Moments(container, stream).by_decoding
    delay = _decoder_delay(container, stream, track) if by_decoding else 0
    end = _last_end(container, stream, track, track.zero + claimed, by_decoding) if claimed else None
    if end is None:  # nothing there: read everything
        end = _last_end(container, stream, track, track.zero, by_decoding)
    return track.zero if end is None else end + delay


def _decoder_delay(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks by which frames are shown later than they are decoded."""
    container.seek(0, stream=stream)
    decode_times = (packet.dts for packet in container.demux(stream))
    return track.zero - next((time for time in decode_times if time is not None), track.zero)


def _last_end(
    container: InputContainer, stream: VideoStream, track: VideoTrack, start: int, by_decoding: bool
) -> int | None:
    """The last tick of the packets from `start` on; None if there are none, or no way to get there."""
    usual = max(1, round(1 / (track.rate.fraction * track.time_base.fraction)))
    ends = []
    with contextlib.suppress(av.FFmpegError):  # damaged from here on
        container.seek(start, stream=stream)
        for packet in container.demux(stream):
            time = packet.dts if by_decoding or packet.pts is None else packet.pts
            if time is not None:
                ends.append(time + (packet.duration or usual))
    return max(ends, default=None)
