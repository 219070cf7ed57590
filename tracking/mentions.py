"""Which mentions entered an article and which left it, as events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracking.events import MentionDropped, MentionNew, MentionPayload
from tracking.programmes import Mention


@dataclass(frozen=True, slots=True)
class MentionChange:
    """The programmes in an article before and after a change."""

    #: The keys of the programmes that the version before mentioned; empty for a new article.
    before: frozenset[str]
    #: The mentions in the new version, in reading order; empty when there is none.
    after: Sequence[Mention]
    #: The keys of the programmes that are tracked today.
    tracked: frozenset[str]


def mention_events(mentions: MentionChange) -> list[MentionPayload]:
    """The programmes that entered, by their first mention, then those that left, by their keys.

    A programme that is no longer tracked cannot leave an article: that would be our doing, not the portal's.
    """
    first: dict[str, Mention] = {}
    for mention in mentions.after:
        first.setdefault(mention.programme, mention)
    entered = [MentionNew(m.programme, m.sentence) for m in first.values() if m.programme not in mentions.before]
    left = [MentionDropped(key) for key in sorted((mentions.before & mentions.tracked) - first.keys())]
    return [*entered, *left]
