"""Events gathered by article for people to read, and what may honestly be said of silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outputs.plain import beijing_time, hours, safe
from tracking.events import Entry, Kind, PortalState
from tracking.sightings import Trouble

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
_MENTIONS = (Kind.MENTION_NEW, Kind.MENTION_DROPPED)


@dataclass(frozen=True, slots=True)
class Digest:
    """A stretch of the ledger: the entries of each article, in order of the first, and those of portals."""

    articles: tuple[tuple[Entry, ...], ...]
    portals: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far silence can be trusted: one sentence, and the portals where it cannot."""

    headline: str
    items: tuple[str, ...]


def digests(entries: Iterable[Entry]) -> Iterator[Digest]:
    """The entries in stretches of about a thousand, so that any number of them fits in memory."""
    for window in _windows(entries):
        articles: dict[int, list[Entry]] = {}
        portals: list[Entry] = []
        for entry in window:
            (portals if entry.article is None else articles.setdefault(entry.article, [])).append(entry)
        yield Digest(tuple(map(tuple, articles.values())), tuple(portals))


def happened(entry: Entry) -> str:
    """What an entry says in a few words, without its sentence; names made safe, times in Beijing."""
    version = "" if entry.version is None else f" (version {entry.version})"
    pattern = _HAPPENED.get(entry.kind, f"{entry.kind.value}, {{at}}")
    return pattern.format(
        at=beijing_time(entry.at), version=version, programme=programme_name(entry), hours=_length(entry)
    )


def changes(entry: Entry) -> list[tuple[str, str]]:
    """What an edit changed, as (before, after), made safe; nothing for an entry that does not say."""
    return [(safe(before), safe(after)) for before, after in entry.detail.get("changes", ())]


def is_mention(entry: Entry) -> bool:
    """Whether an entry is about a programme that entered or left an article."""
    return entry.kind in _MENTIONS


def programme_name(entry: Entry) -> str:
    """The programme's name, its key where it has none."""
    name = entry.programme if entry.programme_name is None else entry.programme_name
    return "a programme" if name is None else safe(name)


def title(told: Sequence[Entry]) -> str:
    """The newest title that an article's entries know, made safe."""
    titles = [safe(entry.title) for entry in told if entry.title is not None]
    return titles[-1] if titles and titles[-1] else "(no title)"


def facts(entry: Entry) -> str:
    """Portal, time and number of the article an entry speaks of."""
    published = entry.published_at
    when = "no time given" if published is None else f"published {beijing_time(published)} Beijing time"
    return f"{safe(entry.portal)} · {when} · article {entry.article}"


def portal_line(entry: Entry) -> str:
    """One line about a portal's own event, with the reason where the event gives one."""
    told = [str(part) for part in (entry.detail.get("trouble"), entry.detail.get("reason")) if part]
    return f"{safe(entry.portal)}: {happened(entry)}" + (f" ({safe(': '.join(told))})" if told else "")


def verdict(told: bool, states: Sequence[PortalState]) -> Verdict:
    """What may be said at the end of a telling, after some news or after none.

    "Nothing new" is claimed only when every portal that was ever looked at still showed something known.
    """
    looked = [state for state in states if state.last_run_at is not None or state.broken_since is not None]
    doubts = [_doubt(state) for state in looked if not _is_trusted(state)]
    never = [safe(state.portal) for state in states if state not in looked]
    if not looked:
        return Verdict("No portal has been crawled yet, so nothing can be said of what is new.", ())
    silent = [_silent(state) for state in looked if _is_trusted(state) and state.trouble == Trouble.QUIET]
    items = (*doubts, *silent, *([f"not crawled yet: {', '.join(never)}"] if never else []))
    return Verdict(_doubtful(told) if doubts else _certain(told, looked), items)


def _windows(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
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
    number = entry.detail.get("hours")
    return f" of {hours(number)}" if isinstance(number, int | float) else ""


def _is_trusted(state: PortalState) -> bool:
    return state.certified and state.broken_since is None


def _doubt(state: PortalState) -> str:
    gap = "of unknown length" if state.gap_hours is None else f"of {hours(state.gap_hours)}"
    broken = state.broken_since
    since = "" if broken is None else f", it has not been readable since {beijing_time(broken)} Beijing time"
    # It was told in full with the event.
    note = "" if state.note is None else f" ({safe(state.note, 100)})"
    return f"{safe(state.portal)}: possible gap {gap}{since}{note}"


def _silent(state: PortalState) -> str:
    return f"{safe(state.portal)}: reads well, but shows far fewer articles than at this hour of earlier weeks"


def _certain(told: bool, looked: Sequence[PortalState]) -> str:
    oldest = min(state.last_run_at for state in looked if state.last_run_at is not None)
    begin = "Nothing was missed" if told else "Nothing new"
    return f"{begin} as of {beijing_time(oldest)} Beijing time: every list still showed something already known."


def _doubtful(told: bool) -> str:
    return "News may have been missed:" if told else "No news was seen, but some may have been missed:"
