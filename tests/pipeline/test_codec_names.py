"""What codecs are called."""

import av
import pytest
from av.codec.codec import Codec, UnknownCodecError

from webapp.pipeline.codec_names import codec

# The names of these begin with a small letter.
SMALL = ("uncompressed", "aptX", "aptX HD", "iLBC")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("h264", "H.264"),
        ("pcm_u8", "PCM"),
        ("wmav2", "WMA"),
        ("aac_latm", "AAC (LATM)"),
        ("gsm_ms", "GSM"),
        ("adpcm_ima_qt", "IMA ADPCM"),
        ("adpcm_swf", "ADPCM"),
        ("adpcm_g722", "G.722"),
        ("nellymoser", "Nellymoser"),
        ("speex", "Speex"),
        ("flashsv", "Flash Screen Video"),
        ("dsd_lsbf_planar", "DSD"),
        ("some_codec", "SOME CODEC"),
    ],
)
def test_codecs_have_the_names_that_people_know(name: str, words: str) -> None:
    assert codec(name) == words


def decoded_here() -> set[str]:
    """Names of all codecs of picture and sound that this build decodes, as facts have them."""
    found = set()
    for name in av.codecs_available:
        try:
            decoder = Codec(name, "r")
        except UnknownCodecError:  # it only encodes
            continue
        if decoder.type in ("video", "audio"):
            found.add(decoder.canonical_name)
    return found


def test_none_that_can_be_decoded_has_its_name_in_the_library() -> None:
    names = decoded_here()
    assert len(names) > 400
    raw = [
        words for words in map(codec, names) if "_" in words or (words[0].islower() and words not in SMALL)
    ]
    assert not raw
