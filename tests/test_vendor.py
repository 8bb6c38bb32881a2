"""What browsers load: exactly what the pinned packages give."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDORED = ROOT / "static/vendor"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_building_again_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "vendor"
    subprocess.run(
        ["node", "build.js"], cwd=ROOT / "vendor", env=os.environ | {"VENDOR_OUT": str(out)}, check=True
    )
    built, committed = contents(out), contents(VENDORED)
    assert built.keys() == committed.keys()
    assert [name for name in built if built[name] != committed[name]] == []


def test_scripts_are_of_expressions_that_older_browsers_know() -> None:
    """To Safari before 16.4 a lookbehind is a syntax error, by which the whole file is lost."""
    scripts = {path.name: path.read_text("utf-8") for path in VENDORED.glob("*.js")}
    assert "player.js" in scripts
    assert [name for name, text in scripts.items() if re.search(r"\(\?<[=!]", text)] == []
