"""A portal on loopback for benchmarks: list pages and 60 KB article pages in sina's markup, served by one process."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import ClassVar

PAGE_BYTES = 60_000
ROWS = 50
_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_SENTENCES = (
    "数字人民币试点在本市新增了{n}个场景，商户可以在线申请开通。",
    "全市数字经济增加值比上一年增长{n}%，主要来自软件和信息服务业。",
    "记者了解到，第{n}批重点项目已经完成备案，计划在年内陆续开工建设。",
    "有关负责人表示，将继续完善数据基础设施，降低企业的使用成本。",
    "与会专家认为，标准的制定应当兼顾安全与发展，并留出调整的余地。",
    '<span id="stock_sz{n}"><a href="https://finance.sina.com.cn/x/{n}" class="keyword">机器人</a></span>'
    '<span id="quote_sz{n}">(12.34, 0.5, 4.2%)</span>产业链的订单有所回升。',
)


def article(number: int) -> bytes:
    """One article page, a little over 60 KB, every one with a text of its own."""
    paragraphs = "\n".join(
        f'<p cms-style="font-L">　　{_SENTENCES[(number + i) % len(_SENTENCES)].format(n=number % 97 + i)}'
        f"{_SENTENCES[(number * 7 + i * 3) % 5].format(n=i + number)}</p>"
        for i in range(40)
    )
    at = _BEGIN - timedelta(minutes=number)
    page = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>第{number}号消息_新浪财经</title>
<meta name="weibo: article:create_at" content="{at + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"></head><body>
<h1 class="main-title">第{number}号消息：数字经济项目进展</h1>
<div class="date-source"><span class="date">{at + timedelta(hours=8):%Y年%m月%d日 %H:%M}</span>
<span class="source">新浪财经</span></div><div class="article" id="artibody">{paragraphs}
<p class="article-editor">责任编辑：某某</p></div>""".encode()
    # Around the text as on the real pages: about twenty tags in a thousand bytes.
    filler = """<li><a href="https://finance.sina.com.cn/roll/2026-11-01/doc-iaaaaaaa0000000.shtml" target="_blank">\
别处的一条新闻标题，与本文没有关系</a><span class="time">11月01日</span></li>
<script>push({"slot": "right-side", "n": 1});</script>
""".encode()
    rest = PAGE_BYTES - len(page)
    return page + filler * (rest // len(filler) + 1) + b"</body></html>"


def listing(first: int, total: int, origin: str) -> bytes:
    """One page of the roll API's list."""
    rows = [
        {
            "url": f"{origin}/china/2026-11-01/doc-ibench{number:07d}.shtml",
            "title": f"第{number}号消息：数字经济项目进展",
            "ctime": str(int((_BEGIN - timedelta(minutes=number)).timestamp())),
        }
        for number in range(first, min(first + ROWS, total))
    ]
    return json.dumps({"result": {"status": {"code": 0}, "data": rows}}).encode()


class _Portal(asyncio.Protocol):
    total = 0
    pages: ClassVar[dict[int, bytes]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.split(b" ", 2)[1].decode()))  # type: ignore[attr-defined]

    def _answer(self, path: str) -> bytes:
        if path == "/robots.txt":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if path.startswith("/list/"):
            port = self._transport.get_extra_info("sockname")[1]
            first = (int(path.removeprefix("/list/")) - 1) * ROWS
            return _ok(listing(first, self.total, f"http://127.0.0.1:{port}"), b"application/json")
        number = int(path[-13:-6])
        if number not in self.pages:
            self.pages[number] = article(number)
        return _ok(self.pages[number], b"text/html; charset=utf-8")


def _ok(body: bytes, kind: bytes) -> bytes:
    head = b'HTTP/1.1 200 OK\r\nContent-Type: %s\r\nETag: "%d"\r\nContent-Length: %d\r\n\r\n'
    return head % (kind, len(body), len(body)) + body


async def _serve(total: int) -> None:
    _Portal.total = total
    _Portal.pages = {number: article(number) for number in range(total)}
    server = await asyncio.get_running_loop().create_server(_Portal, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
