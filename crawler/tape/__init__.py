"""Crawls in a file: recorded as they happen, and replayed without network."""
