"""Static files and their addresses."""

from pathlib import Path

import pytest

from tests.support.site import Site
from webapp.web.assets import addresses


def test_an_address_changes_with_the_content_only(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    file = tmp_path / "vendor/a.js"
    file.write_text("one")
    one = addresses(tmp_path)("vendor/a.js")
    assert one.startswith("/static/vendor/a.js?v=")
    assert addresses(tmp_path)("vendor/a.js") == one
    file.write_text("two")
    assert addresses(tmp_path)("vendor/a.js") != one


def test_a_file_that_is_not_there_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        addresses(tmp_path)("missing.css")


async def test_browsers_may_keep_what_the_pages_load(site: Site) -> None:
    asset = addresses(Path(site.installation.app.static_folder or ""))
    for name, kind in (
        ("app.css", "text/css"),
        ("vendor/player.js", "text/javascript"),
        ("icon.svg", "image/"),
    ):
        response = await site.client.get(asset(name))
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith(kind)
        assert "max-age=31536000" in response.headers["Cache-Control"]
