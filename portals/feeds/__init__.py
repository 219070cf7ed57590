"""Portals that users configure without code: feeds and sitemaps, and the pages that they link to."""
