"""What settings and the video layer both say, because neither may import the other."""

import msgspec

from webapp.config import CODECS_BESIDE, Settings
from webapp.media.coding import ENCODERS
from webapp.media.jobs import Limits
from webapp.media.limits import ADDRESS_SPACE_BYTES


def test_an_upload_may_be_as_both_say() -> None:
    limits = msgspec.structs.asdict(Limits())
    assert {name: Settings.model_fields[f"max_{name}"].default for name in limits} == limits


def test_a_child_gets_the_memory_that_both_say() -> None:
    assert Settings.model_fields["child_memory_bytes"].default == ADDRESS_SPACE_BYTES


def test_there_is_an_encoder_for_every_codec_that_may_be_set() -> None:
    assert set(CODECS_BESIDE) == set(ENCODERS)
