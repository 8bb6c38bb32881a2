"""What several tests of the video layer start from."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.support.video import VideoSpec, make_video

from .encoding import Encoded, encode_picture
from .recorded import RATE, SECONDS

# Three segments of a picture that costs next to nothing: 2 s, 4 s and a rest.
SMALLEST = VideoSpec(width=160, height=96, seconds=6.6, rate=10, gop=20, audio=None)


@pytest.fixture
def footage(tmp_path: Path) -> Callable[..., Path]:
    """`footage("a.mkv", rate=25)` makes a small silent video, 6.6 s long, with these changes."""

    def make(name: str, **changes: object) -> Path:
        return make_video(tmp_path / name, VideoSpec(**{**vars(SMALLEST), **changes}))

    return make


@pytest.fixture
def recording(footage: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """`recording("a.mkv", "-c:v", "libx264")` is numbered frames and beeps, encoded by ffmpeg like this."""
    raw = {"codec": "png", "pixel_format": "rgb24", "audio": "pcm_s16le"}
    source = footage("a.mov", seconds=SECONDS, rate=RATE, **raw)

    def make(name: str, *encoding: str) -> Path:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), *encoding]
        subprocess.run([*command, str(tmp_path / name)], check=True, timeout=60)
        return tmp_path / name

    return make


@pytest.fixture(scope="session")
def small_encoded(small_video: Path, tmp_path_factory: pytest.TempPathFactory) -> Encoded:
    """`small_video`, encoded: two rungs, three segments."""
    return encode_picture(small_video, tmp_path_factory.mktemp("encoded"))
