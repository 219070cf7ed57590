"""An edit is told with the sentences before and after, as text and as Markdown."""

from __future__ import annotations

from datetime import UTC, datetime

from outputs import markdown, text
from tracking.events import ArticleEdited, Entry

_AT = datetime(2026, 11, 20, 1, tzinfo=UTC)


def edited(*changes: tuple[str, str]) -> Entry:
    return Entry(7, ArticleEdited(changes), _AT, 2, "sina", 1, "a1", 2, None, "题")


def test_a_terminal_shows_both_sentences_and_nothing_that_it_would_obey() -> None:
    lines = list(text.render([edited(("占比\x1b[31m50%。", "占比45%。"), ("", "新句。"), ("旧句。", ""))], []))
    shown = "\n".join(lines)
    assert "was: 占比" in shown
    assert "now: 占比45%。" in shown
    assert "was: (nothing)" in shown
    assert "now: (gone)" in shown
    assert "\x1b" not in shown


def test_markdown_shows_both_sentences_escaped() -> None:
    shown = "\n".join(markdown.render([edited(("<b>50%</b>", "45%"))], []))
    assert "- was: \\<b\\>50%" in shown
    assert "- now: 45%" in shown
