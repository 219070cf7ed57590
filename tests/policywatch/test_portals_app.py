"""Which portals there are: those that are shipped, those that a user configured, and settings that make none."""

from __future__ import annotations

from pathlib import Path

import pytest

import portals.sites
from policywatch.app.portals import all_portals, portal_of
from policywatch.config import PortalConfig
from policywatch.errors import ConfigProblem

SHIPPED = all_portals()
FEED = PortalConfig(feed="https://blog.example.cn/feed.xml")
SITEMAP = PortalConfig(sitemap="https://paper.example.cn/sitemap.xml")


def problem(**configured: PortalConfig) -> str:
    with pytest.raises(ConfigProblem) as caught:
        all_portals(configured)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_module_of_a_site_is_a_portal_of_its_name() -> None:
    modules = {path.stem for path in Path(portals.sites.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(SHIPPED) == modules
    assert all(portal.name == name for name, portal in SHIPPED.items())


def test_what_several_portals_share_is_no_portal() -> None:
    bases = {base.__name__ for portal in SHIPPED.values() for base in type(portal).__mro__[1:]}
    assert {"Portal", "Trs", "XinhuaCms"} <= bases
    assert not bases & {type(portal).__name__ for portal in SHIPPED.values()}


def test_a_feed_and_a_sitemap_of_the_user_are_portals_after_the_shipped_ones() -> None:
    found = all_portals({"blog": FEED, "paper": SITEMAP})
    assert list(found) == [*SHIPPED, "blog", "paper"]
    assert (found["blog"].name, found["blog"].lists) == ("blog", (FEED.feed,))
    assert (found["paper"].name, found["paper"].lists) == ("paper", (SITEMAP.sitemap,))


def test_a_portal_of_the_user_is_named_in_articles_as_they_say() -> None:
    named = PortalConfig(feed=FEED.feed, section="政策", site="某博客", channel="要闻", hosts=("blog.example.cn",))
    blog = all_portals({"blog": named})["blog"]
    assert (blog.categories.section, blog.categories.site, blog.categories.channel) == ("政策", "某博客", "要闻")


def test_settings_of_a_shipped_portal_make_no_second_one() -> None:
    assert list(all_portals({"sina": PortalConfig(delay=9.0, obey_robots=False)})) == list(SHIPPED)


@pytest.mark.parametrize("config", [FEED, SITEMAP, PortalConfig(feed="https://a.cn/", sitemap="https://a.cn/")])
def test_a_shipped_portal_cannot_become_a_feed(config: PortalConfig) -> None:
    said = problem(sina=config)
    assert said == "portals.sina: there is a shipped portal of that name; a feed or sitemap needs another name"


@pytest.mark.parametrize("config", [PortalConfig(), PortalConfig(delay=9.0), PortalConfig(feed="x", sitemap="y")])
def test_another_name_wants_either_a_feed_or_a_sitemap(config: PortalConfig) -> None:
    said = problem(snia=config)
    assert said == "portals.snia: needs either a feed or a sitemap, because there is no shipped portal of that name"


@pytest.mark.parametrize("address", ["blog.example.cn/feed.xml", "ftp://blog.example.cn/", "https://", "某处"])
def test_an_address_that_is_none_is_told_with_the_portal_that_it_stands_in(address: str) -> None:
    assert problem(blog=PortalConfig(feed=address)).startswith("portals.blog: ")
    assert problem(paper=PortalConfig(sitemap=address)).startswith("portals.paper: ")


@pytest.mark.parametrize("host", ["不是 主机", "https://blog.example.cn/", ""])
def test_a_host_that_is_none_is_told_as_well(host: str) -> None:
    assert problem(blog=PortalConfig(feed=FEED.feed, hosts=(host,))).startswith("portals.blog: ")


def test_one_wrong_portal_of_the_user_is_named_among_right_ones() -> None:
    assert problem(blog=FEED, paper=PortalConfig()).startswith("portals.paper: ")


def test_an_article_belongs_to_the_portal_that_knows_its_address() -> None:
    address = "https://finance.sina.com.cn/china/2026-11-20/doc-inxyzabc0000001.shtml"
    found = portal_of(address, SHIPPED)
    assert found is SHIPPED["sina"]
    assert portal_of("https://nobody.example.cn/1.html", SHIPPED) is None
    assert portal_of("somewhere", SHIPPED) is None
    assert portal_of(address, {}) is None
