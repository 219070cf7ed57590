"""General rules on whole pages: what they read, what they refuse, and what no page can make them do."""

from __future__ import annotations

import time

import pytest
from generic_pages import FIRST, LAST, MIDDLE, TEXT, TITLE, URL, article, page, read, text_of, time_of
from hypothesis import given, settings
from hypothesis import strategies as st

from portals.generic import extraction
from portals.page import LayoutChanged, Page
from tracking.body import serialise

PARAGRAPH = f"<p>{FIRST}</p>"


# --- frames ---


def test_the_commonest_frame_is_read_exactly() -> None:
    reading = read(article())
    assert (reading.title, reading.author) == (TITLE, "海桥日报")
    assert time_of(article()) == "2026-11-20 09:30:00"
    assert text_of(article()) == [FIRST, MIDDLE, LAST]


@pytest.mark.parametrize(
    "body",
    [
        f"　　{FIRST}<br><br>　　{MIDDLE}<br>　　{LAST}",
        f"<div>{FIRST}</div><div>{MIDDLE}</div><div>{LAST}</div>",
        f"<span>{FIRST}<p></p>{MIDDLE}<p></p></span>{LAST}",
        f"<table><tr><td><font>{TEXT}</font></td></tr></table>",
        f"<section><section>{TEXT}</section></section>",
        f'<div class="TRS_Editor"><style>.TRS_Editor p{{margin:0}}</style><div class="TRS_Editor">{TEXT}</div></div>',
        f'<div class="TRS_Editor"><p>{FIRST}</p></div><div class="TRS_Editor"><p>{MIDDLE}</p><p>{LAST}</p></div>',
        f"<ucapcontent>{TEXT}</ucapcontent>",
        f"<form><div>{TEXT}</div></form>",
        f'<div style="display: none">{TEXT}</div>',
        f"<p>{FIRST}</p><ins class='ad'><a href='/x'>广告</a></ins><p>{MIDDLE}</p><p>{LAST}</p>",
        f"<p>{FIRST}</p><p>{MIDDLE}</p></html><p>{LAST}</p>",
    ],
)
def test_texts_are_found_however_they_are_laid_out(body: str) -> None:
    assert text_of(article(body)) == [FIRST, MIDDLE, LAST]


def test_parts_of_a_text_that_stand_apart_come_together_in_order() -> None:
    parts = (f'<div class="text"><p>{FIRST}</p></div>', f'<div class="text"><p>{MIDDLE}</p><p>{LAST}</p></div>')
    assert text_of(article('<div class="adbox">广告</div>'.join(parts))) == [FIRST, MIDDLE, LAST]


def test_the_frame_of_a_portal_with_large_dates_takes_the_seconds_from_its_script() -> None:
    main = (
        f'<h1>{TITLE}</h1><div class="tool"><div class="year">2026</div><div class="md">11<!-- react -->/20</div>'
        f'<div class="time">09<!-- x -->:<!-- y -->30</div></div><div class="content-article">{TEXT}</div>'
    )
    head = (
        f'<title>{TITLE}</title><meta name="apub:time" content="2026-11-20 12:02:50">'
        '<script>window.DATA = {"pubtime": "2026-11-20 09:30:26"}</script>'
    )
    assert time_of(page(main, head)) == "2026-11-20 09:30:26"


def test_the_frame_of_an_agency_without_headings_is_read() -> None:
    main = (
        f'<div class="h-title">\n{TITLE}\n</div><div class="h-info"><span class="h-time"> 2026-11-20 07:57:40</span>'
        '<span>来源：<em id="source"> 某某社</em></span></div><div id="p-detail">'
        f'<div class="lb"><span class="tj">图集</span></div>{TEXT}<div class="share"><a href="#">分享</a></div>'
        '<div class="p-tags"><span>【纠错】</span> 责任编辑：\n柳一舟\n</div></div>'
    )
    reading = read(page(main))
    assert (reading.title, reading.author, time_of(page(main))) == (TITLE, "某某社", "2026-11-20 07:57:40")
    assert text_of(page(main)) == [FIRST, MIDDLE, LAST]


