"""Files that no single encoder makes: streams that change on the way, and streams of garbage."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from random import Random

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from tests.support.video import BEEP_S, numbered_frame

from .testcard import card_of

RATE = 25


def change_size(path: Path, *sizes: tuple[int, int], seconds_each: float) -> Path:
    """Numbered frames in one stream, first of one size, then of the next; `path` is an MPEG-TS."""
    with av.open(str(path), "w") as container:
        stream = _picture(container, *sizes[0])
        count = round(seconds_each * RATE)
        for part, (width, height) in enumerate(sizes):
            encoder: VideoCodecContext = av.CodecContext.create("libx264", "w")
            encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
            encoder.time_base, encoder.max_b_frames = Fraction(1, RATE), 0
            for number in range(part * count, (part + 1) * count):
                _mux(container, stream, encoder.encode(_numbered(number, width, height)))
            _mux(container, stream, encoder.encode(None))
    return path


def change_aspect(path: Path, codec: str, *aspects: str, seconds_each: float) -> Path:
    """Numbered frames of 160 × 96 stored pixels, first of one pixel aspect, then of the next."""
    with av.open(str(path), "w") as container:
        stream = _picture(container, 160, 96, codec)
        count = round(seconds_each * RATE)
        for part, aspect in enumerate(aspects):
            encoder = av.CodecContext.create(codec, "w")
            assert isinstance(encoder, VideoCodecContext)
            encoder.width, encoder.height, encoder.pix_fmt = 160, 96, "yuv420p"
            encoder.time_base, encoder.max_b_frames = Fraction(1, RATE), 2
            encoder.options = {"aspect": aspect}
            for number in range(part * count, (part + 1) * count):
                _mux(container, stream, encoder.encode(_numbered(number, 160, 96)))
            _mux(container, stream, encoder.encode(None))
    return path


def change_matrix(path: Path, *matrices: int, seconds_each: int) -> Path:
    """The test card in 160 × 96, first by one matrix of ITU-T H.273, then by the next."""
    with av.open(str(path), "w") as container:
        stream = _picture(container, 160, 96)
        count = seconds_each * RATE
        for part, matrix in enumerate(matrices):
            encoder: VideoCodecContext = av.CodecContext.create("libx264", "w")
            encoder.width, encoder.height, encoder.pix_fmt = 160, 96, "yuv420p"
            encoder.time_base, encoder.max_b_frames, encoder.colorspace = Fraction(1, RATE), 0, matrix
            for number in range(part * count, (part + 1) * count):
                frame = card_of(matrix)(number, 160, 96).reformat(format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                _mux(container, stream, encoder.encode(frame))
            _mux(container, stream, encoder.encode(None))
    return path


def turn_interlaced(path: Path, picture: Callable[[int, int, int], VideoFrame], seconds_each: int) -> Path:
    """These frames as MPEG-2 of one stream, progressive first, then interlaced."""
    with av.open(str(path), "w") as container:
        stream = _picture(container, 160, 96, "mpeg2video")
        count = seconds_each * RATE
        for part, flags in enumerate(({}, {"flags": "+ilme+ildct"})):
            encoder = av.CodecContext.create("mpeg2video", "w")
            assert isinstance(encoder, VideoCodecContext)
            encoder.width, encoder.height, encoder.pix_fmt = 160, 96, "yuv420p"
            encoder.time_base, encoder.max_b_frames = Fraction(1, RATE), 2
            encoder.options, encoder.bit_rate = flags, 4_000_000
            for number in range(part * count, (part + 1) * count):
                frame = picture(number, 160, 96).reformat(format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                _mux(container, stream, encoder.encode(frame))
            _mux(container, stream, encoder.encode(None))
    return path


def hold_last_frame(path: Path, moving_s: int, held_s: int) -> Path:
    """Numbered frames, the last of which says that it is to be shown for `held_s` more seconds."""
    with av.open(str(path), "w") as container:
        picture = _picture(container, 160, 96)
        picture.codec_context.max_b_frames = 0
        frames = [_numbered(number, 160, 96) for number in range(moving_s * RATE)]
        *packets, last = [packet for frame in [*frames, None] for packet in picture.encode(frame)]
        for packet in packets:
            packet.duration = 1
        last.duration = 1 + held_s * RATE
        container.mux([*packets, last])
    return path


def change_sample_rate(path: Path, *rates: int, seconds_each: int) -> Path:
    """Beeps at whole seconds in one stream, first at one rate in Hz, then at the next; an MPEG-TS again."""
    with av.open(str(path), "w") as container:
        picture = _picture(container, 160, 96)
        sound = container.add_stream("mp2", rate=rates[0], layout="stereo")
        for number in range(len(rates) * seconds_each * RATE):
            container.mux(picture.encode(_numbered(number, 160, 96)))
        container.mux(picture.encode(None))
        for part, rate in enumerate(rates):
            encoder: AudioCodecContext = av.CodecContext.create("mp2", "w")
            encoder.sample_rate, encoder.layout, encoder.format = rate, "stereo", "s16"
            frame = _beeps(rate, part * seconds_each, (part + 1) * seconds_each)
            _mux(container, sound, encoder.encode(frame))
            _mux(container, sound, encoder.encode(None))
    return path


def speak_in_turn(path: Path, layout: str, codec: str = "pcm_s16le", **options: str) -> Path:
    """A second of a tone in each channel, one after another, beside a picture."""
    rate, channels = 48_000, AudioLayout(layout).nb_channels
    tone = 16_000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    samples = np.zeros((channels * rate, channels), np.int16)
    for channel in range(channels):
        samples[channel * rate : (channel + 1) * rate, channel] = tone
    with av.open(str(path), "w") as container:
        picture = _picture(container, 160, 96)
        sound = container.add_stream(codec, rate=rate, layout=layout, options=options)
        assert isinstance(sound, AudioStream)
        for number in range(channels * RATE):
            container.mux(picture.encode(_numbered(number, 160, 96)))
        container.mux(picture.encode(None))
        for start in range(0, len(samples), 960):
            part = samples[start : start + 960].reshape(1, -1)
            frame = AudioFrame.from_ndarray(part, format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def with_garbage_for_sound(path: Path, seconds: int) -> Path:
    """A picture that is whole, and packets of noise that claim to be AC-3."""
    noise = Random(1)
    with av.open(str(path), "w") as container:
        picture = _picture(container, 160, 96)
        sound = container.add_stream("ac3", rate=48_000, layout="stereo")
        assert isinstance(sound, AudioStream)
        container.start_encoding()
        for number in range(seconds * RATE):
            container.mux(picture.encode(_numbered(number, 160, 96)))
            packet = Packet(noise.randbytes(400))
            packet.pts = packet.dts = number
            packet.time_base, packet.duration = Fraction(1, RATE), 1
            _mux(container, sound, [packet])
        container.mux(picture.encode(None))
    return path


def with_an_empty_picture(path: Path, seconds: int) -> Path:
    """Two tracks of video: the first has no packet, the second numbered frames."""
    with av.open(str(path), "w") as container:
        _picture(container, 320, 240)
        picture = _picture(container, 160, 96)
        for number in range(seconds * RATE):
            container.mux(picture.encode(_numbered(number, 160, 96)))
        container.mux(picture.encode(None))
    return path


def with_a_second_picture(path: Path, seconds: int) -> Path:
    """Two tracks of video, each of numbered frames: the first a PNG each, the second H.264."""
    with av.open(str(path), "w") as container:
        first = container.add_stream("png", rate=RATE)
        first.width, first.height, first.pix_fmt = 160, 96, "rgb24"
        second = _picture(container, 160, 96)
        for number in range(seconds * RATE):
            for picture in (first, second):
                container.mux(picture.encode(_numbered(number, 160, 96).reformat(format=picture.pix_fmt)))
        container.mux([*first.encode(None), *second.encode(None)])
    return path


def with_two_sizes(path: Path, *defaults: bool, seconds: int) -> Path:
    """Two tracks of video, each of numbered frames, the first of 80 × 48 and the second of 160 × 96.

    Args:
        defaults: whether each is flagged as default; in MP4 and MOV that is whether it is enabled.
    """
    with av.open(str(path), "w") as container:
        pictures = [_picture(container, 80, 48), _picture(container, 160, 96)]
        for picture, default in zip(pictures, defaults, strict=True):
            picture.disposition = Disposition.default if default else Disposition(0)
        for number in range(seconds * RATE):
            for picture in pictures:
                container.mux(picture.encode(_numbered(number, picture.width, picture.height)))
        container.mux([packet for picture in pictures for packet in picture.encode(None)])
    return path


def with_cover_picture(path: Path, *, video: bool) -> Path:
    """A PNG as the cover of a second of sound, and, if wanted, of numbered frames."""
    with av.open(str(path), "w") as container:
        cover = container.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = Disposition.attached_pic
        picture = _picture(container, 160, 96) if video else None
        sound = container.add_stream("aac", rate=48_000, layout="stereo")
        still = numbered_frame(0, 64, 64)
        still.pts, still.time_base = 0, Fraction(1)
        container.mux([*cover.encode(still), *cover.encode(None)])
        if picture:
            for number in range(RATE):
                container.mux(picture.encode(_numbered(number, 160, 96)))
            container.mux(picture.encode(None))
        for start in range(0, 48_000, 1024):
            frame = AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def _beeps(rate: int, begin_s: int, end_s: int) -> AudioFrame:
    moments = np.arange(begin_s * rate, end_s * rate) / rate
    wave = np.where(moments % 1 < BEEP_S, 16_000 * np.sin(2 * np.pi * 1000 * moments), 0)
    samples = np.repeat(wave.astype(np.int16), 2).reshape(1, -1)
    frame = AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate, begin_s * rate, Fraction(1, rate)
    return frame


def _numbered(number: int, width: int, height: int) -> VideoFrame:
    frame = numbered_frame(number, width, height).reformat(format="yuv420p")
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def _picture(container: OutputContainer, width: int, height: int, codec: str = "libx264") -> VideoStream:
    stream = container.add_stream(codec, rate=RATE)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    return stream


def _mux(container: OutputContainer, stream: Stream, packets: "Iterable[Packet[Stream]]") -> None:
    for packet in packets:
        packet.stream = stream
        container.mux(packet)
