"""The documentation: it names what is there, and nothing that is not."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements: list[str]) -> list[str]:
    return [match[0] for line in requirements if (match := re.match(r"[\w.-]+", line))]


def described(heading: str) -> list[str]:
    """The packages in a section's table."""
    page = (ROOT / "docs/dependencies.md").read_text()
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([\w.-]+)` \|", section, re.MULTILINE)


def test_every_dependency_is_described_and_nothing_else() -> None:
    assert described("To run") == names(PROJECT["dependencies"])
    assert described("To develop") == names(PROJECT["optional-dependencies"]["dev"])


def test_what_browsers_load_is_described_too() -> None:

    package = json.loads((ROOT / "vendor/package.json").read_text())
    assert sorted(described("In the browser")) == sorted(package["dependencies"])
    page = (ROOT / "docs/dependencies.md").read_text()
    assert [name for name in package["devDependencies"] if f"`{name}`" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """Paths in backquotes that begin with a folder of ours."""
    folders = "webapp|tests|docs|static|templates|migrations|vendor|tools|benchmarks"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_make_says_what_it_can_do() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wanted = {"run", "install", "test", "check", "vendor", "help"}
    assert wanted <= set(re.findall(r"^  make ([\w-]+) ", shown, re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([\w-]+)`", page.read_text()):
            assert f"  make {target} " in shown, f"{page.name} tells to make {target}"


def test_no_committed_file_names_a_package_registry() -> None:
    hosts = r"(pypi\.(org|python)|pythonhosted\.|registry\.(npmjs|yarnpkg)|npmmirror)"
    found = subprocess.run(
        ["git", "grep", "-lE", hosts, "--", ".", ":!tests/test_docs.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.stdout == ""
