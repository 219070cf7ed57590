"""Where a post of the sample format stands in an export folder."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from outputs.sample import Post, safe_title
from tracking.text import clean_title

_LONGEST = 255
_LONGEST_SUFFIX = 48
_DROPPED_IN_NAME = re.compile("[.#\n\r\x0b\x0c\x85\u2028\u2029]")
_UNSAFE_IN_PATH = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)


def file_name(post: Post, suffix: str | None = None) -> str:
    """The path of a post below the export folder, with `/`; `suffix`, its key, tells apart equal titles.

    No part of it can leave the folder, hide, or be refused by a file system, whatever the post says.
    """
    folders = [_part(_UNSAFE_IN_PATH.sub("_", category), _LONGEST) for category in post.categories]
    ending = ("" if suffix is None else f"-{_tag(suffix)}") + ".md"
    title = safe_title(_DROPPED_IN_NAME.sub("", post.title))
    return "/".join([*folders, _part(title, _LONGEST - len(ending)) + ending])


def collision_key(path: str) -> str:
    """What two paths share when some file system would take them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _part(name: str, room: int) -> str:
    name = clean_title(name).strip(" .")
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip(" ")):
        name = "_" + name
    short = name.encode("utf-8")[:room].decode("utf-8", "ignore")
    return clean_title(short).strip(" .") or "_"


def _tag(key: str) -> str:
    """A key as part of a file name, with a digest where characters or the case had to change."""
    plain = re.sub(r"[^0-9a-z_-]", "_", key.lower())[:_LONGEST_SUFFIX]
    if plain == key and plain:
        return plain
    return f"{plain}-{blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}".lstrip("-")
