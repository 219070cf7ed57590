"""Time and author of an article, from metadata and from the text between title and body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from portals.generic.outline import Block, Outline
from portals.generic.title import comparison_key
from tracking.dates import BEIJING, beijing, minute_of

_TIMES = (
    *("weibo:article:create_at", "article:published_time", "article:publish_time", "og:published_time", "og:time"),
    *("og:release_date", "og:pubdate", "rnews:datepublished", "datepublished", "date_published", "publishdate"),
    *("publish_date", "publish-date", "pubdate", "pub_date", "pubtime", "_pubtime", "publish_time", "publishtime"),
    *("apub:time", "originalpublicationdate", "article_date_original", "publication_date", "published-date"),
    *("published_time", "published_at", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date"),
    *("sailthru.date", "parsely-pub-date", "bytedance:published_time", "bt:pubdate", "firstpublishedtime"),
    *("cxenseparse:recs:publishtime", "createdate", "date"),
)
_AUTHORS = ("author", "article:author", "og:article:author", "byl", "dc.creator", "parsely-author")
_SOURCES = ("source", "contentsource", "mediaid", "og:article:source", "article:source")
_LINKED_TIMES = ("datePublished", "pubDate", "dateCreated")

_DAY = r"[0-9]{4}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}\s?日?"
_CLOCK = r"[0-9]{1,2}\s?[:：时]\s?[0-9]{2}(?:\s?[:：分]\s?[0-9]{2})?"
_A_DAY, _A_CLOCK, _BOTH = re.compile(_DAY), re.compile(_CLOCK), re.compile(rf"{_DAY}[\sT-]{{0,3}}{_CLOCK}")
_LABELLED = re.compile(rf"(?:发布|发表|刊发|刊登)(?:时间|日期|于)\s?[:：]?\s?({_DAY}[\sT-]{{0,3}}{_CLOCK})")
# A date whose parts are in separate elements.
_SPLIT = re.compile(
    rf"(?<![0-9])([0-9]{{4}})\s?[年/]?\s{{1,3}}([0-9]{{1,2}})\s?[-/月]\s?([0-9]{{1,2}})日?\s{{1,3}}({_CLOCK})"
)
# Times without a year, or relative to now.
_WITHOUT_YEAR = re.compile(
    r"(?<![0-9:./-])(?:[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}\s?日?|今天|昨天|前天)\s{0,3}[0-9]{1,2}[:：][0-9]{2}(?![0-9:])"
    r"|[0-9]{1,3}\s?(?:分钟|小时)前|刚刚"
)
# A time in a script, where old systems have it only, or have it with seconds.
_SCRIPT_TIME = re.compile(
    r"[\"']((?:19|20)[0-9]{2}[-/年][0-9]{1,2}[-/月][0-9]{1,2}[日T ]{1,2}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
)
# The name of a variable with the time of publication, before the time.
_TIME_VARIABLE = re.compile(
    r"(?:pub(?:lish)?(?:ed)?_?(?:time|date|at)|ptime|(?:news|article)_?(?:time|date))[\"']?\s{0,4}[:=]\s{0,4}$",
    re.IGNORECASE,
)
# Characters of the source that are searched for scripts, and before a time for its name.
_SEARCHED, _SEARCHED_BEFORE = 400_000, 40

_NAME = r"\s?([^\s,，。；;:：|｜()（）]{2,30})"
_NAMED = re.compile(rf"(?:作者|撰文)\s?[:：/｜|]{_NAME}")
_FROM = re.compile(rf"(?:来源|稿源|发布机构)\s?[:：]{_NAME}")
_NO_NAME = re.compile(
    r"(?:参与互动|分享|评论|责任编辑|责编|编辑|作者|记者|字号|字体|发布|打印|浏览|阅读|时间|[0-9]{4}).*"
)
_NOBODY = frozenset(("name", "author", "admin", "administrator", "editor", "test", "null", "undefined", "佚名", "未知"))
_NO_PART_OF_A_NAME = frozenset("@/<>")

# The earliest year of an article, and how far a site's clock may be ahead.
_FIRST_YEAR, _AHEAD = 1990, timedelta(days=1)
# Blocks between title and body and blocks before the title that are read, and characters of a block.
_MAX_BETWEEN, _MAX_BEFORE, _LONGEST_NEAR = 40, 8, 2000


class Byline:
    """Time and author of an article."""

    def __init__(self, outline: Outline, near: str) -> None:
        """`near` is the text between title and body and shortly before the title, see `text_near_title`."""
        self._page, self._metadata, self._blocks, self._near = outline.page, outline.metadata, outline.blocks, near

    @property
    def published_at(self) -> datetime | None:
        """The time of publication, aware UTC, to the minute if possible, else the day; None when unknown."""
        return self._to_the_minute() or next(self._possible((*self._declared, *_A_DAY.findall(self._near))), None)

    def _to_the_minute(self) -> datetime | None:
        """The visible time, with the seconds of metadata or scripts, or else the time of these; None without one."""
        shown = next(self._with_clock(_visible_times(self._near)), None)
        declared = [at for at in self._with_clock(self._declared) if not _is_midnight(at)]
        scripted = list(self._with_clock(_in_scripts(self._page.source)))
        if shown is not None:
            return max(shown, *(at for at in (*declared, *scripted) if minute_of(at) == minute_of(shown)), shown)
        confirmed = (at for at in (*declared, *scripted) if self._shows_clock_of(at))
        only_scripted = scripted if len(set(scripted)) == 1 else []
        return next(iter((*confirmed, *declared, *only_scripted)), None) or self._labelled() or self._without_year()

    @property
    def author(self) -> str | None:
        """The author, or else the source; None when unknown."""
        shown = (*_NAMED.findall(self._near), *_FROM.findall(self._near))
        declared = (*self._metadata.metas(*_AUTHORS, *_SOURCES), *self._metadata.linked_data("author"))
        names = (_NO_NAME.sub("", name.removeprefix("来源：")).strip() for name in (*shown, *declared))
        return next((name for name in names if _is_a_name(name)), None)

    @property
    def _declared(self) -> tuple[str, ...]:
        """The texts of times in metadata, the most reliable first."""
        return (*self._metadata.metas(*_TIMES), *self._metadata.linked_data(*_LINKED_TIMES))

    def _possible(self, texts: Iterable[str]) -> Iterator[datetime]:
        """The times in these texts at which an article can have been published."""
        latest = None if self._page.at is None else self._page.at + _AHEAD
        for text in texts:
            with suppress(ValueError, OverflowError):
                at = beijing(text)
                if at.year >= _FIRST_YEAR and (latest is None or at <= latest):
                    yield at

    def _with_clock(self, texts: Iterable[str]) -> Iterator[datetime]:
        """The possible times in the texts that state an hour."""
        return self._possible(text for text in texts if _A_CLOCK.search(text))

    def _labelled(self) -> datetime | None:
        """The first time on the page with a label such as 发布时间."""
        matches = (_LABELLED.search(block.text[:_LONGEST_NEAR]) for block in self._blocks)
        return next(self._with_clock(match[1] for match in matches if match), None)

    def _without_year(self) -> datetime | None:
        """The first time near the title without a year, or relative to now."""
        return self._page.time(*_WITHOUT_YEAR.findall(self._near)[:1])

    def _shows_clock_of(self, at: datetime) -> bool:
        """Whether the hour and minute of a time are visible near the title."""
        local = at.astimezone(BEIJING)
        clock = rf"(?<![0-9:：])0?{local.hour}\s?[:：时]\s?{local.minute:02}(?![0-9])"
        return re.search(clock, self._near) is not None


def text_near_title(outline: Outline, title: str, begin: int) -> str:
    """The text between the title and the block that begins at node `begin`, then the text shortly before the title."""
    blocks, key = outline.blocks, comparison_key(title)
    body = next((n for n, block in enumerate(blocks) if block.first >= begin), len(blocks))
    heads = (n for n in range(body - 1, -1, -1) if comparison_key(blocks[n].text) == key)
    head = next(heads, max(0, body - _MAX_BEFORE))
    between, before = blocks[head:body][:_MAX_BETWEEN], blocks[max(0, head - _MAX_BEFORE) : head]
    return f"{_joined(between)} / {_joined(before)}"


def _joined(blocks: Sequence[Block]) -> str:
    return " ".join(block.text[:_LONGEST_NEAR] for block in blocks)[:_LONGEST_NEAR]


def _visible_times(text: str) -> Iterator[str]:
    """The dates with times in a text; times of updates come last."""
    times = [(text[max(0, match.start() - 8) : match.start()], match.group()) for match in _BOTH.finditer(text)]
    yield from (time for _, time in sorted(times, key=lambda labelled: "更新" in labelled[0]))
    yield from ("{}-{}-{} {}".format(*parts) for parts in _SPLIT.findall(text))


def _in_scripts(source: str) -> Iterator[str]:
    """The times that scripts assign to variables for the time of publication."""
    for match in _SCRIPT_TIME.finditer(source, 0, _SEARCHED):
        if _TIME_VARIABLE.search(source[max(0, match.start() - _SEARCHED_BEFORE) : match.start()]):
            yield match[1]


def _is_midnight(at: datetime) -> bool:
    local = at.astimezone(BEIJING)
    return local.hour == local.minute == local.second == 0


def _is_a_name(text: str) -> bool:
    """Whether a text can be the name of a person or a paper."""
    possible = not text.isdigit() and text.lower() not in _NOBODY and not _NO_PART_OF_A_NAME & set(text)
    return 2 <= len(text) <= 30 and possible
