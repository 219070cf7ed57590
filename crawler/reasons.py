"""Why something could not be fetched, in a few words for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.blocks import BLOCKING, sign_of_a_block
from crawler.page import LayoutChanged
from tracking.sightings import Trouble

if TYPE_CHECKING:
    from scrapy.http import Response

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_INNER = re.compile(r"\[<twisted\.python\.failure\.Failure [\w.]+: (.*?)>\]", re.DOTALL)
_ADDRESS = re.compile(r"Getting https?://\S+ (?=took)")


def one_line(text: str, most: int = 200) -> str:
    """Text from outside on one short line, without control characters that a terminal would obey."""
    line = _UNSEEN.sub(" ", text).strip()
    return line if len(line) <= most else line[: most - 1] + "…"


def reason_of(failure: Failure) -> str:
    """What stopped a request, in one line."""
    error = failure.value
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        return one_line(str(error)) or "refused"
    kind = type(error).__name__.removesuffix("Error")
    return one_line(f"{_words(kind)}: {_said(str(error))}".removesuffix(": "))


def trouble_of(failure: Failure) -> Trouble:
    """Of what kind it is that stopped a request."""
    error = failure.value
    named = getattr(error, "trouble", None)
    if isinstance(named, Trouble):
        return named
    if isinstance(error, HttpError):
        return _trouble_of_status(error.response)
    timeout = re.search(r"Timeout|TimedOut", type(error).__name__)
    return Trouble.TIMEOUT if timeout else Trouble.UNREACHABLE


def _trouble_of_status(response: Response) -> Trouble:
    if response.status in (429, 503) and "Retry-After" in response.headers:
        return Trouble.PAUSE
    return Trouble.BLOCKED if response.status in BLOCKING else Trouble.UNREACHABLE


def trouble_with(error: LayoutChanged, response: Response) -> Trouble:
    """Of what kind it is that a page could not be read: it may be one that turns robots away."""
    if error.trouble is not Trouble.WITHHELD and sign_of_a_block(response.body.decode("utf-8", "ignore")):
        return Trouble.BLOCKED
    return error.trouble


def asked(failure: Failure, name: str) -> Any:
    """What a failed request was made for."""
    return failure.request.cb_kwargs[name]  # type: ignore[attr-defined]


def _said(text: str) -> str:
    """What an exception says, without the address, which is named anyway, and without Python's view of it."""
    return _ADDRESS.sub("", _INNER.sub(r"\1", text)).strip()


def _words(name: str) -> str:
    """CamelCase as words: what Twisted and Scrapy call their exceptions says what happened."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
