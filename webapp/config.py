"""Settings: where they come from, what they are called and what they are when nobody says anything.

docs/settings.md describes each; a test compares the two.
"""

import fcntl
import os
import secrets
import tempfile
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .embedding import EVERYONE, EmbedPolicy
from .errors import Invalid, Unavailable

# Of x264; placebo is left out, which nobody waits for.
Preset = Literal[
    "", "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]
SIDES = range(64, 4320 + 1)
GIGABYTES, GIBIBYTES = 1_000_000_000, 1 << 30
DAYS_S = 24 * 3600
CODECS_BESIDE = ("av1", "hevc")


def available_cores() -> int:
    """Cores this process may use, which in a container can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Settings(BaseSettings):
    """Read from the environment: RUSHES_<NAME>, and the five names that platforms set without a prefix."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_", frozen=True, extra="ignore")

    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("HOST", "host"))
    port: int = Field(default=8080, ge=0, le=65535, validation_alias=AliasChoices("PORT", "port"))
    data_dir: Path = Path("data")
    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    storage_url: str = Field(default="", validation_alias=AliasChoices("STORAGE_URL", "storage_url"))
    broker_url: str = Field(default="memory:", validation_alias=AliasChoices("BROKER_URL", "broker_url"))
    public_url: str = ""
    secret_key: str = ""
    embed: str = EVERYONE

    upload_max_bytes: int = Field(default=20 * GIGABYTES, gt=0)
    upload_url_ttl_s: int = Field(default=3600, gt=0)
    upload_idle_s: float = Field(default=60, gt=0)

    ladder: str = ""
    per_title: bool = True
    preset: Preset = ""
    codecs: str = "h264"
    encoder_slots: int = Field(default_factory=available_cores, ge=1)
    concurrent_runs: int = Field(default=4, ge=1)
    child_silence_s: float = Field(default=120, gt=0)
    child_cpu_s: int = Field(default=3600, gt=0)
    child_memory_bytes: int = Field(default=6 * GIBIBYTES, ge=GIBIBYTES)
    max_pixels: int = Field(default=40_000_000, gt=0)
    max_frame_rate: float = Field(default=480, gt=0)
    max_duration_s: float = Field(default=24 * 3600, gt=0)
    max_streams: int = Field(default=64, gt=0)
    max_output_bytes: int = Field(default=200 * GIGABYTES, gt=0)
    progress_interval_s: float = Field(default=0.25, gt=0)

    history_max_events: int = Field(default=1000, ge=1)
    history_max_age_s: float = Field(default=365 * DAYS_S, gt=0)

    stream_keepalive_s: float = Field(default=30, gt=0)
    stream_buffer_events: int = Field(default=10, ge=1)
    stream_poll_s: float = Field(default=1, gt=0)
    stream_max_age_s: float = Field(default=3600, gt=0)
    stream_stall_s: float = Field(default=25, gt=0)
    stream_vanished_s: float = Field(default=20, gt=0)
    stream_send_buffer_bytes: int = Field(default=32 * 1024, ge=4096)
    stream_max_total: int = Field(default=20_000, gt=0)
    stream_max_per_address: int = Field(default=2_000, gt=0)

    @field_validator("codecs")
    @classmethod
    def check_codecs(cls, value: str) -> str:
        names = [name.strip().lower() for name in value.split(",")]
        if names[0] != "h264" or len(set(names)) < len(names) or not {*names[1:]} <= set(CODECS_BESIDE):
            raise ValueError(f"h264 is first, and after a comma may come {' or '.join(CODECS_BESIDE)}")
        return ",".join(names)

    @field_validator("ladder")
    @classmethod
    def check_ladder(cls, value: str) -> str:
        sides = [side.strip().removesuffix("p") for side in value.split(",")] if value.strip() else []
        if not all(side.isdecimal() and int(side) in SIDES for side in sides):
            raise ValueError(
                f"shorter sides are from {SIDES[0]} to {SIDES[-1]} pixels, with commas between them"
            )
        return ",".join(sides)

    @field_validator("embed")
    @classmethod
    def check_embed(cls, value: str) -> str:
        return str(EmbedPolicy.parse(value))

    @model_validator(mode="after")
    def fill_in_urls(self) -> Self:
        data = self.data_dir.absolute()
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite+aiosqlite:///{data / 'rushes.db'}")
        if not self.storage_url:
            object.__setattr__(self, "storage_url", (data / "storage").as_uri())
        return self

    @property
    def ladder_sides(self) -> tuple[int, ...]:
        """Shorter sides in pixels of the renditions; none for those that suit each video."""
        return tuple(int(side) for side in self.ladder.split(",") if side)

    @property
    def codecs_beside(self) -> list[str]:
        """Codecs that the largest renditions are encoded in as well, beside H.264."""
        return self.codecs.split(",")[1:]

    @property
    def scratch_dir(self) -> Path:
        """Where children work. On the same disk as local storage, so that moving a file costs nothing."""
        return self.data_dir.absolute() / "scratch"


def load() -> Settings:
    """Settings from the environment.

    Raises:
        Invalid: values are missing or make no sense; all of them are named.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"{variable_of(str(one['loc'][0]))} is {one['input']!r}: {one['msg'][0].lower()}{one['msg'][1:]}."
            for one in error.errors()
        ]
        raise Invalid("bad_setting", " ".join(wrong), "docs/settings.md describes all settings.") from error


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    field = Settings.model_fields.get(name)
    if field is None:
        return name  # said as the variable already
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"RUSHES_{name.upper()}"


def make_data_dir(settings: Settings) -> Path:
    """The data folder, made if it is not there.

    Raises:
        Unavailable: nothing can be written there.
    """
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Unavailable(
            "data_dir_not_writable",
            f"Cannot write to the data folder {folder}: {error.strerror}.",
            "Set RUSHES_DATA_DIR to a folder that this user may write to.",
        ) from error
    return folder


def signing_key(settings: Settings) -> str:
    """The key that upload addresses are signed with: as set, or one made at the first start and kept."""
    if settings.secret_key:
        return settings.secret_key
    path = make_data_dir(settings) / "secret_key"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+") as file:
        # Another process may be at its first start, and a power cut may have left the file empty.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        key = file.read().strip()
        if not key:
            key = secrets.token_urlsafe(32)
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    return key
