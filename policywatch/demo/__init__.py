"""The tour: two small portals on this machine and their three days."""
