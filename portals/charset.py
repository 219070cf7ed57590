"""Decodes the bytes of a response, even where the declared charset is wrong."""

from __future__ import annotations

import re

# Byte order marks, and their codecs.
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Declared charsets, and the codecs to use: GB 18030 contains GBK and GB 2312. Other declarations, such as iso-8859-1,
# are usually a server's default and ignored.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "ms936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "x-x-big5"), "big5hkscs"),
}
_CHARSET = re.compile(r"(?:charset|\bencoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)
# Bytes at the beginning of a page that are searched for a declaration.
_HEAD = 4096


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a response, with U+FFFD for bytes that cannot be decoded.

    Line ends are \\n, and NUL is removed. `content_type` is the header; None without one.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(codec, "replace")
            return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    body = _normalised_line_ends(body)
    declared = _declared(body, content_type)
    for codec in ("utf-8", *declared):
        if (strict := _strictly(body, codec)) is not None:
            return strict
    return _repaired(body, next(iter(declared), "utf-8"))


def _normalised_line_ends(body: bytes) -> bytes:
    """The bytes with \\n for each line end, and without NUL."""
    # In all codecs except UTF-16, which has a byte order mark, these bytes are these characters. Searching is much
    # faster than replacing.
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return body.replace(b"\0", b"") if b"\0" in body else body


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """The known codecs that the header and the page declare, in this order."""
    header = "" if content_type is None else content_type
    labels = (*_CHARSET.findall(header), *_CHARSET.findall(body[:_HEAD].decode("latin-1")))
    codecs = (_CODECS.get(label.lower()) for label in labels)
    return tuple(dict.fromkeys(codec for codec in codecs if codec is not None))


def _strictly(body: bytes, codec: str) -> str | None:
    """The text, when every byte can be decoded by this codec; otherwise None."""
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _repaired(body: bytes, codec: str) -> str:
    """The text with U+FFFD for invalid bytes, by the declared codec unless GB 18030 decodes more of them."""
    text = body.decode(codec, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    # A few invalid bytes do not make a declaration wrong; many do.
    if _invalid(text) * 2 <= beyond_ascii:
        return text
    return min(text, body.decode("gb18030", "replace"), key=_invalid)


def _invalid(text: str) -> int:
    return text.count("\ufffd")
