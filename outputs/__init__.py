"""Renders events and articles as text, JSON, Markdown, RSS, OPML and sample files; pure functions."""
