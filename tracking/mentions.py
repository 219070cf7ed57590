"""Which programmes an article newly mentions or no longer mentions, as events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracking.events import MentionDropped, MentionNew, MentionPayload
from tracking.programmes import Mention


@dataclass(frozen=True, slots=True)
class MentionChange:
    """The programmes that an article mentioned before a change, and its mentions after it."""

    #: The keys of the programmes that the previous version mentioned; empty for a new article.
    before: frozenset[str]
    #: The mentions in the new version, in reading order.
    after: Sequence[Mention]
    #: The keys of the programmes that are tracked today.
    tracked: frozenset[str]


def mention_events(mentions: MentionChange) -> list[MentionPayload]:
    """New mentions in reading order, one for each programme, then dropped mentions in the order of keys.

    A programme that is no longer tracked makes no event: the portal did not remove the mention.
    """
    first: dict[str, Mention] = {}
    for mention in mentions.after:
        first.setdefault(mention.programme, mention)
    new = [MentionNew(m.programme, m.sentence) for m in first.values() if m.programme not in mentions.before]
    dropped = [MentionDropped(key) for key in sorted((mentions.before & mentions.tracked) - first.keys())]
    return [*new, *dropped]
