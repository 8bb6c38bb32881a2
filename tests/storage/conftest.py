"""The adapters that the contract is tested with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.storage import Storage
from webapp.storage.local import LocalStorage

ADAPTERS: dict[str, Callable[[Path], Storage]] = {"local": lambda folder: LocalStorage(folder / "storage")}


@pytest.fixture(params=ADAPTERS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return ADAPTERS[request.param](tmp_path)
