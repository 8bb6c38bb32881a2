"""The layers of docs/architecture.md, held by reading the imports."""

import re
from pathlib import Path

import grimp
import pytest

# Lowest first. What stands in one line does not know of the other things in it.
LAYERS = [
    {"errors", "events", "embedding", "words", "standing", "threads"},
    {"config", "media", "storage", "broker", "db", "stages"},
    {"videos", "runs", "keys"},
    {"history", "losses", "waiting"},
    {"uploads", "retention", "streams", "pipeline"},
    {"web"},
    {"app"},
    {"listener", "migrate"},
    {"serving"},
]
ENTRY = "webapp.__main__"
PAGE = Path(__file__).parents[1] / "docs/architecture.md"
# Foreign packages that some of ours must not even reach through others.
KEPT_OUT = {
    "webapp.web": {"av", "dbos"},
    "webapp.streams": {"av", "dbos", "quart"},
    "webapp.media": {"quart", "sqlmodel", "sqlalchemy", "botocore", "pydantic", "dbos"},
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("webapp", include_external_packages=True)


def level(module: str) -> int:
    name = module.split(".")[1]
    return next(number for number, layer in enumerate(LAYERS) if name in layer)


def test_every_module_has_a_layer(imports: grimp.ImportGraph) -> None:
    ours = {module for module in imports.modules if module.startswith("webapp.") and module != ENTRY}
    known = set().union(*LAYERS)
    assert {module.split(".")[1] for module in ours} == known


def our_imports(imports: grimp.ImportGraph) -> list[tuple[str, str]]:
    """Who imports whom, of ours."""
    return [
        (importer, imported)
        for importer in imports.modules
        if importer.startswith("webapp.") and importer != ENTRY
        for imported in imports.find_modules_directly_imported_by(importer)
        if imported.startswith("webapp.")
    ]


def test_nothing_imports_from_a_higher_layer(imports: grimp.ImportGraph) -> None:
    assert not [pair for pair in our_imports(imports) if level(pair[1]) > level(pair[0])]


def test_nothing_imports_its_neighbours_in_a_layer(imports: grimp.ImportGraph) -> None:
    assert not [
        (importer, imported)
        for importer, imported in our_imports(imports)
        if level(importer) == level(imported) and importer.split(".")[1] != imported.split(".")[1]
    ]


@pytest.mark.parametrize("package", KEPT_OUT)
def test_foreign_packages_stay_where_they_belong(imports: grimp.ImportGraph, package: str) -> None:
    reached = {
        f"{foreign} by way of {' > '.join(chain)}"
        for foreign in KEPT_OUT[package] & imports.modules
        for chain in [imports.find_shortest_chain(package, foreign, as_packages=True)]
        if chain
    }
    assert not reached


def test_only_the_child_imports_the_codec_library(imports: grimp.ImportGraph) -> None:
    importers = {
        module for module in imports.modules if "av" in imports.find_modules_directly_imported_by(module)
    }
    assert {module.rpartition(".")[0] for module in importers} == {"webapp.media"}
    assert imports.find_shortest_chain("webapp.app", "av", as_packages=False) is None


def test_the_page_lists_what_the_parent_uses_of_the_child(imports: grimp.ImportGraph) -> None:
    (listed,) = re.findall(r"^Inside `media`.* limited to: (.*)\.$", PAGE.read_text(), re.MULTILINE)
    used = {
        module.split(".")[2]
        for module in imports.find_upstream_modules(ENTRY)
        if module.startswith("webapp.media.")
    }
    assert re.findall(r"`(\w+)`", listed) == sorted(used)
