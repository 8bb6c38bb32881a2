"""Finds out what is in an upload, from its first frames and its last packets."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
from av.container import InputContainer
from av.video.stream import VideoStream

from . import copyable, growing_fragments, recording
from .arriving import TooEarly
from .beginning import Beginning, beginning_of
from .coding import available
from .cropping import cropping
from .cut_off import missing_s
from .demuxing import FromStart
from .ending import Ends, claimed_ticks, end_of_frame, ends_of
from .facts import Cropping, Facts, VideoTrack
from .failures import Unprocessable
from .frame_rate import frame_rate
from .from_start import from_start
from .holding import held
from .jobs import Limits, ProbeJob
from .joined import routes_of
from .leading import lead
from .matroska_chain import MatroskaChain
from .message import Rational
from .obstacles import Copying, Obstacle, ObstacleCode
from .ogg_chain import Chain
from .picture import Picture, is_mirrored, output_colour
from .scrambling import has_scrambled
from .source import open_beside, open_upload, picture_streams
from .subtitles import text_tracks
from .tail import ends_inside
from .tone import is_bright
from .transparency import is_transparent

# Where libavformat makes up a length from the last timestamps, or without them from the bit rate.
GUESSING = ("mpegts",)
# What is scrambled may look like.
UNREADABLE = ("not_media", "no_streams", "unknown_codec", "undecodable")


def probe(job: ProbeJob) -> Iterator[Facts | Obstacle]:
    """Yields the Facts about the upload; of one that is arriving, by its claims, or why there are none.

    Raises:
        Unprocessable: with every code of `failures` that concerns the file itself.
    """
    try:
        with open_upload(job.source, job.limits, arriving=job.arriving) as container:
            streams = picture_streams(container)
            if not streams and job.arriving:
                yield Obstacle(code=ObstacleCode.NO_PICTURE)
                return
            facts = _facts_of(container, streams, job) if streams else recording.facts_of(container)
            left_out_s = _left_out_s(container)
        breaks_off = not (job.arriving or facts.missing_s) and ends_inside(Path(job.source), facts.container)
        told = msgspec.structs.replace(facts, breaks_off=breaks_off, left_out_s=left_out_s)
        yield within(job.limits, told)
    except TooEarly as error:
        yield error.obstacle
    except Unprocessable as error:
        if error.code in UNREADABLE and not job.arriving and has_scrambled(Path(job.source)):
            raise Unprocessable("encrypted", f"scrambled, and so {error}") from error
        raise


def _facts_of(container: InputContainer, streams: list[VideoStream], job: ProbeJob) -> Facts:
    """
    Raises:
        TooEarly: of an upload that is arriving, "length_unknown", or "in_fragments": the frame rate is, too.
    """
    beginning = beginning_of(container, streams, job.limits)
    stream, frames = beginning.stream, beginning.frames
    back = partial(from_start, job, container, stream)
    with open_beside(job.source, job.arriving) as file:
        track = video_track(beginning, cropping(container, stream, file), back)
    texts, other_subtitles = text_tracks(container)
    sounds = recording.sounds(container)
    tracks = [recording.audio_track(sound) for sound in sounds]
    sound = next(iter(sounds), None)
    ahead = lead(container, stream, beginning.begun, sound)
    if job.arriving:
        claimed = _claimed_early(container, stream, track)
        # What the whole container lasts begins with the sound.
        end = track.zero + (claimed if stream.duration else max(0, claimed - ahead))
    else:
        of_frame, end = ends_of(container, stream, track)
        of_frame, end = (max(one, end_of_frame(container, frames[-1])) for one in (of_frame, end))
        if still := held(container, stream, sound, Ends(of_frame, end)):
            track, end = msgspec.structs.replace(track, held=still), still.until
    begin = track.zero - ahead
    duration = (end - begin if end > track.zero else 0) * track.time_base.fraction
    copying = copyable.examine(container, frames[0], track, sound, float(duration), back)
    if begin < track.zero:
        track = msgspec.structs.replace(track, zero=begin)
        if isinstance(copying, Copying):
            copying = Obstacle(code=ObstacleCode.LATE_PICTURE)
    if job.arriving and not duration and not (isinstance(copying, Copying) and (copying.sound or not sounds)):
        raise TooEarly(ObstacleCode.LENGTH_UNKNOWN)
    if not isinstance(copying, Copying) and growing_fragments.may_change_pace(container, stream):
        raise TooEarly(ObstacleCode.IN_FRAGMENTS)
    return Facts(
        container=container.format.name,
        duration_s=float(duration),
        bit_rate_bps=round(container.size * 8 / duration) if duration else 0,
        missing_s=0 if job.arriving else missing_s(container, end * track.time_base.fraction),
        picture=track,
        audio=tracks[0] if tracks else None,
        more_audio=tracks[1:],
        subtitles=texts,
        other_subtitles=other_subtitles,
        other_pictures=len(streams) - 1,
        other_sounds=recording.others(container),
        wanted=msgspec.structs.replace(job.wanted, beside=tuple(available(job.wanted.beside))),
        copying=copying,
    )


def _claimed_early(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks that an upload claims to last whose end is not there; 0 where it does not say so."""
    if container.format.name in GUESSING:
        return 0
    in_fragments = growing_fragments.claimed_ticks(container, stream)
    return claimed_ticks(container, stream, track) if in_fragments is None else in_fragments


def _left_out_s(container: InputContainer) -> float:
    if routes := routes_of(container):
        return routes.left_out_s
    file = getattr(container.file, "file", None)
    return file.left_out_s if isinstance(file, Chain | MatroskaChain) else 0


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


def video_track(beginning: Beginning, cropping: Cropping, back: FromStart) -> VideoTrack:
    stream, aspect, frames, zero, _ = beginning
    first = frames[0]
    interlaced = any(frame.interlaced_frame for frame in frames)
    picture = Picture.of(
        first,
        aspect,
        interlaced=interlaced,
        mirrored=is_mirrored(first),
        bright=is_bright(first),
        cropping=cropping,
    )
    width, height = picture.shown_size
    assert first.pts is not None and stream.time_base is not None
    return VideoTrack(
        stream=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        width=width,
        height=height,
        rate=Rational.of(frame_rate(stream, first.pts, back)),
        time_base=Rational.of(stream.time_base),
        zero=zero,
        colour=output_colour(first, picture),
        rotation=picture.rotation,
        mirrored=picture.mirrored,
        interlaced=picture.interlaced,
        hdr=picture.hdr is not None,
        bright=picture.bright,
        deep=first.format.components[0].bits > 8,
        transparent=is_transparent(stream, first),
        cropping=picture.cropping,
    )
