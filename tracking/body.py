"""The body of an article: serialised for storing, and read as a person reads it.

Two forms come from the same element of a page: `serialise` keeps its HTML in the form of the samples, `paragraphs`
gives the text that a reader sees in that HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracking.text import clean


@dataclass(frozen=True, slots=True)
class Rules:
    """Which parts of a portal's article bodies are not text of the article."""

    #: CSS selectors of elements that are removed with all inside them: related news, adverts.
    drop: tuple[str, ...] = ()
    #: Patterns that are matched against whole paragraphs, which are then left out: an editor line, a disclaimer.
    skip: tuple[re.Pattern[str], ...] = ()
    #: CSS selectors of elements whose text is left out, but that make an article without text valid: a video player.
    players: tuple[str, ...] = ()


def paragraphs(body_html: str, rules: Rules) -> tuple[str, ...]:
    """The visible paragraphs of a body, each cleaned and not empty.

    A row of a table is one paragraph. What the rules drop or skip is left out.
    """
    pieces = _text_with_breaks(_visible_html(body_html, rules)).split(_BREAK)
    cleaned = (clean(piece) for piece in pieces if not piece.isspace())
    return tuple(text for text in cleaned if text and not any(pattern.fullmatch(text) for pattern in rules.skip))


def shows_something(body_html: str, rules: Rules) -> bool:
    """Whether a body without text shows a picture or a player that is the article's own."""
    tree = _parsed(body_html)
    if rules.players and tree.css_first(",".join(rules.players)) is not None:
        return True
    _drop_invisible(tree, rules)
    return tree.css_first("img[src]") is not None


def first_image(body_html: str, base_url: str | None) -> str | None:
    """The absolute http(s) address of the first picture; None when no picture has one.

    Pictures inside comments do not count.
    """
    if "<img" not in body_html.lower():
        return None
    base = "" if base_url is None else base_url
    sources = (image.attributes.get("src") for image in _parsed(body_html).css("img"))
    addresses = (_joined(source, base) for source in sources if source)
    return next((address for address in addresses if _HTTP_ADDRESS.match(address)), None)


def serialise(node: LexborNode, base_url: str) -> str:
    """The inner HTML of a container as the sample format writes it: without scripts, with absolute addresses.

    Leading white space is removed, an empty attribute is its name only, and the last attribute of each picture is
    referrerpolicy="no-referrer".
    """
    return _MARKUP.sub(partial(_rewritten, base_url=base_url), _without_scripts(node)).lstrip()


# --- the text that a reader sees ---

# Stands where a paragraph ends. The parser removes NUL from its input, so no page can contain it.
_BREAK = "\0"
# Elements that no reader sees, or whose words are not the article's: captions, controls, players.
_INVISIBLE = (
    "script,style,noscript,iframe,template,noembed,noframes,xmp,plaintext,object,audio,video,canvas,svg,"
    "select,datalist,textarea,button,rp,rt,figcaption,[hidden]"
)
#: A selector of elements that may be hidden by their style, and the pattern of a style that hides them.
STYLED = '[style*="display" i]'
DISPLAY_NONE = re.compile(r"(?:^|[;\s])display\s*:\s*none(?![\w-])", re.IGNORECASE)

_COMMENT = re.compile(r"<!--.*?-->|<\?[^>]*>", re.DOTALL)
# Broken markup puts a < into the name of an element or an attribute, as in <span<p>; the parser writes it so.
_BROKEN_TAG = re.compile(r"<[A-Za-z/][^<>]*<")
_COMMENT_OR_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_PREFORMATTED = re.compile(r"<pre[ >].*?</pre>", re.DOTALL)
# A row without rows or tables inside it: those belong to tables that only lay out a page.
_ROW = re.compile(r"<tr[ >][^<]*+(?:<(?!/?tr[ >]|table[ >])[^<]*+)*+</tr>")
_CELL = re.compile(r"<t[dh](?=[ >])")
_HAS_TEXT = re.compile(r">\s*[^<\s]")
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figure"
    r"|footer|form|h[1-6]|header|hgroup|hr|legend|li|listing|main|menu|nav|ol|optgroup|option|p|pre|search"
    r"|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)(?=[ >])[^>]*>"
)
_ANY_TAG = re.compile(r"<[^>]*>")


def _visible_html(body_html: str, rules: Rules) -> str:
    """The body without invisible elements and without what the rules drop."""
    tree = _parsed(body_html)
    _drop_invisible(tree, rules)
    return _inner(tree.body)


def _drop_invisible(tree: LexborHTMLParser, rules: Rules) -> None:
    """Remove the elements that no reader sees or that the rules drop."""
    invisible = tree.css(",".join((_INVISIBLE, *rules.drop, *rules.players)))
    invisible += [node for node in tree.css(STYLED) if DISPLAY_NONE.search(str(node.attributes["style"]))]
    for node in invisible:
        node.decompose()


def _text_with_breaks(html: str) -> str:
    """The text of some HTML, unescaped, with a break where a paragraph begins or ends."""
    html = _without_comments(html)
    if "<pre" in html:
        html = _PREFORMATTED.sub(lambda text: text.group().replace("\n", _BREAK), html)
    if "<tr" in html:
        html = _ROW.sub(_row_as_paragraph, html)
    return _unescaped(_ANY_TAG.sub("", _BLOCK.sub(_BREAK, html)))


