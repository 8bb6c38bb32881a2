"""High dynamic range as displays of standard range show it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from tools.tones import SIZE, colours, lines, mastered, standard
from webapp.media.tone import BRIGHT_NITS, HLG, PQ, USUAL_NITS, table

from .decoding import Shown
from .encoding import Encoded, encode_picture
from .testcard import RED, Quarters, card, colours_of

Footage = Callable[..., Path]
NAMES = {PQ: "smpte2084", HLG: "arib-std-b67"}
# Display P3 in steps of 0.00002; a phone gave its colours in another order.
RIGHT = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
BY_A_PHONE = "G(34000,16000)B(13250,34500)R(7500,3000)WP(15635,16450)"


@pytest.fixture
def shown(footage: Footage, tmp_path: Path) -> Callable[..., tuple[Encoded, Shown]]:
    """`shown(PQ)` is a short HDR video of the test card, encoded, and the first frame of its top rung."""

    def show(transfer: int, mastering: str = "", **changes: object) -> tuple[Encoded, Shown]:
        about = f"log-level=none:colorprim=bt2020:transfer={NAMES[transfer]}:colormatrix=bt2020nc{mastering}"
        spec = {"codec": "libx265", "pixel_format": "yuv420p10le", "seconds": 0.5, "picture": card, **changes}
        source = footage(f"{len(list(tmp_path.iterdir()))}.mp4", **spec, options={"x265-params": about})
        encoded = encode_picture(source, tmp_path / f"{source.stem}-encoded")
        return encoded, encoded.top.frames[0]

    return show


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_what_is_grey_stays_grey_and_what_is_brighter_stays_brighter(
    shown: Callable[..., tuple[Encoded, Shown]], transfer: int
) -> None:
    steps = (20, 70, 110, 150)

    def greys(number: int, width: int, height: int) -> VideoFrame:
        picture = np.zeros((height, width, 3), dtype=np.uint8)
        for place, step in enumerate(steps):
            rows = slice(place // 2 * height // 2, None)
            picture[rows, place % 2 * width // 2 :] = step
        return VideoFrame.from_ndarray(picture, format="rgb24")

    encoded, first = shown(transfer, picture=greys)
    assert encoded.facts.video.hdr
    found = colours_of(first.frame)
    assert all(max(colour) - min(colour) <= 4 for colour in found)
    brightness = [colour[1] for colour in found]
    assert brightness == sorted(set(brightness)) and brightness[0] < 40 and brightness[-1] > 130


def test_what_a_file_says_of_its_display_does_not_change_colours(
    shown: Callable[..., tuple[Encoded, Shown]],
) -> None:
    found = [
        colours_of(shown(PQ, f":master-display={display}L(10000000,50)")[1].frame)
        for display in (RIGHT, BY_A_PHONE)
    ]
    assert found[0] == found[1]
    reddest = found[0].top_left
    assert reddest[0] > max(reddest[1:]) + 50


def test_what_is_mastered_for_brighter_displays_keeps_its_highlights_apart(
    shown: Callable[..., tuple[Encoded, Shown]],
) -> None:
    def highlights(number: int, width: int, height: int) -> VideoFrame:
        picture = np.zeros((height, width, 3), dtype=np.uint8)
        picture[:, : width // 2], picture[:, width // 2 :] = 205, 225  # 1,500 and 3,000 nits
        return VideoFrame.from_ndarray(picture, format="rgb24")

    apart = {}
    for nits in (USUAL_NITS, BRIGHT_NITS):
        encoded, first = shown(PQ, f":master-display={RIGHT}L({nits}0000,50)", picture=highlights)
        assert encoded.facts.video.bright == (nits == BRIGHT_NITS)
        found: Quarters = colours_of(first.frame)
        apart[nits] = found.top_right[1] - found.top_left[1]
    assert apart[BRIGHT_NITS] > 8 > apart[USUAL_NITS]


def test_what_is_filmed_in_standard_range_is_left_alone(footage: Footage, tmp_path: Path) -> None:
    encoded = encode_picture(footage("plain.mp4", seconds=0.5, picture=card), tmp_path / "encoded")
    assert not encoded.facts.video.hdr and not encoded.facts.video.bright
    assert max(abs(a - b) for a, b in zip(colours_of(encoded.top.frames[0].frame)[0], RED, strict=True)) < 10


def test_the_tables_are_what_the_scaler_makes_of_all_colours() -> None:
    made = list(lines(standard(mastered(colours(HLG), USUAL_NITS))))
    kept = table(HLG, bright=False).read_text().splitlines()
    assert len(kept) == len(made) == SIZE**3 + 1
    different = np.abs(np.loadtxt(made[1:]) - np.loadtxt(kept[1:]))
    assert different.max() < 1 / 255
