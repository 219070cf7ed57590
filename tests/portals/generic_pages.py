"""Pages for general rules: frames as Chinese sites build them, with texts of our own."""

from __future__ import annotations

from datetime import UTC, datetime

from portals.generic import extraction
from portals.page import Page, Reading
from tracking.body import paragraphs, serialise
from tracking.dates import BEIJING

URL = "https://www.example.cn/shuzi/2026-11-20/4711.html"
AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
TITLE = "三座城市公布数字经济账本 首批项目落户老厂房"
FIRST = "十一月十九日，云川、海桥、青石三座城市同一天公布数字经济账本，首批四十二个项目落户闲置的老厂房。"
MIDDLE = "账本按季度更新，列出机房用电、数据交易额和数字人民币结算额三项，市民扫码就能看到自己街区的数字。"
LAST = "三城约定，明年春天把账本并成一册，哪一行写错了，就在哪一行旁边改正。"
TEXT = f"<p>　　{FIRST}</p><p>　　{MIDDLE}</p><p>　　{LAST}</p>"

_NAVIGATION = "".join(f'<li><a href="/{n}/">{name}</a></li>' for n, name in enumerate(("首页", "要闻", "财经", "数据")))
_RANKING = "".join(
    f'<li><a href="/{n}.html">排行榜上的第{n}条旧闻，说的是别的事情</a><span>2026-11-1{n} 08:0{n}</span></li>'
    for n in range(1, 6)
)
_FOOT = "<p>关于我们 | 广告服务 | 联系方式</p><p>某某网版权所有 未经书面授权禁止使用 京ICP备00000000号</p>"


def page(main: str, head: str = f"<title>{TITLE}_某某网</title>") -> str:
    """A whole page around what its main column holds."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<script>var a = "<p>是脚本，不是正文。</p>";</script>'
        f'</head><body><div class="header"><ul class="nav">{_NAVIGATION}</ul></div><div class="wrap">'
        f'<div class="left">{main}</div><div class="right"><h3>点击排行</h3><ul class="rank">{_RANKING}</ul></div>'
        f'</div><div class="footer">{_FOOT}</div></body></html>'
    )


def article(
    body: str = TEXT, byline: str = "2026-11-20 09:30 来源：海桥日报", head: str = f"<title>{TITLE}_某某网</title>"
) -> str:
    """A page with an article in the commonest of frames."""
    main = f'<h1>{TITLE}</h1><div class="info">{byline}</div><div class="content">{body}</div>'
    related = '<div class="related"><h2>相关阅读</h2><ul><li><a href="/9.html">另一座城市的旧账本</a></li></ul></div>'
    return page(main + related, head)


def read(source: str, at: datetime | None = AT) -> Reading:
    """What general rules make of a page that was fetched at `at`."""
    return extraction.read(Page(URL, source, at))


def text_of(source: str) -> list[str]:
    """The paragraphs that a person sees."""
    reading = read(source)
    assert reading.rules is not None
    return list(paragraphs(serialise(reading.body, URL), reading.rules))


def time_of(source: str) -> str | None:
    """When the article appeared, in Beijing."""
    at = read(source).published_at
    return None if at is None else f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
