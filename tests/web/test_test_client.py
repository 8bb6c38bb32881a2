"""The page of the test client; what it does in a browser is tested there."""

import re

from tests.support.site import Site


async def test_it_offers_the_videos_there_are(site: Site) -> None:
    video_id = await site.published(title="A <b>day</b>")
    page = await site.page("/test-sse.html")
    assert f'<option value="{video_id}">A &lt;b&gt;day&lt;/b&gt; (ready, {video_id})</option>' in page


async def test_its_script_is_a_file_and_the_only_one_of_ours(site: Site) -> None:
    page = await site.page("/test-sse.html")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [inside for _, inside in scripts] == [""]
    [address] = re.findall(r'src="([^"]+)"', scripts[0][0])
    response = await site.client.get(address)
    assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (200, "text/javascript")
    assert not re.findall(r"\son\w+=", page)


async def test_no_page_for_people_leads_to_it_or_loads_its_script(site: Site) -> None:
    video_id = await site.published()
    for path in ("/videos", f"/videos/{video_id}", f"/embed/{video_id}", f"/embed/{video_id}/plain"):
        assert "test-sse" not in await site.page(path)
