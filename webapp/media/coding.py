"""What each codec of the picture has of its own, for an encoder that is opened for a rung."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import av
from av.video.codeccontext import VideoCodecContext

from . import av1, cmaf, h264, hevc, hvc, obu, sequence, vui
from .content import Content
from .facts import VideoTrack
from .ladder import Rung
from .thinning import HIGHEST_RATE, shown_rate
from .wanted import FINER_CLOCK_ENCODING, FIRST_ENCODING, Wanted


@dataclass(frozen=True, slots=True)
class Coding:
    """
    Attributes:
        encoder: opened.
        entry: types of the sample entry, and of the box with the configuration in it.
        record: that configuration.
        name: RFC 6381.
        progressive: whether the stream says so.
        sample: turns a packet of the encoder's into what a file holds.
    """

    encoder: VideoCodecContext
    entry: tuple[bytes, bytes]
    record: bytes
    name: str
    progressive: bool | None
    sample: Callable[[bytes], bytes] = bytes


# The encoders that libavcodec may have been built without.
ENCODERS = {"av1": av1.ENCODER, "hevc": hevc.ENCODER}


def available(codecs: Sequence[str]) -> list[str]:
    """Those of the codecs that there is an encoder for."""
    return [codec for codec in codecs if ENCODERS[codec] in av.codecs_available]


def open_coding(rung: Rung, video: VideoTrack, wanted: Wanted, content: Content = Content.FILMED) -> Coding:
    """The encoder of the rung's codec; `content` is for H.264 and AV1, see there."""
    match rung.codec:
        case "av1":
            encoder = av1.open_encoder(rung, video, content)
            record = obu.configuration(encoder.extradata or b"")
            # AV1 has frames only.
            return Coding(encoder, obu.SAMPLE_ENTRY, record, obu.codec_string(record), True, obu.sample)
        case "hevc":
            encoder = hevc.open_encoder(rung, video)
            record = hvc.configuration(encoder.extradata or b"")
            name = hvc.codec_string(record)
            return Coding(encoder, hvc.SAMPLE_ENTRY, record, name, hvc.progressive(record))
    encoder = h264.open_encoder(rung, video, wanted.preset, content, wanted.encoding)
    record = encoder.extradata or b""
    if wanted.encoding > FIRST_ENCODING:
        record = vui.at_most(record, _clock(video, wanted))
    name = h264.codec_string(record)
    return Coding(encoder, cmaf.AVC_ENTRY, record, name, sequence.progressive(record))


def _clock(video: VideoTrack, wanted: Wanted) -> int:
    if wanted.encoding < FINER_CLOCK_ENCODING:
        return HIGHEST_RATE
    return vui.clock(shown_rate(video.rate.fraction), video.time_base.fraction)
