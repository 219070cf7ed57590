"""Reads the bytes of a portal's lists and pages as listings and articles; no network, no files, no clock."""
