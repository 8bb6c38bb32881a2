"""What a process may take once it has confined itself. Each test confines a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

from webapp.media import limits

from .child import ROOT

CONFINE = "import json, os, resource; from webapp.media.limits import confine; confine(os.getppid(), 30);"
ENDED_WITHIN_S = 60


def confined(code: str, before: str = "") -> "subprocess.CompletedProcess[str]":
    """Runs `code` in a process that has confined itself."""
    return subprocess.run(
        [sys.executable, "-c", f"{before}{CONFINE}{code}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=ENDED_WITHIN_S,
    )


def test_more_memory_than_allowed_is_refused_and_no_crash() -> None:
    code = f"""
try:
    bytearray({limits.ADDRESS_SPACE_BYTES})
except MemoryError:
    print("refused")
"""
    assert confined(code).stdout == "refused\n"


def test_a_limit_is_one_that_a_process_cannot_lift_for_itself() -> None:
    said = confined("print(json.dumps(resource.getrlimit(resource.RLIMIT_NOFILE)))")
    assert json.loads(said.stdout) == [limits.OPEN_FILES] * 2


def test_a_file_may_be_larger_than_the_memory_that_is_allowed(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(2 * limits.ADDRESS_SPACE_BYTES)  # takes no room on the disk
    code = f"""
from pathlib import Path
from webapp.media.mapped import mapped
before = resource.getrlimit(resource.RLIMIT_AS)
with mapped(Path({str(large)!r})) as data:
    print(len(data))
assert resource.getrlimit(resource.RLIMIT_AS) == before
"""
    said = confined(code)
    assert said.stdout == f"{2 * limits.ADDRESS_SPACE_BYTES}\n", said.stderr


def test_a_machine_that_allows_less_is_heeded() -> None:
    less = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64));"
    said = confined("print(json.dumps(resource.getrlimit(resource.RLIMIT_NOFILE)))", before=less)
    assert json.loads(said.stdout) == [64, 64]


def test_open_files_run_out() -> None:
    code = f"""
files = []
try:
    for number in range({limits.OPEN_FILES}):
        files.append(open(os.devnull))
except OSError as error:
    print(error.strerror)
"""
    assert confined(code).stdout == "Too many open files\n"


def test_another_job_has_time_of_its_own() -> None:
    code = """
from webapp.media.limits import allow_more_time
while time.process_time() < 1.5:
    pass
allow_more_time(30)
print(json.dumps(resource.getrlimit(resource.RLIMIT_CPU)))
"""
    soft, hard = json.loads(confined(code, before="import time;").stdout)
    assert (soft, hard) == (32, limits.MOST_JOBS_AFTER_A_LONG_WAY * 30 + limits.LAST_WORDS_S)


def test_an_encoder_does_not_make_itself_real_time() -> None:
    code = """
import av
encoder = av.CodecContext.create("libsvtav1", "w")
encoder.width, encoder.height, encoder.pix_fmt, encoder.framerate = 64, 64, "yuv420p", 25
encoder.open()
print({os.sched_getscheduler(int(thread)) for thread in os.listdir("/proc/self/task")} == {os.SCHED_OTHER})
"""
    assert confined(code).stdout == "True\n"
