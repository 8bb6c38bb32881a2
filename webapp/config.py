"""Settings: where they come from, what they are called and what they are when nobody says anything.

docs/settings.md describes each; a test compares the two.
"""

import os
import secrets
from pathlib import Path
from typing import Self

from pydantic import AliasChoices, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GIGABYTES = 1_000_000_000


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

    upload_max_bytes: int = Field(default=20 * GIGABYTES, gt=0)
    upload_url_ttl_s: int = Field(default=3600, gt=0)
    upload_idle_s: float = Field(default=60, gt=0)

    encoder_slots: int = Field(default_factory=available_cores, ge=1)
    concurrent_runs: int = Field(default=4, ge=1)
    child_silence_s: float = Field(default=120, gt=0)
    child_cpu_s: int = Field(default=3600, gt=0)
    progress_interval_s: float = Field(default=0.25, gt=0)

    stream_keepalive_s: float = Field(default=30, gt=0)
    stream_buffer_events: int = Field(default=10, ge=1)
    stream_poll_s: float = Field(default=1, gt=0)
    stream_max_age_s: float = Field(default=3600, gt=0)
    stream_stall_s: float = Field(default=30, gt=0)

    @model_validator(mode="after")
    def fill_in_urls(self) -> Self:
        data = self.data_dir.absolute()
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite+aiosqlite:///{data / 'rushes.db'}")
        if not self.storage_url:
            object.__setattr__(self, "storage_url", (data / "storage").as_uri())
        return self

    @property
    def scratch_dir(self) -> Path:
        """Where children work. On the same disk as local storage, so that moving a file costs nothing."""
        return self.data_dir.absolute() / "scratch"


def signing_key(settings: Settings) -> str:
    """The key that upload addresses are signed with: as set, or one made at the first start and kept."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return path.read_text()
