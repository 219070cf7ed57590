"""Pure renderings: events and versions in, text out."""
