"""The pages of the two portals, in the markup of real ones: lists as JSON and as an old column, and articles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from policywatch.demo.world import DemoArticle

_SHARE = re.compile(r"\[(?P<name>[^:\]]+):(?P<code>\w+)\]")
_INVENTED = "（演示稿件，内容纯属虚构。）"
_ROBOTS = "User-agent: *\nDisallow: /admin/\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sends for one address."""

    #: The body of the response.
    body: bytes
    #: Its Content-Type.
    content_type: str
    #: The HTTP status.
    status: int = 200


@dataclass(frozen=True, slots=True)
class Pages:
    """All that a site shows at one moment."""

    #: By path and query.
    answers: Mapping[str, Answer]
    #: The answer to every other address.
    default: Answer


NOT_FOUND = Answer(b"<html><body><center>404 Not Found</center></body></html>", "text/html", 404)
_BLOCK = Answer(
    "<html><head><title>安全验证</title></head><body>访问过于频繁，请完成验证后继续。</body></html>".encode(),
    "text/html; charset=utf-8",
)


def daily(articles: Sequence[DemoArticle], host: str, tick: int) -> Pages:
    """The pages of 演示财经; share prices and adverts differ for each `tick`."""
    rows = [_row(article, host) for article in _newest_first(articles)]
    answers = {f"/api/roll/get?lid=1686&num=50&page={page}": _roll(rows[50 * (page - 1) :]) for page in (1, 2)}
    answers |= {daily_path(article): _html(_daily_page(article, host, tick), "utf-8") for article in articles}
    return Pages(answers | _robots(), NOT_FOUND)


def journal(articles: Sequence[DemoArticle]) -> Pages:
    """The pages of 演示证券报: one column, and its articles."""
    answers = {"/xwzx/": _html(_column(_newest_first(articles)), "gbk")}
    answers |= {_journal_path(article): _html(_journal_page(article), "gbk") for article in articles}
    return Pages(answers | _robots(), NOT_FOUND)


def blocked() -> Pages:
    """The pages of a site that answers every request with the same block page, as HTTP 200."""
    return Pages(_robots(), _BLOCK)


def daily_path(article: DemoArticle) -> str:
    """The path of an article of 演示财经."""
    return f"/china/{article.at:%Y-%m-%d}/doc-i{article.key}.shtml"


def _journal_path(article: DemoArticle) -> str:
    return f"/xwzx/{article.at:%Y%m}/t{article.at:%Y%m%d}_{article.key}.html"


def _robots() -> dict[str, Answer]:
    return {"/robots.txt": Answer(_ROBOTS.encode(), "text/plain; charset=utf-8")}


def _newest_first(articles: Iterable[DemoArticle]) -> list[DemoArticle]:
    return sorted(articles, key=lambda article: article.at, reverse=True)


def _html(text: str, charset: str) -> Answer:
    return Answer(text.encode(charset), "text/html" if charset == "gbk" else f"text/html; charset={charset}")


# --- 演示财经, as 新浪财经 is built ---


def _roll(rows: Sequence[Mapping[str, object]]) -> Answer:
    result = {"status": {"code": 0, "msg": "succ"}, "total": len(rows), "lid": "1686", "data": rows}
    return Answer(json.dumps({"result": result}).encode(), "application/json; charset=utf-8")


def _row(article: DemoArticle, host: str) -> dict[str, object]:
    seconds = str(int(article.at.timestamp()))
    return {
        "docid": f"comos:{article.key}",
        "url": f"http://{host}{daily_path(article)}",
        "title": article.title,
        "intro": "",
        "img": [],
        "intime": seconds,
        "ctime": seconds,
        "media_name": article.source,
        "lids": "1686,1687",
    }


