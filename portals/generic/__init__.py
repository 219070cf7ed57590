"""Pages of sites that nobody wrote a portal for, read by general rules."""
