"""Events gathered by article for people to read, and what may honestly be said of silence."""

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

# So many entries are gathered by article at a time: what fits well into memory.
_WINDOW = 1000
_HAPPENED = {
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
    """A stretch of the ledger, gathered by article."""

    #: The entries of each article, in the order of their first ones.
    articles: tuple[tuple[Entry, ...], ...]
    #: The entries about portals.
    portals: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """How far silence can be trusted."""

    #: One sentence about all portals.
    headline: str
    #: A line for each portal of which less can be said.
    items: tuple[str, ...]


def digests(entries: Iterable[Entry]) -> Iterator[Digest]:
    """The entries in stretches of about a thousand, so that any number of them fits in memory."""
    for window in _windows(entries):
        articles: dict[int, list[Entry]] = {}
        portals: list[Entry] = []
        for entry in window:
            (portals if entry.article is None else articles.setdefault(entry.article, [])).append(entry)
        yield Digest(tuple(map(tuple, articles.values())), tuple(portals))


def event_text(entry: Entry) -> str:
    """What an entry says in a few words, without its sentence; names made safe, times in Beijing."""
    version = "" if entry.version is None else f" (version {entry.version})"
    pattern = _HAPPENED.get(entry.kind, f"{entry.kind.value}, {{at}}")
    return pattern.format(
        at=beijing_time(entry.at), version=version, programme=programme_name(entry), hours=_length(entry)
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
    """The programme's name, its key where it has none."""
    name = entry.programme if entry.programme_name is None else entry.programme_name
    return "a programme" if name is None else safe(name)


def title(entries: Sequence[Entry]) -> str:
    """The newest title that an article's entries know, made safe."""
    titles = [safe(entry.title) for entry in entries if entry.title is not None]
    return titles[-1] if titles and titles[-1] else "(no title)"


def facts(entry: Entry) -> str:
    """Portal, time and number of the article an entry speaks of."""
    published = entry.published_at
    when = "no time given" if published is None else f"published {beijing_time(published)} Beijing time"
    return f"{safe(entry.portal)} · {when} · article {entry.article}"


def portal_line(entry: Entry) -> str:
    """One line about a portal's own event, with the reason where the event gives one."""
    why: list[str] = []
    if isinstance(entry.payload, PortalBroken | PortalRecovered | PortalGap):
        why = [str(part) for part in (entry.payload.failure_kind, entry.payload.reason) if part]
    return f"{safe(entry.portal)}: {event_text(entry)}" + (f" ({safe(': '.join(why))})" if why else "")


def summary(has_news: bool, states: Sequence[PortalState]) -> Summary:
    """What may be said at the end of a report, after some news or after none.

    "Nothing new" is claimed only when every portal that was ever crawled still showed something known.
    """
    crawled = [state for state in states if state.last_run_at is not None or state.broken_since is not None]
    doubts = [_doubt(state) for state in crawled if not _is_trusted(state)]
    never = [safe(state.portal) for state in states if state not in crawled]
    if not crawled:
        return Summary("No portal has been crawled yet, so nothing can be said of what is new.", ())
    silent = [_silent(state) for state in crawled if _is_trusted(state) and state.failure_kind == FailureKind.QUIET]
    items = (*doubts, *silent, *([f"not crawled yet: {', '.join(never)}"] if never else []))
    return Summary(_doubtful(has_news) if doubts else _certain(has_news, crawled), items)


def _windows(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in stretches that do not divide what belongs together."""
    window: list[Entry] = []
    for entry in entries:
        # An article's entries of one moment follow each other: a stretch does not end between them.
        full = len(window) >= _WINDOW and (entry.article != window[-1].article or len(window) >= 2 * _WINDOW)
        if full:
            yield window
            window = []
        window.append(entry)
    if window:
        yield window


def _length(entry: Entry) -> str:
    """The length of a gap in words; "" for other events, and when it is not known."""
    if not isinstance(entry.payload, PortalGap) or entry.payload.hours is None:
        return ""
    return f" of {hours(entry.payload.hours)}"


def _is_trusted(state: PortalState) -> bool:
    """Whether a portal's silence means that there is nothing new."""
    return state.complete and state.broken_since is None


def _doubt(state: PortalState) -> str:
    """Why the silence of a portal means nothing."""
    gap = "of unknown length" if state.gap_hours is None else f"of {hours(state.gap_hours)}"
    broken = state.broken_since
    since = "" if broken is None else f", it has not been readable since {beijing_time(broken)} Beijing time"
    # The event of it says it in full.
    note = "" if state.note is None else f" ({safe(state.note, 100)})"
    return f"{safe(state.portal)}: possible gap {gap}{since}{note}"


def _silent(state: PortalState) -> str:
    """That a portal shows suspiciously few articles."""
    return f"{safe(state.portal)}: reads well, but shows far fewer articles than at this hour of earlier weeks"


def _certain(has_news: bool, crawled: Sequence[PortalState]) -> str:
    """What is said when every portal can be trusted."""
    oldest = min(state.last_run_at for state in crawled if state.last_run_at is not None)
    begin = "Nothing was missed" if has_news else "Nothing new"
    return f"{begin} as of {beijing_time(oldest)} Beijing time: every list still showed something already known."


def _doubtful(has_news: bool) -> str:
    """What is said when one cannot."""
    return "News may have been missed:" if has_news else "No news was seen, but some may have been missed:"
