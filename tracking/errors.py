"""The root of the project's errors; `policywatch/errors.py` shows the whole tree."""

from __future__ import annotations


class PolicywatchError(Exception):
    """Something that policywatch expects to go wrong now and then; as a text it is one line for people."""
