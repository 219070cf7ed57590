"""Events grouped by article, as phrases for people, and the summary that tells whether any may have been missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outputs.plain import beijing_time, hours, safe
from tracking.events import (
    ArticleEdited,
    Entry,
    Kind,
    MentionDropped,
    MentionNew,
    PortalBroken,
    PortalGap,
    PortalRecovered,
    PortalState,
)
from tracking.observation import FailureKind

# Entries that are grouped by article at a time, so that a ledger of any length fits into memory.
_WINDOW = 1000
_PHRASES = {
    Kind.ARTICLE_NEW: "new, seen {at}",
    Kind.ARTICLE_EDITED: "edited, seen {at}{version}",
    Kind.ARTICLE_WITHDRAWN: "taken down, confirmed {at}",
    Kind.ARTICLE_RESTORED: "back again, seen {at}",
    Kind.MENTION_NEW: "mentions {programme}",
    Kind.MENTION_DROPPED: "no longer mentions {programme}",
    Kind.PORTAL_BROKEN: "no longer reads, since {at}",
    Kind.PORTAL_RECOVERED: "reads again, since {at}",
    Kind.PORTAL_GAP: "possible gap{hours}, found {at}",
}


@dataclass(frozen=True, slots=True)
class Digest:
    """Consecutive entries of the ledger, grouped by article."""

    #: The entries of each article; articles in the order of their first entries.
    articles: tuple[tuple[Entry, ...], ...]
    #: The entries about portals, in order.
    portals: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a report: whether anything may have been missed."""

    #: One sentence about all portals.
    headline: str
    #: A line for each portal with a gap or a problem.
    items: tuple[str, ...]


def digests(entries: Iterable[Entry]) -> Iterator[Digest]:
    """The entries grouped by article, about a thousand at a time, so that any number of them fits into memory."""
    for window in _windows(entries):
        articles: dict[int, list[Entry]] = {}
        portals: list[Entry] = []
        for entry in window:
            (portals if entry.article is None else articles.setdefault(entry.article, [])).append(entry)
        yield Digest(tuple(map(tuple, articles.values())), tuple(portals))


def event_text(entry: Entry) -> str:
    """An entry as a short phrase, without its sentence; names made safe, times in Beijing time."""
    version = "" if entry.version is None else f" (version {entry.version})"
    pattern = _PHRASES.get(entry.kind, f"{entry.kind.value}, {{at}}")
    return pattern.format(
        at=beijing_time(entry.at), version=version, programme=programme_name(entry), hours=_gap_length(entry)
    )


def changes(entry: Entry) -> list[tuple[str, str]]:
    """What an edit changed, as (before, after), made safe; empty for other entries."""
    if not isinstance(entry.payload, ArticleEdited):
        return []
    return [(safe(before), safe(after)) for before, after in entry.payload.changes]


def is_mention(entry: Entry) -> bool:
    """Whether an entry is about a programme that entered or left an article."""
    return isinstance(entry.payload, MentionNew | MentionDropped)


def programme_name(entry: Entry) -> str:
    """The name of an entry's programme, or else its key, made safe."""
    name = entry.programme if entry.programme_name is None else entry.programme_name
    return "a programme" if name is None else safe(name)


def title(entries: Sequence[Entry]) -> str:
    """The newest title in the entries of an article, made safe."""
    titles = [safe(entry.title) for entry in entries if entry.title is not None]
    return titles[-1] if titles and titles[-1] else "(no title)"


def facts(entry: Entry) -> str:
    """Portal, time of publication and database id of the article of an entry."""
    published = entry.published_at
    when = "no time given" if published is None else f"published {beijing_time(published)} Beijing time"
    return f"{safe(entry.portal)} · {when} · article {entry.article}"


def portal_line(entry: Entry) -> str:
    """An event about a portal as one line, with its reason if there is one."""
    reasons: list[str] = []
    if isinstance(entry.payload, PortalBroken | PortalRecovered | PortalGap):
        reasons = [str(part) for part in (entry.payload.failure_kind, entry.payload.reason) if part]
    return f"{safe(entry.portal)}: {event_text(entry)}" + (f" ({safe(': '.join(reasons))})" if reasons else "")


def summary(has_news: bool, states: Sequence[PortalState]) -> Summary:
    """The summary at the end of a report; `has_news` tells whether the report has entries.

    "Nothing new" is said only when the last crawl of every portal is complete.
    """
    crawled = [state for state in states if state.last_run_at is not None or state.broken_since is not None]
    doubts = [_doubt(state) for state in crawled if not _is_trusted(state)]
    never = [safe(state.portal) for state in states if state not in crawled]
    if not crawled:
        return Summary("No portal has been crawled yet, so nothing can be said of what is new.", ())
    quiet = [_quiet(state) for state in crawled if _is_trusted(state) and state.failure_kind == FailureKind.QUIET]
    items = (*doubts, *quiet, *([f"not crawled yet: {', '.join(never)}"] if never else []))
    return Summary(_incomplete(has_news) if doubts else _complete(has_news, crawled), items)


def _windows(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in windows; entries of one article that follow each other are in one window."""
    window: list[Entry] = []
    for entry in entries:
        # An article's entries of one crawl follow each other; the limit is for a ledger of one article only.
        full = len(window) >= _WINDOW and (entry.article != window[-1].article or len(window) >= 2 * _WINDOW)
        if full:
            yield window
            window = []
        window.append(entry)
    if window:
        yield window


def _gap_length(entry: Entry) -> str:
    """The length of a gap in words; "" for other events, and when it is not known."""
    if not isinstance(entry.payload, PortalGap) or entry.payload.hours is None:
        return ""
    return f" of {hours(entry.payload.hours)}"


def _is_trusted(state: PortalState) -> bool:
    """Whether nothing of a portal can have been missed."""
    return state.complete and state.broken_since is None


def _doubt(state: PortalState) -> str:
    """Why articles of a portal may have been missed."""
    gap = "of unknown length" if state.gap_hours is None else f"of {hours(state.gap_hours)}"
    broken = state.broken_since
    since = "" if broken is None else f", it has not been readable since {beijing_time(broken)} Beijing time"
    # Shortened; the event shows it in full.
    note = "" if state.note is None else f" ({safe(state.note, 100)})"
    return f"{safe(state.portal)}: possible gap {gap}{since}{note}"


def _quiet(state: PortalState) -> str:
    """That a portal shows suspiciously few articles."""
    return f"{safe(state.portal)}: reads well, but shows far fewer articles than at this hour of earlier weeks"


def _complete(has_news: bool, crawled: Sequence[PortalState]) -> str:
    """The headline when nothing can have been missed."""
    oldest = min(state.last_run_at for state in crawled if state.last_run_at is not None)
    begin = "Nothing was missed" if has_news else "Nothing new"
    return f"{begin} as of {beijing_time(oldest)} Beijing time: every list still showed something already known."


def _incomplete(has_news: bool) -> str:
    """The headline when something may have been missed."""
    return "News may have been missed:" if has_news else "No news was seen, but some may have been missed:"
