"""What whoever looks after the process can ask."""

import httpx
import pytest

from tests.support.http import listening
from tests.support.site import HTML, Site
from webapp.app import Installation
from webapp.config import Settings


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_all_is_well(site: Site, path: str) -> None:
    for headers in ({}, HTML):
        response = await site.client.get(path, headers=headers)
        assert (response.status_code, response.text) == (200, "ok\n")
        assert response.headers["Content-Type"].startswith("text/plain")


async def test_without_a_database_it_lives_but_is_not_ready(settings: Settings) -> None:
    broken = settings.model_copy(update={"database_url": "sqlite+aiosqlite:////nowhere/at/all.db"})
    installation = Installation(broken, with_worker=False)
    async with listening(installation.app) as address, httpx.AsyncClient(base_url=address.url) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code >= 500
    await installation.close()
