"""Encodes a track of sound, in one pass over the whole source, into segments cut where the picture's are.

One pass and never chunk by chunk: an AAC encoder needs a running start, and each start would be a gap.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import av
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import Flags

from . import cmaf, timeline
from .aac import BIT_RATE_BPS, CHANNELS, CODEC, FRAME_SAMPLES, SAMPLE_RATE
from .answers import Audio, Written
from .cmaf import Sample
from .jobs import AudioJob
from .resampler import FORMAT, LAYOUT
from .sound import Sound
from .source import open_upload
from .track import TrackWriter
from .track_names import audio_name


def encode(job: AudioJob) -> Iterator[Written | Audio]:
    """Yields Written for each segment as soon as it lies in `job.folder`, at last the Audio."""
    with open_upload(job.source, job.limits, arriving=job.arriving) as container:
        encoder = open_encoder()
        bounds_s = timeline.bounds(job.facts.duration_s)
        init = cmaf.audio_init(SAMPLE_RATE, CHANNELS, encoder.extradata or b"", BIT_RATE_BPS)
        name = audio_name(job.number)
        writer = TrackWriter(Path(job.folder), name, CODEC, init, SAMPLE_RATE, 0, bounds_s)
        sound = Sound(container, job.facts, FRAME_SAMPLES, job.number, job.limits)
        end = 0
        for frame in itertools.chain(sound.frames(), [None]):
            for packet in encoder.encode(frame):
                assert packet.pts is not None
                if packet.pts < 0:
                    continue  # priming: the encoder's run-up, not sound
                end = packet.pts + FRAME_SAMPLES
                if done := writer.add(Sample(packet.pts, bytes(packet), sync=True)):
                    yield Written(track=writer.track([done]))
        writer.close(end)
        yield Audio(
            track=writer.track() if writer.segments else None,
            damaged=sound.damage.packets,
            missing_s=sound.missing_s,
        )


def open_encoder() -> AudioCodecContext:
    """An encoder whose extradata is the AudioSpecificConfig."""
    encoder: AudioCodecContext = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, LAYOUT, FORMAT
    encoder.bit_rate = BIT_RATE_BPS
    encoder.flags |= Flags.global_header
    encoder.open()
    return encoder
