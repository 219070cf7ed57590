"""Bytes to text: what a page says, whatever charset it claims."""

from __future__ import annotations

import re

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# What Chinese pages declare, and mean. Others (a server's default iso-8859-1) are no better than none.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "ms936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "x-x-big5"), "big5hkscs"),
}
_CHARSET = re.compile(r"(?:charset|\bencoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)
# Bytes at the beginning in which a page declares its charset.
_HEAD = 4096


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a response, whatever its charset claims; with U+FFFD where the bytes fit nothing.

    Line ends are \\n, and NUL is dropped.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(codec, "replace")
            return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    body = _plain_ends(body)
    declared = _declared(body, content_type)
    for codec in ("utf-8", *declared):
        if (strict := _strictly(body, codec)) is not None:
            return strict
    return _repaired(body, next(iter(declared), "utf-8"))


def _plain_ends(body: bytes) -> bytes:
    """The bytes with \\n for each end of a line, and without NUL."""
    # In every encoding without a mark these bytes are these characters. Looking is free, replacing is not.
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return body.replace(b"\0", b"") if b"\0" in body else body


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """The codecs that the header and the page declare, in this order, of those that Chinese pages mean."""
    header = "" if content_type is None else content_type
    labels = (*_CHARSET.findall(header), *_CHARSET.findall(body[:_HEAD].decode("latin-1")))
    codecs = (_CODECS.get(label.lower()) for label in labels)
    return tuple(dict.fromkeys(codec for codec in codecs if codec is not None))


def _strictly(body: bytes, codec: str) -> str | None:
    """The text in a codec that fits every byte; None for another one."""
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _repaired(body: bytes, codec: str) -> str:
    """The text with U+FFFD for bytes that do not fit, in the declared codec unless GB 18030 fits better."""
    text = body.decode(codec, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    # A page with one bad byte keeps its declaration; one that is mostly bad was declared wrongly.
    if _broken(text) * 2 <= beyond_ascii:
        return text
    return min(text, body.decode("gb18030", "replace"), key=_broken)


def _broken(text: str) -> int:
    return text.count("\ufffd")
