"""Requests that were never answered: what is recorded of them, and the exception that is raised for it again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from twisted.python.failure import Failure

from crawler.reasons import trouble_of
from tracking.sightings import Trouble

_KIND = re.compile(r"[A-Za-z_]{1,60}", re.ASCII)
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Mishap:
    """Why there was no answer: the exception's name and words, our word for it, and what Scrapy did about it."""

    kind: str
    words: str
    trouble: Trouble
    ignored: bool = False  # a refusal of our own, and no fault of the network
    again: bool = False  # Scrapy asks once more after it

    def as_json(self) -> bytes:
        """As it is kept in a recording."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    def error(self) -> Exception:
        """An exception of the same name and words, which Scrapy and a portal take like the first one."""
        base = _Ignored if self.ignored else _Again if self.again else _Once
        made: type[_Once] = type(self.kind, (base,), {})
        return made(self.words, self.trouble)


def mishap_of(error: Exception, retried: tuple[type[Exception], ...]) -> Mishap:
    """What is to be recorded of an exception; `retried` are those after which Scrapy asks once more."""
    ignored, again = isinstance(error, IgnoreRequest), isinstance(error, retried)
    trouble = trouble_of(Failure(error))  # type: ignore[no-untyped-call]
    return Mishap(type(error).__name__, str(error)[:_LONGEST], trouble, ignored=ignored, again=again)


def read_mishap(text: bytes) -> Mishap:
    """The inverse of `as_json`; ValueError for anything else."""
    try:
        told = json.loads(text)
        mishap = Mishap(told["kind"], told["words"], Trouble(told["trouble"]), told["ignored"], told["again"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("no mishap") from error
    if not isinstance(mishap.kind, str) or not _KIND.fullmatch(mishap.kind) or not isinstance(mishap.words, str):
        raise ValueError("a mishap without a kind or without words")
    return mishap


class _Once(Exception):
    def __init__(self, words: str, trouble: Trouble) -> None:
        super().__init__(words)
        self.trouble = trouble

    def __str__(self) -> str:
        return str(self.args[0])


class _Again(_Once, DownloadFailedError):
    pass


class _Ignored(_Once, IgnoreRequest):
    pass
