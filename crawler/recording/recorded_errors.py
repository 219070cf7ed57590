"""Requests that got no response: how a recording stores the error, and the exception that a replay raises."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from twisted.python.failure import Failure

from crawler.fetch.errors import failure_kind_of
from tracking.observation import FailureKind

#: The content type of the WARC metadata record, in JSON, that is written instead of a response.
CONTENT_TYPE = "application/vnd.policywatch.recorded-error+json"
#: The same in recordings of earlier versions, where the failure kind has another name. It is read, never written.
FORMER_CONTENT_TYPE = "application/vnd.policywatch.mishap+json"
#: By content type: the JSON key that holds the failure kind.
_FAILURE_KIND_KEYS = {CONTENT_TYPE: "failure_kind", FORMER_CONTENT_TYPE: "trouble"}

# The name becomes the name of a class, and part of a message: only letters, and a limit that real names never reach.
_CLASS_NAME = re.compile(r"[A-Za-z_]{1,60}", re.ASCII)
# Characters of a message. Some exceptions quote whole pages; a reason is one line.
_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class RecordedError:
    """An exception that ended a request, with everything that decides how Scrapy and the spider treat it.

    The fields have the names of the JSON keys in a recording, which cannot change.
    """

    #: The name of the exception's class, such as "DownloadTimeoutError"; ASCII letters and underscores.
    kind: str
    #: The exception's message; may be empty, may hold several lines.
    words: str
    #: How the failure is counted and shown.
    failure_kind: FailureKind
    #: Whether it is an IgnoreRequest: we did not send the request.
    ignored: bool = False
    #: Whether Scrapy tries the request again after it.
    again: bool = False

    def as_json(self) -> bytes:
        """The block of a metadata record of CONTENT_TYPE, in UTF-8."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    def exception(self) -> Exception:
        """A new exception with the same class name and message, which Scrapy and a spider treat like the first one."""
        base = _ReplayedRefusal if self.ignored else _ReplayedTemporaryError if self.again else _ReplayedError
        # Reasons for people are made from the name of the class, so it needs a class of that name.
        named: type[_ReplayedError] = type(self.kind, (base,), {})
        return named(self.words, self.failure_kind)


def recorded_error_of(error: Exception, retried: tuple[type[Exception], ...]) -> RecordedError:
    """What is to be recorded of an exception; `retried` are the classes after which Scrapy tries again."""
    return RecordedError(
        kind=type(error).__name__,
        words=str(error)[:_LONGEST_MESSAGE],
        failure_kind=failure_kind_of(Failure(error)),  # type: ignore[no-untyped-call]
        ignored=isinstance(error, IgnoreRequest),
        again=isinstance(error, retried),
    )


def is_recorded_error(content_type: str) -> bool:
    """Whether metadata records of this content type hold recorded errors."""
    return content_type in _FAILURE_KIND_KEYS


def read_recorded_error(content_type: str, block: bytes) -> RecordedError:
    """The recorded error in a metadata record, of the present content type or the former one.

    ValueError when the record holds none: another content type, no JSON, a missing key, a value that cannot be.
    """
    try:
        values = json.loads(block)
        failure_kind = FailureKind(values[_FAILURE_KIND_KEYS[content_type]])
        kind, words = _class_name(values["kind"]), _message(values["words"])
        return RecordedError(kind, words, failure_kind, values["ignored"], values["again"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a recorded error") from error


def _class_name(value: Any) -> str:
    """The value, if a class can have that name; ValueError if not."""
    if not isinstance(value, str) or not _CLASS_NAME.fullmatch(value):
        raise ValueError("not the name of an exception")
    return value


def _message(value: Any) -> str:
    """The value, if it is a text; ValueError if not."""
    if not isinstance(value, str):
        raise ValueError("not the message of an exception")
    return value


class _ReplayedError(Exception):
    """An exception that Scrapy does not retry. `failure_kind` is what `failure_kind_of` looks for."""

    def __init__(self, words: str, failure_kind: FailureKind) -> None:
        super().__init__(words)
        self.failure_kind = failure_kind

    def __str__(self) -> str:
        return str(self.args[0])


class _ReplayedTemporaryError(_ReplayedError, DownloadFailedError):
    """An exception that Scrapy retries: DownloadFailedError is in its setting RETRY_EXCEPTIONS."""


class _ReplayedRefusal(_ReplayedError, IgnoreRequest):
    """A request that we refused ourselves."""
