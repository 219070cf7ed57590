"""The one way out: the guard that every fetch passes, middlewares, settings, and what can go wrong."""
