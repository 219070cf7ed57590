"""What several portals share: one module per publishing system."""