def test_a_page_that_begins_as_xml_is_read() -> None:
    xhtml = article().replace(
        "<!DOCTYPE html>", '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML">'
    )
    assert text_of(xhtml) == [FIRST, MIDDLE, LAST]


def test_the_page_itself_is_left_as_it_was() -> None:
    whole = Page(URL, article())
    before = whole.tree.html
    extraction.read(whole)
    assert whole.tree.html == before


# --- what is kept of a body ---


def test_pictures_and_marked_words_stay() -> None:
    marked = '<p>账本由<a href="/k" class="keyword">数据局</a>保管，<b>不得涂改</b>。</p>'
    body = f'<p>{FIRST}</p><p><img src="/a.jpg" alt="账本"></p>{marked}<p>{LAST}</p>'
    kept = serialise(read(article(body)).body, URL)
    assert '<img src="https://www.example.cn/a.jpg" alt="账本" referrerpolicy="no-referrer">' in kept
    assert text_of(article(body)) == [FIRST, "账本由数据局保管，不得涂改。", LAST]


def test_tables_of_figures_stay_whole() -> None:
    rows = "<tr><th>城市</th><th>大</th></tr><tr><td>海桥</td><td>12</td></tr><tr><td>青石</td><td>7</td></tr>"
    assert text_of(article(f"{TEXT}<table>{rows}</table>"))[3:] == ["城市 大", "海桥 12", "青石 7"]


def test_live_prices_inside_a_sentence_go() -> None:
    quote = '云岸数科<span class="stock-tag">2.31%</span>和甲支付<span id="quote_2">(11.5, +0.20)</span>参加。'
    assert text_of(article(f"<p>{FIRST}</p><p>{quote}</p><p>{LAST}</p>"))[1] == "云岸数科和甲支付参加。"


@pytest.mark.parametrize(
    "line",
    [
        "商户扫码支付时不再另付手续费，账单当晚就到。",
        "下载数字人民币App以后，市民在菜场也能查账。",
        "分享经济的三家公司都在名单上。",
        "相关新闻发布会将于下周一举行，账本届时更新。",
        "更多的城市正在排队，名单每月公布一次。",
        "审核：由各市数据主管部门负责。",
        "记者：账本写错了怎么办？",
        "公共数据授权运营的收入也要写进账本。",
        "温馨提醒：登记大厅周末不办公，来之前请先预约。",
        "附件：账本样表.docx",
        "一、谁来记账",
        "（一）记账人由三城共同推举",
    ],
)
def test_sentences_that_look_like_boilerplate_stay(line: str) -> None:
    assert text_of(article(f"<p>{FIRST}</p><p>{line}</p><p>{LAST}</p>")) == [FIRST, line, LAST]


def test_a_document_keeps_its_notes_its_name_and_its_date() -> None:
    name, note, day = (
        f"<p align=center>{TITLE}</p>",
        "<p>（2026年10月30日三城联席会议通过）</p>",
        "<p align=right>2026年11月20日</p>",
    )
    assert text_of(article(name + note + TEXT + day)) == [
        TITLE,
        "（2026年10月30日三城联席会议通过）",
        FIRST,
        MIDDLE,
        LAST,
        "2026年11月20日",
    ]


def test_an_interview_keeps_its_first_question() -> None:
    question = "记者：三座城市为什么在同一天公布？"
    assert text_of(article(f"<p>{question}</p>{TEXT}")) == [question, FIRST, MIDDLE, LAST]


