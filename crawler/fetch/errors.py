"""Errors of requests, as they are shown and stored: the reason in one line, and its failure kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from portals.blocks import BLOCKING_STATUSES, block_sign
from portals.page import LayoutChanged
from tracking.observation import FailureKind
from tracking.text import one_line

if TYPE_CHECKING:
    from scrapy.http import Response

# The repr of an exception inside another one, as Twisted writes it; its message is all that people need.
_INNER = re.compile(r"\[<twisted\.python\.failure\.Failure [\w.]+: (.*?)>\]", re.DOTALL)
# The address in the message of a timeout; it is named before the message anyway.
_ADDRESS = re.compile(r"Getting https?://\S+ (?=took)")


def reason_of(failure: Failure) -> str:
    """What stopped a request, in one line."""
    error = failure.value
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        return one_line(str(error)) or "refused"
    kind = type(error).__name__.removesuffix("Error")
    return one_line(f"{_words(kind)}: {_without_noise(str(error))}".removesuffix(": "))


def failure_kind_of(failure: Failure) -> FailureKind:
    """The kind of what stopped a request."""
    error = failure.value
    named = getattr(error, "failure_kind", None)
    if isinstance(named, FailureKind):
        return named
    if isinstance(error, HttpError):
        return _kind_of_status(error.response)
    timeout = re.search(r"Timeout|TimedOut", type(error).__name__)
    return FailureKind.TIMEOUT if timeout else FailureKind.UNREACHABLE


def _kind_of_status(response: Response) -> FailureKind:
    if response.status in (429, 503) and "Retry-After" in response.headers:
        return FailureKind.PAUSE
    return FailureKind.BLOCKED if response.status in BLOCKING_STATUSES else FailureKind.UNREACHABLE


def failure_kind_with(error: LayoutChanged, response: Response) -> FailureKind:
    """The failure kind of a page that cannot be read; BLOCKED when it looks like a page that turns robots away."""
    if error.failure_kind is not FailureKind.WITHHELD and block_sign(response.body.decode("utf-8", "ignore")):
        return FailureKind.BLOCKED
    return error.failure_kind


def _without_noise(text: str) -> str:
    """The message of an exception without the address and without the repr around inner exceptions."""
    return _ADDRESS.sub("", _INNER.sub(r"\1", text)).strip()


def _words(name: str) -> str:
    """A name in CamelCase as words in lower case: the names of exceptions say what happened."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
