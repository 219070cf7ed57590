"""What several portals share: a module per publishing system, and one of small readers."""