# --- what is not ---


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：柳一舟",
        "（责任编辑： HN000）",
        "(责编：赵某、钱某某)",
        "【纠错】 【责任编辑:柳一舟 】",
        "【编辑:柳某】",
        "编辑 刘某 校对 李某",
        "本文来源：海桥日报 责任编辑：柳一舟_NF0000",
        "（原标题：三城晒账本）",
        "原标题：三城晒账本",
        "（原题为《三城晒账本》）",
        "免责声明：本文仅代表作者观点，与某某网无关。投资有风险，入市须谨慎。",
        "特别声明：以上内容由用户上传，平台只提供存储。",
        "版权声明：本网文字未经许可不得转载。",
        "某某网声明：本文系转载，版权归原作者所有。",
        "来源：海桥日报",
        "分享到：微信 微博 QQ空间",
        "扫一扫在手机打开当前页",
        "微信扫描下方二维码关注我们",
        "长按识别二维码关注公众号",
        "点击进入专题：数字经济账本>>>",
        "更多精彩内容，请点击进入数据频道",
        "返回某某网首页",
        "下载某某新闻客户端",
        "上一篇：昨天的账本",
        "【1】【2】【3】 下一页 尾页",
        "【打印本页】 【关闭窗口】",
        "标签：数字经济 账本",
        "图片来源：某某图库",
        "相关阅读：",
        "专题：数字经济账本",
        "《 海桥日报 》（ 2026年11月20日 02 版）",
    ],
)
def test_lines_that_are_no_text_go_wherever_they_stand(line: str) -> None:
    for body in (
        f"<p>{line}</p>{TEXT}",
        f"<p>{FIRST}</p><p>{line}</p><p>{MIDDLE}</p><p>{LAST}</p>",
        f"{TEXT}<p>{line}</p>",
    ):
        assert text_of(article(body)) == [FIRST, MIDDLE, LAST]


@pytest.mark.parametrize(
    "line",
    [
        "某某新闻记者 沈某 陆某某",
        "某某报记者 | 沈某",
        "（实习生陆某某对此文亦有贡献）",
        "（作者：沈某 编辑：陆某某）",
        "转载前请先与报社联系。",
        "没有授权的转载和镜像，报社都要追究。",
        "本文不构成投资建议，据此买卖后果自负。",
        "读者热线：400-0000000",
        "广告合作请致电市场部",
        '<a href="/z.html">昨天的另一条</a>',
        "* * *",
    ],
)
def test_lines_behind_a_text_that_are_no_part_of_it_go(line: str) -> None:
    assert text_of(article(f"{TEXT}<p>{line}</p>")) == [FIRST, MIDDLE, LAST]


@pytest.mark.parametrize(
    "heading",
    ["相关阅读", "延伸阅读：", "为您推荐", "网友评论（12）", "更多新闻>>", "数据新闻精选：", "责任编辑：柳某"],
)
def test_nothing_behind_the_end_of_an_article_is_its_text(heading: str) -> None:
    other = "<p>另一篇文章的摘要，说的是隔壁城市的旧事。</p><p>2026-11-18 08:00</p><img src='/qr.png'>"
    kept = article(f"<div>{TEXT}<div class=end><p>{heading}</p></div>{other}</div>")
    assert text_of(kept) == [FIRST, MIDDLE, LAST]
    assert "qr.png" not in serialise(read(kept).body, URL)


def test_an_end_in_the_middle_is_none() -> None:
    long = "".join(f"<p>第{n}章说的是账本的第{n}页，那里写着三座城市的第{n}项开支。</p>" for n in range(1, 9))
    assert len(text_of(article(f"<p>{FIRST}</p><p>责任编辑：柳某</p>{long}"))) == 9


@pytest.mark.parametrize(
    "caption",
    [
        '<p><img src="/a.jpg"></p><p>账本发布现场。海桥日报记者 沈某 摄</p>',
        '<p><img src="/a.jpg"></p><p>老厂房。某某图库 资料</p>',
        '<p><img src="/a.jpg"></p><p>图为账本的第一页</p>',
        '<p><img src="/a.jpg"><br>账本发布现场</p>',
        '<div class="img_wrapper"><img src="/a.jpg"><span class="img_descr">老厂房里的机房</span></div>',
        '<p><img src="/a.jpg"></p><p class="picIntro">老厂房里的机房。</p>',
        '<figure><img src="/a.jpg"><figcaption>老厂房里的机房。</figcaption></figure>',
    ],
)
def test_captions_go_and_their_pictures_stay(caption: str) -> None:
    body = f"{caption}<p>{FIRST}</p>{caption}<p>{MIDDLE}</p><p>{LAST}</p>"
    assert text_of(article(body)) == [FIRST, MIDDLE, LAST]
    assert serialise(read(article(body)).body, URL).count("a.jpg") == 2


