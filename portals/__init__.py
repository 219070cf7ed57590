"""Pure reading: bytes of a portal's lists and pages in, listings and articles out; no network, no files, no clock."""
