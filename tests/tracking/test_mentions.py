"""Programmes that enter and leave an article, decided without any database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracking.events import MentionDropped, MentionNew
from tracking.mentions import MentionChange, mention_events
from tracking.programmes import Mention

KEYS = st.frozensets(st.sampled_from("abcdef"))


def mention(programme: str, sentence: str = "句。") -> Mention:
    return Mention(programme, 0, 0, 1, "名", sentence)


def test_a_programme_enters_once_with_the_first_sentence_that_names_it() -> None:
    after = [mention("a", "一。"), mention("b", "二。"), mention("a", "三。")]
    assert mention_events(MentionChange(frozenset("b"), after, frozenset("ab"))) == [MentionNew("a", "一。")]


def test_only_a_tracked_programme_can_leave() -> None:
    change = MentionChange(frozenset("abc"), [mention("a")], frozenset("ab"))
    assert mention_events(change) == [MentionDropped("b")]


@given(KEYS, KEYS)
def test_what_was_there_and_the_events_give_what_is_there(before: frozenset[str], after: frozenset[str]) -> None:
    events = mention_events(MentionChange(before, [mention(key) for key in sorted(after)], before | after))
    entered = {event.programme for event in events if isinstance(event, MentionNew)}
    left = {event.programme for event in events if isinstance(event, MentionDropped)}
    assert (before | entered) - left == after
    assert len(events) == len(entered) + len(left)
