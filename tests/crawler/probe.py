"""The inside of worker.py: a spider that fetches what it is told, under our settings and with its own DNS."""

# ruff: noqa: N802, N803  (names that Twisted gave)

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psutil
import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.reactor import install_reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.task import react
from twisted.internet.threads import deferToThread
from zope.interface import implementer

from crawler.fetch.guard import Refused
from crawler.fetch.settings import FetchRules, scrapy_settings


@implementer(IHostnameResolver)
class Names:
    """The DNS of a job; other names go to the system, which reads addresses in every spelling."""

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]], system: Any) -> None:
        self._answers = {name: list(answers) for name, answers in names.items()}
        self._system = system
        self.lookups: list[str] = []

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *rest: Any) -> Any:
        self.lookups.append(hostName)
        if hostName not in self._answers:
            return self._system.resolveHostName(receiver, hostName, portNumber, *rest)
        answers = self._answers[hostName]
        receiver.resolutionBegan(self)
        for found in answers.pop(0) if len(answers) > 1 else answers[-1]:
            kind = IPv6Address if ":" in found else IPv4Address
            receiver.addressResolved(kind("TCP", found, portNumber))
        receiver.resolutionComplete()
        return self


class Probe(scrapy.Spider):
    """Notes what becomes of each of its `urls`."""

    name = "probe"
    urls: Sequence[str]
    hosts: Sequence[str]
    pages: dict[str, Any]
    errors: dict[str, Any]

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.urls:
            yield scrapy.Request(url, self.page, errback=self.failed, cb_kwargs={"asked": url})

    def page(self, response: Any, asked: str) -> None:
        self.pages[asked] = {
            "url": response.url,
            "length": len(response.body),
            "start": response.body[:200].decode("latin-1"),
            "ip": str(response.ip_address),
            "listening": [c.laddr.port for c in psutil.Process().net_connections("inet") if c.status == "LISTEN"],
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


async def _crawl(job: Mapping[str, Any], notes: Mapping[str, Any]) -> None:
    rules = FetchRules(**{"delay": 0, "timeout": 5, **job["rules"]})
    with _environment(job["env"]):
        runner = AsyncCrawlerRunner(scrapy_settings(rules) | job["settings"])
        crawl = runner.crawl(Probe, urls=job["urls"], hosts=tuple(job["hosts"]), **notes)
        await Deferred.fromFuture(asyncio.ensure_future(crawl))


async def _outcome(job: Mapping[str, Any], reactor: Any, system: Any) -> dict[str, Any]:
    names, began = Names(job["names"], system), time.monotonic()
    reactor.installNameResolver(names)
    notes: dict[str, Any] = {"pages": {}, "errors": {}}
    await _crawl(job, notes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return notes | {"lookups": names.lookups, "seconds": time.monotonic() - began, "peak_bytes": peak}


async def _serve(reactor: Any) -> None:
    system = reactor.nameResolver
    while line := await deferToThread(sys.stdin.readline):
        sys.stdout.write(json.dumps(await _outcome(json.loads(line), reactor, system)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    react(lambda reactor: Deferred.fromCoroutine(_serve(reactor)))
