"""What is stored of earlier runs says why they were not copied."""

import msgspec
import pytest

from webapp.media.obstacles import Obstacle, ObstacleCode

# As builds before this one have written them.
STORED = [
    "no_picture",
    "codec",
    "container",
    "configuration",
    "pixels",
    "profile",
    "hdr",
    "interlaced",
    "fields",
    "rotated",
    "mirrored",
    "cropped",
    "stretched",
    "keyframes",
    "open_gop",
    "start",
    "edited",
    "timestamps",
    "changes",
    "damaged",
    "encrypted",
    "sound",
    "crashed",
    "watched",
]


@pytest.mark.parametrize("code", STORED)
def test_what_was_stored_stays_readable(code: str) -> None:
    stored = {"kind": "obstacle", "code": code, "seconds": None}
    obstacle = msgspec.convert(stored, Obstacle)
    assert obstacle.code is ObstacleCode(code)
    assert msgspec.to_builtins(obstacle) == stored
    assert type(msgspec.to_builtins(obstacle)["code"]) is str
