"""Addresses as clients reach them."""

import pytest

from tests.support.site import Site
from webapp.app import Installation
from webapp.config import Settings


async def test_without_a_setting_it_is_as_the_client_reached_us(site: Site) -> None:
    response = await site.client.post(
        "/videos", json={"filename": "a.mp4"}, headers={"Host": "video.example:81"}
    )
    for url in (response.json()["upload"]["url"], response.headers["Location"]):
        assert url.startswith("http://video.example:81/videos/")


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_setting_is_where_the_world_reaches_us(settings: Settings, slash: str) -> None:
    public = settings.model_copy(update={"public_url": f"https://video.example{slash}"})
    installation = Installation(public, with_worker=False)
    await installation.start()
    async with Site.open(installation) as site:
        created = await site.create()
        video_id = created["videoId"]
        assert created["links"]["self"] == f"https://video.example/videos/{video_id}"
        assert created["upload"]["url"].startswith(f"https://video.example/videos/{video_id}/original?token=")
        for number in range(2):
            await site.create(f"{number}.mp4")
        following = (await site.client.get("/videos?limit=1")).json()["next"]
        assert following.startswith("https://video.example/videos?")
    await installation.close()
