"""Portals without code, end to end: feeds with and without texts, one that links to a known portal, a sitemap."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.crawler.server import Answer
from tests.end_to_end.world import HOST, DemoArticle, World

HUB, NEWS = "hub.example.cn", "www.news.example.cn"
SETTINGS = f"""
[portals.teasers]
feed = "https://{HUB}/teasers.xml?limit=50"
site = "某站"

[portals.texts]
feed = "http://{HUB}/texts.json"

[portals.routes]
feed = "https://{HUB}/sina/roll"

[portals.map]
sitemap = "https://{NEWS}/sitemap.xml.gz"
"""
OWN = ("teasers", "texts", "routes", "map")
FIRST = "某市数字经济工作专班介绍，去年全市软件业收入增长了一成二，新建的算力中心有三分之二已经投入使用。"
SECOND = "工作专班负责人表示，下一步要把数字人民币用到更多的公共服务里去，让办事的人少跑几趟路。"
THIRD = "据介绍，各区每个季度报告一次进展，年底由第三方评估，结果向社会公布，没有做到的要说明原因。"
BLOCKED = Answer(b"<html><body>please verify</body></html>", headers={"Content-Type": "text/html"})


@dataclass
class Web:
    """The articles of the small web, by number: title and paragraphs; which of them each list names."""

    world: World
    titles: dict[int, str] = field(default_factory=dict)
    texts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    named: dict[str, list[int]] = field(default_factory=dict)

    def put(self, list_: str, number: int, *texts: str) -> None:
        """An article, named by a list."""
        self.titles[number] = f"某市发布数字经济第{number}号报告"
        self.texts[number] = texts or (FIRST, SECOND, THIRD)
        self.named.setdefault(list_, []).insert(0, number)

    def publish(self) -> None:
        """Make everything visible as it is now."""
        routes = self.world.site.routes
        for number in self.titles:
            routes[NEWS + _path(number)] = Answer(self._page(number), headers={"Content-Type": "text/html"})
        routes[f"{HUB}/teasers.xml?limit=50"] = self._rss("teasers")
        routes[f"{HUB}/sina/roll"] = self._roll()
        routes[f"{HUB}/texts.json"] = self._json("texts")
        routes[f"{NEWS}/sitemap.xml.gz"] = self._index()
        routes[f"{NEWS}/sitemap-2026-11.xml"] = self._sitemap("map")

    def crawl(self, code: int = 0) -> list[str]:
        """Crawl all of it; what happened, as kinds of events."""
        self.publish()
        done = self.world.run("crawl", *OWN)
        assert done.returncode == code, done.stderr
        return sorted(str(event["kind"]) for event in self.world.new())

    def _page(self, number: int) -> bytes:
        paragraphs = "".join(f"<p>{text}</p>" for text in self.texts[number])
        links = "".join(f'<li><a href="{_path(other)}">相关报告{other}</a></li>' for other in range(5))
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{self.titles[number]}_某网</title></head>
<body><nav><ul>{links}</ul></nav><div class="main"><h1>{self.titles[number]}</h1>
<div class="info">2026-11-20 08:{number:02}　来源：某网</div><div class="content">{paragraphs}</div></div>
<ul class="more">{links}</ul><footer>版权所有 某网</footer></body></html>""".encode()

    def _rss(self, list_: str) -> Answer:
        items = "".join(
            f"<item><title>{self.titles[number]}</title><link>http://{NEWS}{_path(number)}?utm_source=rss</link>"
            f'<guid isPermaLink="false">{list_}-{number}</guid><pubDate>Fri, 20 Nov 2026 08:{number:02}:00 CST'
            f"</pubDate><description>{self.texts[number][0][:20]}……</description></item>"
            for number in self.named[list_]
        )
        text = f'<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel>{items}</channel></rss>'
        return Answer(text.encode("gb18030"), headers={"Content-Type": "text/xml; charset=gb2312"})

    def _roll(self) -> Answer:
        # As RSSHub writes it: the link is the id, and what there is of a text is the description.
        items = "".join(
            f"<item><title><![CDATA[第{piece.number}篇]]></title><link>https://{HOST}{piece.path}</link>"
            f'<guid isPermaLink="false">https://{HOST}{piece.path}</guid></item>'
            for piece in self.world.pieces.values()
        )
        text = f'<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>{items}</channel></rss>'
        return Answer(text.encode(), headers={"Content-Type": "application/xml; charset=utf-8"})

    def _json(self, list_: str) -> Answer:
        items = [
            {
                "id": f"{list_}-{number}",
                "url": f"https://{NEWS}{_path(number)}",
                "title": self.titles[number],
                "content_html": "".join(f"<p>{escape(text)}</p>" for text in self.texts[number]),
            }
            for number in self.named[list_]
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "某网", "items": items}
        return Answer(json.dumps(feed).encode(), headers={"Content-Type": "application/feed+json"})

    def _index(self) -> Answer:
        months = "".join(f"<sitemap><loc>https://{NEWS}/sitemap-2026-{month}.xml</loc></sitemap>" for month in (10, 11))
        return Answer(gzip.compress(f"<sitemapindex>{months}</sitemapindex>".encode()))

    def _sitemap(self, list_: str) -> Answer:
        rows = "".join(f"<url><loc>https://{NEWS}{_path(number)}</loc></url>" for number in self.named[list_])
        return Answer(f"<urlset><url><loc>https://{NEWS}/</loc></url>{rows}</urlset>".encode())


