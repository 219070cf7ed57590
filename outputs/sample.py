"""The sample article format: read in all variants that the collection has, and written in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b

from tracking.article import Article
from tracking.dates import beijing
from tracking.errors import PolicywatchError

# The collection writes the Beijing time of these sites and labels it GMT.
BEIJING_LABELLED_GMT = frozenset({"中证网", "证券时报网", "每经网"})
NO_DATE = "Invalid Date"

_HEAD, _TAIL = "<div>   \n", "  \n</div>\n            "
_HTML_BLANKS = " \t\n\f\r"
_UNSAFE_IN_TITLE = re.compile(r"[:/\\?*“”<>|\[\]]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FRONT_END = re.compile(r"\n---[ \t]*(?:\n|\Z)")
_WRAPPER = re.compile(rf"[{_HTML_BLANKS}]*<div>[{_HTML_BLANKS}]*")
_CATEGORY_MARKS = ("- ", "— ", "– ")
_GMT = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class SampleError(PolicywatchError, ValueError):
    """Bytes that are not in this format, or an article that the format cannot represent; the text is one line."""


@dataclass(frozen=True, slots=True)
class Post:
    """One file of the format, braces unescaped; equal posts are written as equal files."""

    #: The title; `write` replaces characters in it that the format does not allow.
    title: str
    #: Section, site and channel.
    categories: tuple[str, ...]
    #: The address of the picture.
    headimg: str
    #: The author that the file states; the name of the site in files that we write.
    author: str
    #: The date as the file states it.
    date_text: str
    #: The address of the picture again.
    thumbnail: str
    #: The text as HTML.
    body: str
    #: The time that `date_text` means, aware UTC; None for an invalid date.
    date: datetime | None = field(compare=False)


def read(data: bytes) -> Post:
    """The post in the bytes of a file; SampleError when they are in no variant of the format."""
    front, rest = _split(_unescaped(_decoded(data)))
    fields, categories = _front_matter(front)
    for name in ("title", "author", "date"):
        if not _unquoted(fields.get(name, "")).strip():
            raise SampleError(f"the front matter has no {name}")
    return Post(
        title=_unquoted(fields["title"]),
        categories=categories,
        headimg=_unquoted(fields.get("headimg", "")),
        author=fields["author"],
        date_text=fields["date"],
        thumbnail=_unquoted(fields.get("thumbnail", "")),
        body=_body(rest),
        date=_date(fields["date"], {fields["author"], *categories}),
    )


def write(post: Post) -> bytes:
    """The bytes of the file, in the form of the samples, its title made safe.

    SampleError for a post that would not be the same when it is read again.
    """
    safe = replace(post, title=safe_title(post.title))
    if problem := next(_problems(safe), None):
        raise SampleError(problem)
    try:
        data = _written(safe).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SampleError("half of a surrogate pair cannot be written as UTF-8") from error
    if difference := next(_differences(safe, read(data)), None):
        raise SampleError(f"{difference}: would not read back the same from this format")
    return data


def post_of(article: Article, *, as_collected: bool = False) -> Post:
    """The post that an article is exported as; `write` may refuse it, for example without a time.

    `as_collected` writes the date as the collection does: for some sites that is Beijing time labelled GMT.
    """
    image = _picsum(article.portal, article.key) if article.image is None else _address(article.image)
    date = None if article.published_at is None else article.published_at.astimezone(UTC).replace(microsecond=0)
    categories = article.categories
    return Post(
        title=article.content.title,
        categories=(categories.section, categories.site, categories.channel),
        headimg=image,
        author=categories.site,
        date_text=NO_DATE if date is None else _label(date + _label_error(categories.site, as_collected)),
        thumbnail=image,
        body=article.body.lstrip(_HTML_BLANKS),
        date=date,
    )


def safe_title(title: str) -> str:
    """The title with `_` for characters that the format does not allow, and for double quotes beside an apostrophe."""
    safe = _UNSAFE_IN_TITLE.sub("_", title)
    return safe.replace('"', "_") if "'" in safe else safe


# Reading


def _decoded(data: bytes) -> str:
    """The text of a file, with \\n as its line ends; SampleError when it is not UTF-8 text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SampleError(f"not UTF-8: byte {error.start}") from error
    if "\0" in text:
        raise SampleError("not a text file: it has NUL bytes")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unescaped(text: str) -> str:
    """The text with braces for their references."""
    return text.replace("&#123;", "{").replace("&#125;", "}")


def _split(text: str) -> tuple[str, str]:
    """A file as (front matter, body)."""
    text = text.lstrip("\n\t ")
    if not text.startswith(("---\n", "--- ", "---\t")):
        raise SampleError("no front matter: the file does not begin with ---")
    end = _FRONT_END.search(text, 3)
    if end is None:
        raise SampleError("the front matter has no end: no second ---")
    return text[3 : end.start()], text[end.end() :]


