"""Why something could not be fetched, as one line for people."""

from __future__ import annotations

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure

from crawler.fetch.backoff import HostBackoff
from crawler.fetch.errors import failure_kind_of, reason_of
from crawler.fetch.robots import ForbiddenByRobots
from tracking.observation import FailureKind


class DownloadFailedError(Exception):
    """As Scrapy names it."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (HttpError(Response("https://a.cn/", status=503, request=Request("https://a.cn/"))), "HTTP 503"),
        (IgnoreRequest("Forbidden by robots.txt"), "Forbidden by robots.txt"),
        (IgnoreRequest(), "refused"),
        (DownloadFailedError([Failure(ConnectionLost("gone"))]), "download failed: Connection to the other side"),
        (
            TimeoutError("Getting https://a.cn/x?y took longer than 3.0 seconds."),
            "timeout: took longer than 3.0 seconds.",
        ),
        (ValueError("a\x1b[31m\nb"), "value: a [31m b"),
    ],
)
def test_what_stopped_a_request_is_said_in_a_few_words(error: Exception, reason: str) -> None:
    assert reason_of(Failure(error)).startswith(reason)
    assert "twisted" not in reason_of(Failure(error))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (HttpError(Response("https://a.cn/", status=403)), FailureKind.BLOCKED),
        (HttpError(Response("https://a.cn/", status=503, headers={"Retry-After": "9"})), FailureKind.PAUSE),
        (HttpError(Response("https://a.cn/", status=503)), FailureKind.UNREACHABLE),
        (TimeoutError(), FailureKind.TIMEOUT),
        (ConnectionLost(), FailureKind.UNREACHABLE),
        (ForbiddenByRobots("no"), FailureKind.FORBIDDEN),
        (HostBackoff("later"), FailureKind.PAUSE),
    ],
)
def test_what_stopped_a_request_has_a_kind(error: Exception, kind: FailureKind) -> None:
    assert failure_kind_of(Failure(error)) is kind
