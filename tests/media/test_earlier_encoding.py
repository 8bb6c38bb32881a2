"""Runs that an earlier build began: what is still to be encoded fits to what it encoded."""

import itertools
from fractions import Fraction
from pathlib import Path

import av
import msgspec
import pytest
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from tests.support.titles import slide
from tests.support.video import make_video, noisy_frame
from webapp.media.cmaf import AVC_ENTRY, video_init
from webapp.media.facts import Facts
from webapp.media.jobs import ProbeJob
from webapp.media.ladder import Rung
from webapp.media.ticks import Ticks
from webapp.media.timeline import chunks
from webapp.media.track import INIT_NAME
from webapp.media.wanted import FIRST_ENCODING, NEWEST_ENCODING, Wanted
from webapp.media.zeroing import WITHOUT_AVX512, has_avx512

from .decoding import Rendition, assert_joined
from .encoding import encode_chunk, facts_of

RUNG = Rung(name="180p", width=320, height=180, ceiling_bps=600_000)
TEXT = 100  # frames


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """14 s that begin with text, which is encoded in another way now."""

    def picture(number: int, width: int, height: int) -> VideoFrame:
        return (slide if number < TEXT else noisy_frame)(number, width, height)

    path = tmp_path_factory.mktemp("mixed") / "a.mp4"
    return make_video(path, width=320, height=180, seconds=14, picture=picture, audio=None)


def as_written_then(facts: Facts) -> Facts:
    """As kept by a build whose `wanted` had nothing about encoding."""
    document = msgspec.to_builtins(facts)
    del document["wanted"]["encoding"]
    return msgspec.convert(document, Facts)


def encoder_of_then(facts: Facts) -> VideoCodecContext:
    """As it was opened before there was `Wanted.encoding`, for a rung up to 480p."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = RUNG.width, RUNG.height, "yuv420p"
    encoder.time_base, encoder.framerate = facts.video.time_base.fraction, Fraction(25)
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = facts.video.colour
    encoder.color_range = 1
    encoder.flags |= Flags.global_header
    encoder.thread_count = 1
    tuning = "annexb=0:aq-mode=2:rc-lookahead=20:b-adapt=0:me=dia:trellis=1"
    rate = str(int(RUNG.ceiling_bps * 0.88))
    encoder.options = {
        "preset": "veryfast",
        "profile": "high",
        "crf": "24",
        "maxrate": rate,
        "bufsize": rate,
        "g": "600",
        "sc_threshold": "0",
        "forced-idr": "1",
        "x264-params": tuning + (f":asm={WITHOUT_AVX512}" if has_avx512() else ""),
    }
    encoder.open()
    return encoder


def test_the_rest_fits_to_the_initialisation_segment_of_then(mixed: Path, tmp_path: Path) -> None:
    found = facts_of(mixed)
    facts = as_written_then(found)
    record = encoder_of_then(facts).extradata
    assert record
    ticks = Ticks(facts.video)
    init = video_init(ticks.timescale, 320, 180, record, facts.video.colour, AVC_ENTRY)
    parts = [encode_chunk(mixed, tmp_path, facts, [RUNG], span) for span in chunks(facts.duration_s)]
    assert len(parts) > 2
    assert (tmp_path / RUNG.name / INIT_NAME).read_bytes() == init
    tracks = [part.tracks[0] for part in parts]
    assert len({track.init_sha256 for track in tracks}) == 1
    segments = list(itertools.chain.from_iterable(track.segments for track in tracks))
    whole = Rendition(tmp_path, msgspec.structs.replace(tracks[0], segments=segments))
    assert_joined(whole)
    assert whole.numbers[TEXT:] == list(range(TEXT, 14 * 25))
    new = encode_chunk(mixed, tmp_path / "new", found, [RUNG], chunks(found.duration_s)[0])
    assert new.tracks[0].init_sha256 != tracks[0].init_sha256  # or there would be nothing to keep to


def test_what_says_nothing_of_its_encoding_is_of_then() -> None:
    assert msgspec.json.decode(b"{}", type=Wanted).encoding == FIRST_ENCODING
    assert ProbeJob(source="").wanted.encoding == NEWEST_ENCODING