def _path(number: int) -> str:
    return f"/2026/1120/c{1000 + number}.html"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with World(tmp_path) as world:
        (tmp_path / "policywatch.toml").write_text(SETTINGS, "utf-8")
        world.publish(DemoArticle(1, "数字人民币试点扩大到5个区。"))
        made = Web(world)
        for number, list_ in enumerate(("teasers", "teasers", "texts", "texts", "map", "map"), 10):
            made.put(list_, number)
        yield made


NEW = ["article.new"] * 7 + ["mention.new"] * 7


def test_everything_is_told_once(web: Web) -> None:
    assert web.crawl() == NEW
    shown = web.world.run("show", f"http://{NEWS}{_path(10)}").stdout
    assert "某市发布数字经济第10号报告" in shown
    assert "资讯 · 某站 · teasers" in shown
    assert [line for line in shown.splitlines() if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]
    assert "相关" not in shown
    assert "2026-11-20 08:10" in shown
    asked = [hit.path for hit in web.world.site.hits]
    assert not any(_path(number) in asked for number in web.named["texts"])
    assert web.crawl() == []


def test_an_edit_is_told_once_wherever_the_text_comes_from(web: Web) -> None:
    web.crawl()
    for number in (web.named["teasers"][0], web.named["texts"][0], web.named["map"][0]):
        web.texts[number] = (FIRST.replace("一成二", "一成"), SECOND, THIRD)
    assert web.crawl() == ["article.edited"] * 3
    assert web.crawl() == []


def test_a_page_of_a_known_portal_is_read_by_its_rules(web: Web) -> None:
    web.crawl()
    web.world.edit(1, quote="(13.99, 1.7, 13.8%)")
    assert web.crawl() == []
    web.world.edit(1, text="数字人民币试点扩大到4个区。")
    assert web.crawl() == ["article.edited"]


def test_an_entry_that_left_its_feed_is_not_withdrawn(web: Web) -> None:
    web.crawl()
    for list_ in web.named:
        web.named[list_].pop()
    assert web.crawl() + web.crawl() == []


def test_what_is_new_is_found_and_read(web: Web) -> None:
    web.crawl()
    for number, list_ in enumerate(web.named, 30):
        web.put(list_, number)
    assert web.crawl() == ["article.new"] * 3 + ["mention.new"] * 3


def test_two_entries_of_one_id_are_two_articles(web: Web) -> None:
    web.crawl()
    for number in (40, 41):
        web.put("teasers", number)
    publish = web._rss
    web._rss = lambda list_: _replaced(publish(list_), b"teasers-41", b"teasers-40")  # type: ignore[method-assign]
    assert web.crawl().count("article.new") == 2
    assert web.crawl() == []


def test_a_block_page_is_no_feed_and_silence_is_not_trusted(web: Web) -> None:
    web.crawl()
    publish = web._rss
    web._rss = lambda list_: BLOCKED  # type: ignore[method-assign]
    assert web.crawl(1) + web.crawl(1) == ["portal.broken"]
    assert "missed" in web.world.run("new", "--as", "test").stdout
    web._rss = publish  # type: ignore[method-assign]
    assert web.crawl() == ["portal.recovered"]


def test_an_article_that_was_read_from_its_page_stays_with_it_when_the_feed_gives_its_text_too(web: Web) -> None:
    publish = web._json
    web._json = lambda list_: _replaced(publish(list_), b"content_html", b"_none")  # type: ignore[method-assign]
    assert web.crawl() == NEW
    web._json = lambda list_: _replaced(publish(list_), b"<p>", b"<p>(AP) ")  # type: ignore[method-assign]
    web.publish()
    for recheck in ("none", "all"):
        assert web.world.run("crawl", "texts", "--recheck", recheck).returncode == 0
    assert web.world.new() == []


def test_the_commands_know_them(web: Web) -> None:
    web.crawl()
    lines = web.world.run("portals").stdout.splitlines()
    assert {line.split()[0] for line in lines if line.endswith("good")} >= set(OWN)


def _replaced(answer: Answer, old: bytes, new: bytes) -> Answer:
    return Answer(answer.body.replace(old, new), headers=answer.headers)