def test_a_line_behind_a_picture_is_not_always_its_caption() -> None:
    poem = '<p><img src="/a.jpg"></p><p align=center>《账本谣》</p><p align=center>一行机房一行秋</p>'
    assert text_of(article(f"<p>{FIRST}</p>{poem}<p>{LAST}</p>")) == [FIRST, "《账本谣》", "一行机房一行秋", LAST]


def test_what_is_named_as_foreign_goes() -> None:
    boxes = (
        '<div class="m-smallshare"><a>微信</a><a>微博</a></div><div class="qrcode"><p>打开手机看</p></div>'
        '<div class="articleRelated"><p>隔壁城市的账本</p></div><div id="ad_2"><p>开户优惠</p></div>'
    )
    assert text_of(article(f"<p>{FIRST}</p>{boxes}<p>{MIDDLE}</p><p>{LAST}</p>")) == [FIRST, MIDDLE, LAST]


def test_the_title_and_byline_inside_a_body_go() -> None:
    inside = f"<h1>{TITLE}</h1><p>海桥日报</p><p>2026-11-20 09:30 来源：海桥日报</p><p>字号：小 中 大</p>{TEXT}"
    assert text_of(page(f'<div class="content">{inside}</div>')) == [FIRST, MIDDLE, LAST]


def test_lists_of_links_inside_a_body_go() -> None:
    links = "".join(f'<li><a href="/{n}">另一条消息的标题之{n}</a></li>' for n in range(4))
    assert text_of(article(f"<p>{FIRST}</p><ul>{links}</ul><p>{MIDDLE}</p><p>{LAST}</p>")) == [FIRST, MIDDLE, LAST]


# --- no articles ---

_ROWS = range(1, 13)
LISTS = {
    "links": "".join(f'<li><a href="/{n}.html">第{n}条消息，标题写得很长很长</a></li>' for n in _ROWS),
    "summaries": "".join(
        f'<h3><a href="/{n}.html">第{n}条消息的标题</a></h3><p>第{n}条消息的摘要，写了两行，说明来龙去脉。</p>'
        for n in _ROWS
    ),
    "times": "".join(
        f"<div><b>第{n}条</b><p>第{n}条消息的摘要，写了两行，说明来龙去脉。</p><i>2026-11-{n:02} 08:00</i></div><hr>"
        for n in _ROWS
    ),
}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        *(
            (page(f"<h1>数据要闻</h1><div>{rows}</div>", "<title>数据要闻_某某网</title>"), ".")
            for rows in LISTS.values()
        ),
        (page("".join(LISTS.values()), "<title>某某网</title>"), "."),
        ("", "no HTML"),
        ("  \n ", "no HTML"),
        ('{"code": 0, "data": []}', "no HTML"),
        ('<?xml version="1.0"?><rss><channel><item><title>甲</title></item></channel></rss>', "no HTML"),
        ("<html><head></head><body></body></html>", "."),
        (page("", "<title>某某网</title>"), "."),
        (article(""), "no article"),
        (article("<p>视频</p>"), "no article"),
        (page("<h1>404</h1><p>您要找的页面不存在，三秒后自动跳转到首页，也可以点这里回去。</p>"), "no such article"),
        (article("<p>很抱歉，这篇文章已被删除，或者您没有权限查看，请返回首页看看别的内容。</p>"), "no such article"),
        (
            "<html><body><p>您的访问过于频繁，请完成滑动验证以后再继续浏览本网站的内容。</p></body></html>",
            "turns robots away",
        ),
        (f"<div>{PARAGRAPH * 6}</div>", "no title"),
    ],
)
def test_what_is_no_article_is_refused(source: str, reason: str) -> None:
    with pytest.raises(LayoutChanged, match=reason):
        read(source)


