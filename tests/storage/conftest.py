"""The adapters that the contract is tested with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.full_disk import break_disk, fill
from webapp.storage import Storage
from webapp.storage.local import LocalStorage

ADAPTERS: dict[str, Callable[[Path], Storage]] = {"local": lambda folder: LocalStorage(folder / "storage")}

# What makes the next write to a key fail, because of a full disk and of a broken one.
Trouble = Callable[[pytest.MonkeyPatch, Path, str], None]
FULL: dict[str, Trouble] = {"local": lambda patch, folder, key: fill(patch, folder / "storage" / key)}
BROKEN: dict[str, Trouble] = {"local": lambda patch, folder, key: break_disk(patch, folder / "storage" / key)}


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def storage(adapter: str, tmp_path: Path) -> Storage:
    return ADAPTERS[adapter](tmp_path)


@pytest.fixture
def fill_up(adapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Called with a key: the next write there finds no space."""
    return lambda key: FULL[adapter](monkeypatch, tmp_path, key)


@pytest.fixture
def break_down(adapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Called with a key: the next write there fails for another reason."""
    return lambda key: BROKEN[adapter](monkeypatch, tmp_path, key)
