"""Many small tests: their databases are copies of one."""

import shutil
from pathlib import Path

import pytest

from webapp.config import Settings


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    shutil.copytree(migrated, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data")
