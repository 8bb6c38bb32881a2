"""Settings: where they come from, that each is described, and what happens to bad ones."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from webapp.config import Settings, available_cores, make_data_dir, signing_key, variable_of
from webapp.errors import Unavailable

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/settings.md"
WITHOUT_PREFIX = {"HOST", "PORT", "DATABASE_URL", "STORAGE_URL", "BROKER_URL"}


def names() -> dict[str, str]:
    """Environment variable of each setting, by its name in the code."""
    return {name: variable_of(name) for name in Settings.model_fields}


@pytest.fixture
def page() -> str:
    return PAGE.read_text()


def test_five_names_go_without_a_prefix() -> None:
    assert {name for name in names().values() if not name.startswith("RUSHES_")} == WITHOUT_PREFIX


def test_every_setting_is_described(page: str) -> None:
    assert [name for name in names().values() if f"`{name}`" not in page] == []


def test_nothing_is_described_that_there_is_not(page: str) -> None:
    assert set(re.findall(r"`(RUSHES_[A-Z_]+)`", page)) == set(names().values()) - WITHOUT_PREFIX


def test_defaults_are_described_as_they_are(page: str) -> None:
    """In the line that names a setting first, with or without a mark between thousands."""
    wrong = {}
    for name, variable in names().items():
        default = Settings.model_fields[name].default
        line = next((line for line in page.splitlines() if f"`{variable}`" in line), "")
        if isinstance(default, int | float) or (default and isinstance(default, str | Path)):
            plain = str(default).lower() if isinstance(default, bool) else str(default).removesuffix(".0")
            if plain not in re.sub(r"(?<=\d)[ ,_\u202f](?=\d{3})", "", line):
                wrong[variable] = plain
    assert wrong == {}


def test_they_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "PORT": "8123",
        "HOST": "::1",
        "BROKER_URL": "redis://x",
        "RUSHES_DATA_DIR": str(tmp_path),
        "RUSHES_UPLOAD_MAX_BYTES": "123",
        "RUSHES_STREAM_KEEPALIVE_S": "0.5",
        "RUSHES_UNKNOWN": "is ignored",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.port, settings.host, settings.broker_url) == (8123, "::1", "redis://x")
    assert (settings.data_dir, settings.upload_max_bytes) == (tmp_path, 123)
    assert settings.stream_keepalive_s == 0.5


def test_names_with_a_prefix_are_not_read_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPLOAD_MAX_BYTES", "1")
    monkeypatch.setenv("DATA_DIR", "/somewhere")
    assert Settings().upload_max_bytes > 1
    assert Settings().data_dir == Path("data")


def test_database_and_files_are_in_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    settings = Settings(data_dir=folder)
    assert settings.database_url == f"sqlite+aiosqlite:///{folder}/rushes.db"
    assert settings.storage_url == f"file://{tmp_path}/a%20folder/storage"
    assert settings.scratch_dir == folder / "scratch"
    other = Settings(data_dir=folder, database_url="postgresql://x", storage_url="s3://y")
    assert (other.database_url, other.storage_url) == ("postgresql://x", "s3://y")


def test_a_relative_data_folder_means_one_place_from_then_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=Path("here"))
    assert settings.scratch_dir == tmp_path / "here" / "scratch"
    assert settings.database_url.endswith(f"{tmp_path}/here/rushes.db")


def test_settings_stay_as_they_are() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_as_many_encoders_as_cores() -> None:
    assert Settings().encoder_slots == available_cores() >= 1


BAD = [
    *[("PORT", value) for value in ("abc", "-1", "65536", "")],
    *[(f"RUSHES_{name}", "0") for name in ("UPLOAD_MAX_BYTES", "ENCODER_SLOTS", "STREAM_BUFFER_EVENTS")],
    ("RUSHES_UPLOAD_IDLE_S", "-3"),
    ("RUSHES_STREAM_KEEPALIVE_S", "soon"),
    ("RUSHES_STREAM_POLL_S", "nan"),
    ("RUSHES_STREAM_MAX_AGE_S", "0"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=f"(?i){name.removeprefix('RUSHES_')}"):
        Settings()


def test_the_command_line_says_which_value_is_bad(tmp_path: Path) -> None:
    environment = os.environ | {"RUSHES_DATA_DIR": str(tmp_path), "PORT": "abc", "RUSHES_UPLOAD_IDLE_S": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "webapp", "migrate"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("rushes: ")
    assert "PORT" in done.stderr and "RUSHES_UPLOAD_IDLE_S" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("inside", ["", "below"])
def test_a_data_folder_that_cannot_be_one_is_named(tmp_path: Path, inside: str) -> None:
    place = tmp_path / "a file"
    place.touch()
    with pytest.raises(Unavailable, match="a file") as caught:
        make_data_dir(Settings(data_dir=place / inside))
    assert "RUSHES_DATA_DIR" in caught.value.hint


def test_the_signing_key_is_the_one_given(tmp_path: Path) -> None:
    assert signing_key(Settings(data_dir=tmp_path, secret_key="given")) == "given"
    assert list(tmp_path.iterdir()) == []


def test_a_signing_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    key = signing_key(settings)
    assert len(key) >= 32
    assert signing_key(settings) == key
    assert signing_key(Settings(data_dir=tmp_path / "other")) != key
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()] == [0o600]


def test_an_empty_key_file_never_becomes_the_key(tmp_path: Path) -> None:
    """It is what a power cut may leave."""
    (tmp_path / "secret_key").touch()
    settings = Settings(data_dir=tmp_path)
    key = signing_key(settings)
    assert len(key) >= 32
    assert signing_key(settings) == key


def test_all_who_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: signing_key(settings), range(8)))
    assert len(keys) == 1


def test_a_key_that_was_put_there_by_hand_may_end_its_line(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("by hand\n")
    assert signing_key(Settings(data_dir=tmp_path)) == "by hand"


@pytest.mark.parametrize(("said", "beside"), [("h264", []), ("h264,av1", ["av1"]), ("H264, hevc", ["hevc"])])
def test_codecs_beside_h264(said: str, beside: list[str]) -> None:
    assert Settings(codecs=said).codecs_beside == beside


@pytest.mark.parametrize("said", ["", "av1", "av1,h264", "h264,", "h264,vp9", "h264,av1,av1"])
def test_videos_are_always_encoded_in_h264_and_only_in_what_is_known(said: str) -> None:
    with pytest.raises(ValidationError, match="h264 is first"):
        Settings(codecs=said)


@pytest.mark.parametrize(
    ("said", "sides"), [("", ()), ("720", (720,)), ("1080p, 720p,360", (1080, 720, 360))]
)
def test_sizes_of_renditions(said: str, sides: tuple[int, ...]) -> None:
    assert Settings(ladder=said).ladder_sides == sides


@pytest.mark.parametrize("said", ["720,", "big", "32", "5000", "-720", "720;480"])
def test_sizes_that_make_no_sense_are_told(said: str) -> None:
    with pytest.raises(ValidationError, match="shorter sides are from 64 to 4320"):
        Settings(ladder=said)
