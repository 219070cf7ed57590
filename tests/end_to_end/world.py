"""A small sina on loopback, behind a proxy that proves to be every host: the whole tool is run against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from types import TracebackType

import trustme

from tests.crawler.server import Answer, Handler, Route, Site

HOST = "finance.sina.com.cn"
ROLL = "feed.mix.sina.com.cn/api/roll/get?pageid=155&lid={lid}&k=&num=50&page={page}"
LIDS = (1686, 1687, 1690, 1688, 1689)
BEGIN = datetime(2026, 11, 20, 0, tzinfo=UTC)


@dataclass(frozen=True)
class DemoArticle:
    """One article of the world; `quote` is a live price, which no reader takes for text."""

    number: int
    text: str
    quote: str = "(12.30, 0.1, 0.8%)"
    status: int = 200

    @property
    def key(self) -> str:
        return f"kmxzfmm{self.number:07d}"

    @property
    def path(self) -> str:
        return f"/china/2026-11-20/doc-i{self.key}.shtml"

    @property
    def at(self) -> datetime:
        return BEGIN + timedelta(minutes=self.number)

    def html(self) -> bytes:
        local = self.at + timedelta(hours=8)
        paragraphs = "".join(f'<p cms-style="font-L">　　{line}</p>\n' for line in self.text.split("\n"))
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>第{self.number}篇_新浪财经</title>
<meta name="weibo: article:create_at" content="{local:%Y-%m-%d %H:%M:%S}"></head><body>
<h1 class="main-title">第{self.number}篇：数字经济</h1>
<div class="date-source"><span class="date">{local:%Y年%m月%d日 %H:%M}</span><span class="source">演示社</span></div>
<div class="article" id="artibody">
{paragraphs}<p>相关公司<span id="stock_sz1"><a href="https://{HOST}/sz1">某机器人</a></span>\
<span id="quote_sz1">{self.quote}</span>未作回应。</p>
<p class="article-editor">责任编辑：某某</p></div></body></html>""".encode()


class World(AbstractContextManager["World"]):
    """The articles and the folder in which the command line works; `publish` makes changes visible."""

    def __init__(self, folder: Path, *, delay: float = 0) -> None:
        self.folder, self._delay = folder, delay
        self.pieces: dict[int, DemoArticle] = {}
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        self._authority = authority
        self.site = Site(authority=authority)
        self._contexts = {}
        issue = self.site.context_of
        self.site.context_of = lambda host: self._contexts.get(host) or self._contexts.setdefault(host, issue(host))  # type: ignore[method-assign]

    def __enter__(self) -> World:
        self.site.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.site.__exit__(kind, error, trace)

    # --- the world ---

    def publish(self, *pieces: DemoArticle) -> None:
        self.pieces |= {piece.number: piece for piece in pieces}
        routes: dict[str, Route] = {}
        for piece in self.pieces.values():
            routes[HOST + piece.path] = self._page(piece)
        rows = [self._row(piece) for piece in sorted(self.pieces.values(), key=lambda p: -p.number)]
        for lid in LIDS:
            for page in range(1, len(rows) // 50 + 3):
                routes[ROLL.format(lid=lid, page=page)] = self._list(rows[(page - 1) * 50 : page * 50])
        self.site.routes = routes

    def edit(self, number: int, **changes: object) -> None:
        self.publish(replace(self.pieces[number], **changes))  # type: ignore[arg-type]

    def _row(self, piece: DemoArticle) -> dict[str, str]:
        ctime = str(int(piece.at.timestamp()))
        return {
            "url": f"https://{HOST}{piece.path}",
            "title": f"第{piece.number}篇：数字经济",
            "ctime": ctime,
        }

    def _list(self, rows: list[dict[str, str]]) -> Answer:
        data = {"result": {"status": {"code": 0, "msg": "succ"}, "data": rows}}
        return Answer(json.dumps(data).encode(), headers={"Content-Type": "application/json"})

    def _page(self, piece: DemoArticle) -> Route:
        body = piece.html()
        etag = f'"{sha1(body, usedforsecurity=False).hexdigest()[:12]}"'

        def answer(handler: Handler) -> None:
            time.sleep(self._delay)
            if piece.status != 200:
                handler.answer(Answer(b"<html><body>404</body></html>", piece.status))
            elif handler.headers.get("If-None-Match") == etag:
                handler.answer(Answer(status=304, headers={"ETag": etag}))
            else:
                handler.answer(Answer(body, headers={"Content-Type": "text/html; charset=utf-8", "ETag": etag}))

        return answer

    # --- the tool ---

    @property
    def address(self) -> str:
        return f"sqlite:///{self.folder}/world.sqlite"

    def environment(self) -> dict[str, str]:
        proxy = f"http://127.0.0.1:{self.site.port}"
        ours = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        return ours | {
            "http_proxy": proxy,
            "https_proxy": proxy,
            "SSL_CERT_FILE": str(self.folder / "ca.pem"),
            "POLICYWATCH_DATABASE_URL": self.address,
            "POLICYWATCH_CRAWLER__DELAY": "0",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "policywatch", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment(), cwd=self.folder, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def new(self, reader: str = "test") -> list[dict[str, object]]:
        """What `policywatch new` tells a reader, as objects."""
        done = self.run("new", "--format", "json", "--all", "--as", reader)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def downloads(self) -> list[str]:
        """The article pages that were asked for without saying what we have."""
        return [
            hit.path for hit in self.site.hits if hit.path.endswith(".shtml") and "If-None-Match" not in hit.headers
        ]
