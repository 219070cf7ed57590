"""Crawls in a process of its own, as the reactor runs only once: jobs in, outcomes out, one JSON object a line."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
# What the surrounding machine says about proxies and certificates is no part of a test.
AMBIENT = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file", "ssl_cert_dir")


@dataclass(frozen=True)
class Job:
    """One crawl. `names` is the DNS: for each host the answers of its first, second … look-up; the last one stays."""

    urls: Sequence[str]
    hosts: Sequence[str]
    rules: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of a crawl: `pages` and `errors` by the address that was asked for, and the names looked up."""

    pages: Mapping[str, Mapping[str, Any]]
    errors: Mapping[str, Mapping[str, Any]]
    lookups: Sequence[str]
    seconds: float
    peak_bytes: int


class Worker(AbstractContextManager["Worker"]):
    """The process, from outside."""

    def __enter__(self) -> Worker:
        clean = {name: value for name, value in os.environ.items() if name.lower() not in AMBIENT}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean | {"PYTHONPATH": str(ROOT)},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def crawl(self, job: Job) -> Outcome:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(vars(job)), file=self._process.stdin, flush=True)
        return Outcome(**json.loads(self._process.stdout.readline()))


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        for name in changes:
            del os.environ[name]
        os.environ.update(before)


def main() -> None:
    import scrapy
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import address, reactor, task
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IHostnameResolver
    from twisted.internet.threads import deferToThread
    from zope.interface import implementer

    from crawler.guard import Refused
    from crawler.settings import FetchRules, scrapy_settings

    real = reactor.nameResolver

    @implementer(IHostnameResolver)
    class Names:
        """The DNS of a job; what is no name of it goes to the system, which reads addresses in every spelling."""

        def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
            self._answers = {name: list(answers) for name, answers in names.items()}
            self.lookups: list[str] = []

        def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *rest: Any) -> Any:
            self.lookups.append(hostName)
            if hostName not in self._answers:
                return real.resolveHostName(receiver, hostName, portNumber, *rest)
            answers = self._answers[hostName]
            receiver.resolutionBegan(self)
            for found in answers.pop(0) if len(answers) > 1 else answers[-1]:
                kind = address.IPv6Address if ":" in found else address.IPv4Address
                receiver.addressResolved(kind("TCP", found, portNumber))
            receiver.resolutionComplete()
            return self

    class Probe(scrapy.Spider):
        name = "probe"
        hosts: Sequence[str]
        pages: dict[str, Any]
        errors: dict[str, Any]

        async def start(self) -> AsyncIterator[scrapy.Request]:
            for url in self.urls:
                yield scrapy.Request(
                    url, self.page, errback=self.failed, dont_filter=True, cb_kwargs={"asked": url}
                )

        def page(self, response: Any, asked: str) -> None:
            self.pages[asked] = {
                "url": response.url,
                "length": len(response.body),
                "start": response.body[:200].decode("latin-1"),
                "ip": str(response.ip_address),
            }

        def failed(self, failure: Any) -> None:
            error = failure.value
            self.errors[failure.request.cb_kwargs["asked"]] = {
                "url": failure.request.url,
                "type": type(error).__name__,
                "text": str(error),
                "status": getattr(getattr(error, "response", None), "status", None),
                "refused": isinstance(error, Refused),
                "host": getattr(error, "host", None),
                "address": getattr(error, "address", None),
            }

    async def run(job: dict[str, Any]) -> dict[str, Any]:
        names = Names(job["names"])
        reactor.installNameResolver(names)
        outcome: dict[str, Any] = {"pages": {}, "errors": {}}
        rules = FetchRules(**{"delay": 0, "timeout": 5, **job["rules"]})
        began = time.monotonic()
        with _environment(job["env"]):
            runner = AsyncCrawlerRunner(scrapy_settings(rules) | job["settings"])
            await Deferred.fromFuture(
                asyncio.ensure_future(
                    runner.crawl(Probe, urls=job["urls"], hosts=tuple(job["hosts"]), **outcome)
                )
            )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        seconds = time.monotonic() - began
        return outcome | {"lookups": names.lookups, "seconds": seconds, "peak_bytes": peak}

    async def serve() -> None:
        while line := await deferToThread(sys.stdin.readline):
            print(json.dumps(await run(json.loads(line))), flush=True)

    socket.setdefaulttimeout(10)
    task.react(lambda _: Deferred.fromCoroutine(serve()))


if __name__ == "__main__":
    main()
