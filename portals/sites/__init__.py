"""The shipped portals, one module each."""
