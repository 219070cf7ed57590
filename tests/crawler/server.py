"""A small web on loopback for tests: a site with or without TLS, or a proxy that plays the whole web."""

# ruff: noqa: N815  (names that http.server gave)

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import trustme


@dataclass(frozen=True)
class Answer:
    """One response; Content-Length is set unless `headers` has its own."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """One request that arrived."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    at: float = field(default_factory=time.monotonic)


Route = Answer | Callable[["Handler"], None]


def page(text: str = "page") -> Answer:
    """A small HTML page."""
    return Answer(f"<html><body><p>{text}</p></body></html>".encode(), headers={"Content-Type": "text/html"})


def redirect(to: str, status: int = 302) -> Answer:
    """A redirect to any address at all."""
    return Answer(status=status, headers={"Location": to})


def certificate(authority: trustme.CA, host: str) -> ssl.SSLContext:
    """What a server needs to prove, by this authority, that it is `host`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


class Handler(BaseHTTPRequestHandler):
    """Answers from the routes of its Site; a callable route writes to the connection as it likes."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    # Head and body are two writes: with Nagle's algorithm the second waits 40 ms for the first to be acknowledged.
    disable_nagle_algorithm = True
    server: Any
    rfile: Any
    wfile: Any

    def do_CONNECT(self) -> None:
        site: Site = self.server.site
        host = self.path.rsplit(":", 1)[0]
        site.hits.append(Hit("CONNECT", host, self.path, dict(self.headers)))
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            secure = site.context_of(host).wrap_socket(self.connection, server_side=True)
        except OSError:  # the client does not trust us, which some tests want
            self.close_connection = True
            return
        self.connection, self.rfile, self.wfile = secure, secure.makefile("rb"), secure.makefile("wb", 0)
        self.close_connection = False

    def do_GET(self) -> None:
        site: Site = self.server.site
        parts = urlsplit(self.path)
        host = parts.netloc or self.headers.get("Host", "")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        site.hits.append(Hit(self.command, host, path, dict(self.headers)))
        route = site.routes.get(host + path, site.routes.get(path, Answer(b"nothing here", 404)))
        if isinstance(route, Answer):
            self.answer(route)
        else:
            route(self)

    do_HEAD = do_GET

    def answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients that hang up are what many tests are about


class Site(AbstractContextManager["Site"]):
    """Serves `routes` ("/path", or "host/path" where one server plays several hosts) and records `hits`.

    With `tls` it speaks https. As a proxy it answers absolute URLs; with an `authority` it answers CONNECT
    itself and proves to be whoever was asked for.
    """

    def __init__(
        self,
        routes: Mapping[str, Route] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        authority: trustme.CA | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.hits: list[Hit] = []
        self._authority = authority
        self._server = _Server((address, 0), Handler)
        self._server.site = self
        self.port: int = self._server.server_address[1]
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def context_of(self, host: str) -> ssl.SSLContext:
        if self._authority is None:
            raise OSError("no authority to be somebody else with")
        return certificate(self._authority, host)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The plain http address of a path here, under any host name that resolves to this machine."""
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt"]