def test_an_article_about_a_missing_page_is_one() -> None:
    body = TEXT + "".join(f"<p>第{n}天，找不到该页面的人又多了{n}个，客服把电话记在账本上。</p>" for n in range(12))
    assert text_of(article(body))[:3] == [FIRST, MIDDLE, LAST]


# --- hostile pages ---

_DEEP = "<div>" * 90
HOSTILE = {
    "deep": _DEEP + "<div>" * 9_000 + PARAGRAPH,
    "much text deep inside": f"{_DEEP}<p>{'数字经济，' * 30_000}</p>",
    "much text": f"<p>{'数字经济，' * 400_000}</p>",
    "many paragraphs": PARAGRAPH * 6_000,
    "many pictures": PARAGRAPH * 5 + "<img>数<br>" * 4_500,
    "many headings": f"<h1>{'数字经济' * 30}</h1>" * 9_000 + PARAGRAPH,
    "many lines": (PARAGRAPH + "<p>责任编辑：柳某</p>") * 3_000,
    "many titles": PARAGRAPH * 9 + f"<h1>{TITLE}</h1>" * 9_000,
    "many boxes": PARAGRAPH * 9 + "<div class=share><p>分享</p></div>" * 4_500,
    "many parts": f"<article>{f'<div><div class=text>{PARAGRAPH}</div></div>' * 3_500}</article>",
    "many leads": f"<article>{'<p class=story-lead>数字经济，新进展。</p>' * 8_000}{PARAGRAPH * 9}</article>",
    "many links": '<a href="/">数字经济，新进展</a><br>' * 6_000,
    "long names": '<div class="' + "share-" * 100_000 + f'"><p>{FIRST}</p></div>',
    "long style": '<div style="' + "display:" * 50_000 + f'none">{PARAGRAPH}</div>',
    "many dates": f"<p>{'2026-11-20 10:10 ' * 50_000}</p>{PARAGRAPH}",
    "long blanks": f"<p>2026-1-1{' ' * 900_000}</p>{PARAGRAPH}",
    "many quotes": "<script>" + '"' * 400_000 + "</script>" + PARAGRAPH,
    "deep data": '<script type="application/ld+json">' + "[" * 90_000 + "</script>" + PARAGRAPH,
    "deep tables": "<table><tr><td>" * 900 + PARAGRAPH,
    "control characters": PARAGRAPH.replace("数", "\x01数\ufffe") * 2_000,
    "figures": f'<p>{FIRST}<span class="stock">' + "1" * 200_000 + "x</span></p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name: str) -> None:
    source, begin = page(f"<h1>{TITLE}</h1>{HOSTILE[name]}"), time.process_time()
    try:
        reading = read(source)
        assert reading.title
    except LayoutChanged:
        pass
    assert time.process_time() - begin < 4


_PIECES = st.sampled_from(
    [
        *(
            "<div>",
            "</div>",
            "<p>",
            "</p>",
            "<table>",
            "<tr><td>",
            "<h1>",
            "</h1>",
            "<a href=x>",
            "</a>",
            "<br>",
            "<img>",
        ),
        *("<title>", "</title>", "<script>", "</script>", "<!--", "-->", "<b>", "<template>", "<svg>", "<select>"),
        *("<span<p>", "<plaintext>", "<noscript>", "<meta name='' content=''>", "<meta property=og:title content=甲>"),
        *("\0", "\ufffe", "&#55296;", "<div hidden>", '<div style="display:none">', "<div class=share>", "<frameset>"),
        *(
            '<script type="application/ld+json">{"author":[{"name":1},null],"datePublished":5}</script>',
            "责任编辑：柳某",
        ),
        *(FIRST, MIDDLE, LAST, TITLE, "2026-11-20 09:30", "2026-13-45 99:99", "相关阅读", "图为现场", TEXT),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_whatever_a_page_is_made_of_it_is_read_or_refused(source: str) -> None:
    try:
        reading = read(source)
    except LayoutChanged:
        return
    assert reading.title
    assert text_of(source)
