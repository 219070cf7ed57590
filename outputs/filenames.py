"""File names for posts of the sample format in an export folder."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from outputs.sample import Post, safe_title
from tracking.text import clean_title

# Bytes of one part of a path in UTF-8, as file systems allow; and characters of the part that tells equal titles apart.
_LONGEST = 255
_LONGEST_SUFFIX = 48
_DROPPED_IN_NAME = re.compile("[.#\n\r\x0b\x0c\x85\u2028\u2029]")
_UNSAFE_IN_PATH = re.compile(r'[/\\:*?"<>|]')
# Names of devices, which Windows does not allow as file names.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)


def file_name(post: Post, suffix: str | None = None) -> str:
    """The path of a post below the export folder, with `/`; `suffix`, the article's key, tells equal titles apart.

    Whatever the post says, the path stays in the folder, no part is hidden, and every file system accepts it.
    """
    folders = [_part(_UNSAFE_IN_PATH.sub("_", category), _LONGEST) for category in post.categories]
    ending = ("" if suffix is None else f"-{_tag(suffix)}") + ".md"
    title = safe_title(_DROPPED_IN_NAME.sub("", post.title))
    return "/".join([*folders, _part(title, _LONGEST - len(ending)) + ending])


def collision_key(path: str) -> str:
    """A key that is equal for two paths that some file system takes for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _part(name: str, longest: int) -> str:
    """A safe part of a path, at most `longest` bytes in UTF-8; "_" when nothing else is left."""
    name = clean_title(name).strip(" .")
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip(" ")):
        name = "_" + name
    short = name.encode("utf-8")[:longest].decode("utf-8", "ignore")
    return clean_title(short).strip(" .") or "_"


def _tag(key: str) -> str:
    """A key as part of a file name, with a digest where characters or the case had to change."""
    plain = re.sub(r"[^0-9a-z_-]", "_", key.lower())[:_LONGEST_SUFFIX]
    if plain == key and plain:
        return plain
    return f"{plain}-{blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}".lstrip("-")
