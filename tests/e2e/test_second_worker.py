import os
import subprocess
import sys
from pathlib import Path

from tests.support.server import ENDED_WITHIN_S, ROOT, Server


def test_a_second_server_on_the_same_data_says_why_it_cannot_start(server: Server, tmp_path: Path) -> None:
    environment = os.environ | {"PORT": "0", "RUSHES_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "webapp", "serve"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=ENDED_WITHIN_S,
        check=False,
    )
    assert done.returncode == 1
    assert "Another worker has" in done.stderr
    assert "Traceback" not in done.stderr
    with server.client() as client:
        assert client.get("/readyz").is_success