def _front_matter(front: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The front matter as (fields by name, categories)."""
    fields: dict[str, str] = {}
    items: list[tuple[str, str]] = []
    name = ""
    for line in filter(None, (line.strip(" \t") for line in front.split("\n"))):
        if line.startswith(_CATEGORY_MARKS):
            items.append((name, line[2:].strip(" \t")))
        else:
            name, value = _field(line)
            if name in fields:
                raise SampleError(f"the front matter has {name[:60]!r} twice")
            fields[name] = value
    categories = tuple(item for name, item in items if name == "categories")
    if not categories:
        raise SampleError("the front matter has no categories")
    return fields, categories


def _field(line: str) -> tuple[str, str]:
    """A line of the front matter as (name, value)."""
    name, colon, value = line.partition(":")
    if not (colon and name.isidentifier()):
        raise SampleError(f"{line[:60]!r} in the front matter is neither a field nor a category")
    return name, value.strip(" \t")


def _unquoted(value: str) -> str:
    """A value without the quotes around it."""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _body(rest: str) -> str:
    """The HTML inside the <div> that wraps the body."""
    if rest.endswith(_TAIL):
        inner = rest.removesuffix(_TAIL)
    elif rest.rstrip(_HTML_BLANKS).endswith("</div>"):
        inner = rest.rstrip(_HTML_BLANKS).removesuffix("</div>").removesuffix("\n").removesuffix("  ")
    else:
        raise SampleError("the body does not end with </div>")
    wrapper = _WRAPPER.match(inner)
    if wrapper is None:
        raise SampleError("the body does not begin with <div>")
    return inner[wrapper.end() :]


def _date(text: str, names: set[str]) -> datetime | None:
    """The time that a date means in a file with this author and these categories; None for "Invalid Date"."""
    if text == NO_DATE:
        return None
    try:
        labelled = _labelled(text)
        if labelled is None:
            return beijing(text)
        return labelled - timedelta(hours=8) if names & BEIJING_LABELLED_GMT else labelled
    except (ValueError, OverflowError) as error:
        raise SampleError(f"{text[:60]!r} is not a date of this format") from error


def _labelled(text: str) -> datetime | None:
    """A date labelled GMT, taken literally; None for a date in another form."""
    match = _GMT.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = match.groups()
    date = datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)
    return date.replace(hour=int(hour), minute=int(minute), second=int(second))


# Writing


def _written(post: Post) -> str:
    """The text of the file, braces escaped."""
    quote = '"' if "'" in post.title else "'"
    lines = (
        "",
        "---",
        f"title: {quote}{post.title}{quote}",
        "categories: ",
        *(f" - {category}" for category in post.categories),
        f"headimg: '{post.headimg}'",
        f"author: {post.author}",
        "comments: false",
        f"date: {post.date_text}",
        f"thumbnail: '{post.thumbnail}'",
        "---",
        "",
        _HEAD + post.body + _TAIL,
    )
    return "\n".join(lines).replace("{", "&#123;").replace("}", "&#125;")


def _label(date: datetime) -> str:
    """A date labelled GMT."""
    return format_datetime(date, usegmt=True)


def _problems(post: Post) -> Iterator[str]:
    """Why the format cannot represent a post; `_differences` finds what is not checked here."""
    if post.date is None:
        yield "date: an article without a time cannot be written in this format"
    lines = {"title": post.title, "author": post.author, "image": post.headimg, "date": post.date_text}
    for name, text in (*lines.items(), *(("category", category) for category in post.categories)):
        if _CONTROL.search(text):
            yield f"{name}: a control character or a line break"
    if len(post.categories) != 3 or post.author != post.categories[1]:
        yield "categories: not section, site and channel with the site as author"
    if not post.headimg or post.headimg != post.thumbnail or "'" in post.headimg:
        yield "image: not one address, without apostrophe, for both headimg and thumbnail"


def _differences(post: Post, back: Post) -> Iterator[str]:
    """The names of the fields in which a post and `back`, the post read from its file, differ."""
    for name in ("title", "categories", "headimg", "author", "date_text", "thumbnail", "body"):
        if getattr(post, name) != getattr(back, name):
            yield name
    labelled = _labelled(post.date_text)
    if labelled is None or _label(labelled) != post.date_text or post.date not in (labelled, back.date):
        yield "date"


def _label_error(site: str, as_collected: bool) -> timedelta:
    """By how much the dates of a site that the collection labels GMT are ahead of GMT."""
    return timedelta(hours=8 if as_collected and site in BEIJING_LABELLED_GMT else 0)


def _picsum(portal: str, key: str) -> str:
    """A placeholder picture, as the collection has for articles without one; always the same for an article."""
    digest = blake2b(f"{portal}\n{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return f"https://picsum.photos/400/300?random={int.from_bytes(digest, 'big') % 10001}"


def _address(image: str) -> str:
    """The address with apostrophes and control characters percent-encoded, which would end its line."""
    return re.sub(rf"'|{_CONTROL.pattern}", lambda match: _percent(match.group()), image)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
