"""What codecs are called."""

import pytest

from webapp.pipeline.codec_names import codec


@pytest.mark.parametrize(
    ("name", "words"), [("h264", "H.264"), ("pcm_u8", "PCM"), ("wmav2", "WMA"), ("some_codec", "some_codec")]
)
def test_codecs_have_the_names_that_people_know(name: str, words: str) -> None:
    assert codec(name) == words
