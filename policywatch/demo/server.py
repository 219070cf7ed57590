"""A small web site on loopback, which shows the pages that are published on it."""

from __future__ import annotations

import socketserver
import threading
from contextlib import AbstractContextManager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from policywatch.demo.pages import NOT_FOUND, Answer, Pages

_LOOPBACK = "127.0.0.1"


class Site(AbstractContextManager["Site"]):
    """A site on a free port of this machine, within a `with` block; OSError when no port is free."""

    def __init__(self) -> None:
        self._server = _Server((_LOOPBACK, 0), _Handler)

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        """Address and port, as its links have them."""
        return f"{_LOOPBACK}:{self._server.server_address[1]}"

    def publish(self, pages: Pages) -> None:
        """Show these pages from now on, and no others."""
        self._server.pages = pages


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pages = Pages({}, NOT_FOUND)

    def server_bind(self) -> None:
        # HTTPServer would look up the name of 127.0.0.1, which takes half a minute on some machines.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _LOOPBACK, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        pages = self.server.pages
        answer = pages.answers.get(self.path, pages.default)
        etag = f'"{sha256(answer.body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == etag:
            self._send(Answer(b"", answer.content_type, 304), etag)
        else:
            self._send(answer, etag)

    def _send(self, answer: Answer, etag: str) -> None:
        self.send_response(answer.status)
        self.send_header("ETag", etag)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: only the tour prints."""
