"""Many small tests: their databases are copies of one."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.site import Site
from webapp.app import Installation
from webapp.config import Settings


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    shutil.copytree(migrated, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
async def site(installation: Installation) -> AsyncIterator[Site]:
    async with Site.open(installation) as site:
        yield site