def _daily_page(article: DemoArticle, host: str, tick: int) -> str:
    title = escape(article.title)
    texts = "\n".join(f'<p cms-style="font-L">　　{_with_prices(text, tick)}</p>' for text in _texts(article))
    return f"""{_daily_head(article, host)}
<body>
<div class="main-content w1240">
<h1 class="main-title">{title}</h1>
<div class="top-bar-wrap"><div class="second-title">{title}</div>
<div class="date-source"><span class="date">{article.at:%Y年%m月%d日 %H:%M}</span>
<span class="source">{article.source}</span></div></div>
<div class="article-content-left">
<!-- 原始正文begin -->
<div class="article" id="artibody" data-sudaclick="blk_content">
<!-- 相关专题 --><p>专题：<a href="/zt_d/demo/" target="_blank">演示专题</a></p><!-- 相关专题 -->
<div id="left_hzh_ad"><script>var advert = {tick};</script></div>
{texts}
<!-- 文末二维码 start -->
<style>.appendQr_wrap{{border:1px solid #E6E6E6;padding:8px;}}</style>
<div class="clearfix appendQr_wrap">
<div class="appendQr_normal"><img src="/img/qr.png"/></div>
<div class="appendQr_normal_txt">海量资讯、精准解读，尽在演示财经APP</div>
</div>
<!-- 文末二维码 end -->
<p class="article-editor">责任编辑：演示员 DM{tick:03d}</p>
</div>
<!-- 原始正文end -->
</div>
<div class="seo_data_list" style="display:none"><a href="/china/">推荐：数字人民币</a></div>
</div>
</body>
</html>"""


def _daily_head(article: DemoArticle, host: str) -> str:
    title = escape(article.title)
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>{title}_演示财经</title>
<meta property="og:title" content="{title}">
<meta property="og:url" content="http://{host}{daily_path(article)}">
<meta name="weibo: article:create_at" content="{article.at:%Y-%m-%d %H:%M:%S}">
<meta name="publishid" content="{article.key}">
<meta property="article:author" content="{article.source}">
</head>"""


def _texts(article: DemoArticle) -> tuple[str, ...]:
    return (*(escape(text) for text in article.paragraphs), _INVENTED)


def _with_prices(text: str, tick: int) -> str:
    return _SHARE.sub(lambda share: _share(share["name"], share["code"], tick), text)


def _without_prices(text: str) -> str:
    return _SHARE.sub(lambda share: share["name"], text)


def _share(name: str, code: str, tick: int) -> str:
    change = 0.11 + 0.37 * (tick % 5)
    price = 12.34 + int(code[-2:]) - 1 + 0.37 * tick
    quote = f"({price:.2f}, <font>+{change:.2f}</font>, <font>+{100 * change / price:.2f}%</font>)"
    link = f'<span id="stock_{code}"><a href="/realstock/{code}.html" class="keyword" target="_blank">{name}</a></span>'
    return f'{link}<span id="quote_{code}">{quote}</span>'


# --- 演示证券报, as 中证网 was built ---


def _column(articles: Iterable[DemoArticle]) -> str:
    rows = "\n".join(
        f'<li class="item"><a href="./{_journal_path(article).removeprefix("/xwzx/")}" target="_blank">'
        f"<div><em>{article.at:%Y-%m-%d %H:%M}</em></div><h3>{escape(article.title)}</h3><span></span></a></li>"
        for article in articles
    )
    return f"""<html xmlns="http://www.w3.org/1999/xhtml">
<head><meta http-equiv="Content-Type" content="text/html; charset=gbk" /><title>要闻_演示证券报</title></head>
<body><div class="box_l1 space_r1"><h1 class="ctit">要闻</h1>
<ul class="ch_type3_list">
{rows}
</ul>
</div></body>
</html>"""


def _journal_page(article: DemoArticle) -> str:
    title = escape(article.title)
    texts = "\n".join(f"<p>　　{_without_prices(text)}</p>" for text in _texts(article))
    return f"""<html xmlns="http://www.w3.org/1999/xhtml">
<head><meta http-equiv="Content-Type" content="text/html; charset=gbk" /><title>{title}_演示证券报</title></head>
<body>
<article class="cont_article">
<header><div class="artc_route"><a href="../" class="CurrChnlCls">要闻</a></div>
<h1>{title}</h1>
<div class="artc_info"><div><em>演示员</em><em>{article.source}</em><time>{article.at:%Y-%m-%d %H:%M}</time></div></div>
</header>
<section><style type="text/css">.TRS_Editor P{{margin-top:0;}}</style>
<div class="Custom_UnionStyle">
{texts}
</div></section>
<div class="page"><script>
var currentPage = 0;
var countPage = 1
</script></div>
<footer>演示证券报声明：本页为演示。</footer>
<aside class="related_artlist"><h2>相关阅读</h2><ul><li><a href="../">更多数字贸易港消息</a></li></ul></aside>
</article>
<footer class="ft_site">演示证券报</footer>
</body>
</html>"""
