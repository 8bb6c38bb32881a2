"""What is in an upload's sound, and in an upload that is sound alone."""

import contextlib
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition

from .aac import SAMPLE_RATE
from .continuity import Continuity
from .cut_off import breaks_off, missing_s
from .decoding import Damage, decoded, with_decoder
from .demuxing import demuxed
from .facts import AudioTrack, Facts
from .failures import Unprocessable
from .message import Rational
from .sound import samples_in

# Bare streams of frames have no header that could tell: random bytes pass for one.
WITHOUT_A_HEADER = ("mp3", "aac")
# By the number of channels, as libavutil names layouts; in brackets may follow where the side ones stand.
SURROUND = {6: "5.1", 8: "7.1"}
# As Blu-ray has TrueHD; libavformat makes two streams of each (`mpegts_set_stream_info`).
WITH_TWO_IN_ONE = "mpegts"
MOST_SOUNDS = 8  # each is encoded in a pass of its own


def sounds(container: InputContainer) -> list[AudioStream]:
    """The audio streams that there is a decoder for: first the one flagged as default, then the others."""
    known = with_decoder(_present(container))
    known.sort(key=lambda stream: Disposition.default not in stream.disposition)
    main, others = known[:1], sorted(known[1:], key=lambda stream: stream.index)
    return [*main, *others][:MOST_SOUNDS]


def others(container: InputContainer) -> int:
    """How many audio streams are none of the `sounds`."""
    return len(_present(container)) - len(sounds(container))


def _present(container: InputContainer) -> list[AudioStream]:
    """The audio streams, without one of AC-3 that may be beside TrueHD under the same number, and is not."""
    streams = list(container.streams.audio)
    if container.format.name != WITH_TWO_IN_ONE:
        return streams
    pids = [stream.id for stream in streams]
    return [one for one in streams if pids.count(one.id) == 1 or one.codec_context.layout.nb_channels]


def audio_track(stream: AudioStream, begin_s: Fraction = Fraction(0)) -> AudioTrack:
    layout = stream.codec_context.layout
    surround = SURROUND.get(layout.nb_channels)
    return AudioTrack(
        stream=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        channels=layout.nb_channels,
        sample_rate=stream.codec_context.sample_rate,
        language=stream.language if stream.language != "und" else None,
        title=stream.metadata.get("title") or None,
        begin=Rational.of(begin_s),
        unusual_layout=surround is not None and layout.name.partition("(")[0] != surround,
    )


def facts_of(container: InputContainer) -> Facts:
    """The Facts about sound alone, from its first frame and all its packets: not every format can seek.

    Raises:
        Unprocessable: "unknown_codec", "encrypted", "undecodable", "truncated", "not_media".
    """
    tracks = sounds(container)
    if not tracks:
        raise Unprocessable("unknown_codec")
    stream = tracks[0]
    damage = Damage()
    first = next((frame for frame in decoded(container, stream, damage) if frame.pts is not None), None)
    if first is None and damage.encrypted:
        raise Unprocessable("encrypted")
    if first is None:
        code = "not_media" if container.format.name in WITHOUT_A_HEADER else "undecodable"
        raise Unprocessable("truncated" if breaks_off(container) else code, f"no frame of {stream.name}")
    assert stream.time_base is not None
    begin_s = first.pts * stream.time_base
    duration = Fraction(_end_of(container, stream, first), SAMPLE_RATE)
    return Facts(
        container=container.format.name,
        duration_s=float(duration),
        missing_s=missing_s(container, begin_s + duration),
        audio=audio_track(stream, begin_s),
        more_audio=[audio_track(other) for other in tracks[1:]],
        other_sounds=others(container),
    )


def _end_of(container: InputContainer, stream: AudioStream, first: AudioFrame) -> int:
    """The sample, counted from the `first` frame on, at which the last packet from here on ends."""
    assert first.pts is not None and stream.time_base is not None
    samples, ticks = (stream.time_base * SAMPLE_RATE).as_integer_ratio()
    end = samples_in(first)

    def length(packet: "Packet[AudioStream]") -> int:
        return (packet.duration or 0) * samples // ticks

    continuity = Continuity(stream.time_base, first.pts, length, expected=end)
    with contextlib.suppress(av.FFmpegError):  # damaged from here on
        coming = (packet for packet in demuxed(container, [stream]) if packet.pts is not None)
        for packet, start in continuity.placed(coming):
            end = max(end, start + length(packet))
    return end