def _without_comments(html: str) -> str:
    """The HTML without comments; where broken markup put a < inside a tag, that < is removed."""
    # From here on each < begins a tag: the parser escapes all others, in texts and in values of attributes.
    if _BROKEN_TAG.search(html) is None:
        return _COMMENT.sub("", html)
    return _COMMENT_OR_TAG.sub(_repaired, html)


def _repaired(match: re.Match[str]) -> str:
    """ "" for a comment; a tag without any < inside it."""
    token = match.group()
    return "" if token.startswith(("<!", "<?")) else "<" + token[1:].replace("<", "")


def _row_as_paragraph(match: re.Match[str]) -> str:
    """A row of a table as one paragraph; unchanged when fewer than two of its cells hold text."""
    row = match.group()
    if not _has_two(cell for cell in _CELL.split(row)[1:] if _HAS_TEXT.search(cell)):
        return row
    return _BREAK + _BLOCK.sub(" ", row.replace(_BREAK, " ")) + _BREAK


def _has_two(items: Iterator[str]) -> bool:
    return len(list(islice(items, 2))) == 2


# --- the HTML that is stored ---

# A comment, an element whose content is raw text, or any other tag, as the parser writes them.
_MARKUP = re.compile(
    r"<!--.*?-->"
    r"|(?P<raw><(?P<name>style|xmp|iframe|noembed|noframes|plaintext)(?=[ >])[^>]*>)(?P<text>.*?</(?P=name)>)"
    r"|<[^>]*>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r' (?P<name>=?[^ \t\n\f/>=]*)="(?P<value>[^"]*)"')
_NEEDS_REWRITING = re.compile(r'=""| (?:src|href|poster)="')
_ADDRESS_ATTRIBUTES = frozenset(("src", "href", "poster"))
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HTTP_ADDRESS = re.compile(r"https?://[^/]", re.IGNORECASE)
_BLANK = "\t\n\f\r "


def _without_scripts(node: LexborNode) -> str:
    """The inner HTML of an element without its scripts."""
    html = _inner(node)
    if "<script" not in html or not (node.css("script") or "<template" in html):
        return html
    # Selectors do not look into templates. A clone has empty ones; nothing visible is lost.
    copy = node.clone()
    for script in copy.css("script"):
        script.decompose()
    return _inner(copy)


def _rewritten(match: re.Match[str], base_url: str) -> str:
    """A start tag in the form of the samples; end tags, comments and raw text unchanged."""
    markup = match.group()
    if markup[1] in "/!?":
        return markup
    raw = match["raw"]
    return _tag(markup, base_url) if raw is None else _tag(raw, base_url) + match["text"]


def _tag(tag: str, base_url: str) -> str:
    """A start tag in the form of the samples."""
    is_image = tag.startswith(("<img ", "<img>"))
    if not is_image and _NEEDS_REWRITING.search(tag) is None:
        return tag
    name = tag[1:-1].split(" ", 1)[0]
    return f"<{name}{''.join(_attributes(tag, is_image, base_url))}>"


def _attributes(tag: str, is_image: bool, base_url: str) -> Iterator[str]:
    """The attributes of a tag: absolute addresses, names only for empty values, no referrer for pictures."""
    for name, value in _ATTRIBUTE.findall(tag):
        if is_image and name == "referrerpolicy":
            continue
        if name in _ADDRESS_ATTRIBUTES:
            value = _absolute(value, base_url)
        yield f' {name}="{value}"' if value else f" {name}"
    if is_image:
        yield ' referrerpolicy="no-referrer"'


def _absolute(escaped: str, base_url: str) -> str:
    """The escaped value of an address attribute, made absolute."""
    if _SCHEME.match(escaped) or not escaped:
        return escaped
    address = _unescaped(escaped)
    joined = _joined(address, base_url)
    return escaped if joined == address else _escaped(joined)


def _joined(address: str, base_url: str) -> str:
    """The address made absolute; fragments, other schemes and invalid addresses are unchanged."""
    relative = address.strip(_BLANK)
    if not relative or relative.startswith("#") or _SCHEME.match(relative):
        return address
    try:
        joined = urljoin(base_url, relative)
        host = urlsplit(relative if relative.startswith("//") else joined).hostname
    except ValueError:
        return address
    return joined if host else address


# --- the parser ---


def _parsed(html: str) -> LexborHTMLParser:
    """The tree of a body."""
    # An explicit <body> keeps what stands first, a style or a comment, from being moved out of the body.
    return LexborHTMLParser(("<body>" + html).encode("utf-8", "replace"))


def _inner(node: LexborNode | None) -> str:
    """The inner HTML of an element; "" without one."""
    html = None if node is None else node.inner_html
    return "" if html is None else html


def _unescaped(text: str) -> str:
    """Text as it was before the parser escaped it."""
    # The parser writes these five and no others; the ampersand comes last, or &amp;lt; would become <.
    if "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return text.replace("&nbsp;", "\xa0").replace("&amp;", "&")


def _escaped(text: str) -> str:
    """The value of an attribute as the parser would escape it."""
    text = text.replace("&", "&amp;").replace("\xa0", "&nbsp;").replace('"', "&quot;")
    return text.replace("<", "&lt;").replace(">", "&gt;")
