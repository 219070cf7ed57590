"""The background service: crawls each portal on its schedule, in a process of its own."""
