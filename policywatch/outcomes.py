"""How the crawl of a portal ended: what it gave, whether that can be trusted, and what was the matter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from scrapy.crawler import Crawler

from crawler.extensions import DatabaseMemory
from crawler.middlewares import REST
from crawler.pipelines import Archivist
from crawler.portal import Portal
from storage import runs
from storage.runs import Outcome
from tracking.sightings import Tally, Trouble

# A portal that asks for more, by its Retry-After, is asked again after this.
_LONGEST_REST = timedelta(days=1)
# So many articles that cannot be read, and so many times more than can be: then it is the portal, not they.
_MANY, _TIMES_MORE = 5, 4
# What is no failure of reading: the portal keeps these to itself.
_ITS_OWN = {Trouble.WITHHELD}


@dataclass(slots=True)
class Work:
    """The crawl of one portal, under way; `stopped` says why it was ended early, `overtime` that its time ran out."""

    portal: type[Portal]
    memory: DatabaseMemory
    archivist: Archivist
    crawler: Crawler
    holder: str
    stopped: str | None = None
    overtime: bool = False


def not_crawled(portal: type[Portal], state: str, reason: str) -> Outcome:
    """The outcome of a crawl that never began."""
    return Outcome(portal.name, state, 0, Tally(), certified=False, gap_hours=None, error=reason)


def outcome_of(work: Work, at: datetime) -> Outcome:
    """How a crawl ended."""
    memory, tally = work.memory, work.archivist.tally
    unread = _unread(work)
    return Outcome(
        portal=work.portal.name,
        state=_state(work, failed=bool(memory.errors or unread)),
        listed=memory.listed,
        tally=tally,
        certified=memory.read_through >= set(work.portal.lists) and not memory.gaps,
        gap_hours=max(memory.gaps, default=None),
        error=work.stopped or next(iter(memory.errors), unread),
        trouble=_trouble(work, unread=unread is not None),
        rest_until=_rest_until(work, at),
    )


def _state(work: Work, *, failed: bool) -> str:
    if work.stopped and (_anything(work.archivist.tally) or not work.overtime):
        return runs.INTERRUPTED
    return runs.FAILED if work.stopped or failed else runs.DONE


def _anything(tally: Tally) -> bool:
    return bool(tally.new or tally.edited or tally.unchanged or tally.gone)


def _unread(work: Work) -> str | None:
    """Why the articles of a portal count as unreadable although its lists read; None when they do not."""
    tally = work.archivist.tally
    failed = sum(count for trouble, count in work.archivist.troubles.items() if trouble not in _ITS_OWN)
    read = tally.new + tally.edited
    if failed and not _anything(tally):
        return "no article of it can be read"
    if failed >= max(_MANY, _TIMES_MORE * read):
        return f"{failed} articles of it cannot be read, {read} can"
    return None


def _trouble(work: Work, *, unread: bool) -> Trouble | None:
    """What most of its lists failed by; of its articles when these cannot be read."""
    if work.overtime and not work.memory.troubles:
        return Trouble.TIMEOUT
    befell = work.memory.troubles or (work.archivist.troubles if unread else Counter[Trouble]())
    return next((trouble for trouble, _ in befell.most_common(1)), None)


def _rest_until(work: Work, at: datetime) -> datetime | None:
    asked = work.crawler.stats.get_value(REST) if work.crawler.stats else None
    return None if asked is None else at + min(timedelta(seconds=asked), _LONGEST_REST)
