"""The root of the project's errors; `policywatch/errors.py` shows the whole tree."""

from __future__ import annotations


class PolicywatchError(Exception):
    """An error that policywatch expects to happen; `str()` of it is one line for people."""
