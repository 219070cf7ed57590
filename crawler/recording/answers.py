"""What a WARC file answers to each request, whichever tool wrote the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from crawler.recording.answer_index import Answer, Query, index_of, normal_url
from crawler.recording.foreign_answers import consistent_response
from crawler.recording.records import read_block
from tracking.errors import PolicywatchError


class BadRecording(PolicywatchError, ValueError):
    """A file that cannot be replayed; the message is one line that names the file and says why."""


class WarcAnswers:
    """An open WARC file that answers each request as it was answered when the file was recorded."""

    def __init__(self, path: Path) -> None:
        """Read the whole file once. BadRecording when there is no such file, or no answer can be read from it."""
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise BadRecording(f"{path}: {(error.strerror or str(error)).lower()}") from error
        try:
            index = index_of(self._file)
        except ValueError as error:
            self._file.close()
            raise BadRecording(f"{path}: {error}") from error
        #: When the recorded crawl began, aware UTC.
        self.begun = index.begun
        #: The names of the portals that were crawled; empty in files of other tools.
        self.portals = tuple(index.portals)
        #: What is wrong with the end of the file, one line for people; None when the file is whole.
        self.note = None if index.damage is None else f"{path}: used up to {index.damage}"
        self._answers = index.answers()
        self._times_requested = defaultdict[Query, int](int)

    def next(self, method: str, url: str, body: bytes = b"") -> Answer | None:
        """The next answer to this request, in the order of the file; None when the file has none.

        After the last answer it is that one every time.
        """
        query = Query(method, normal_url(url), body)
        answers = self._answers.get(query, [])
        self._times_requested[query] += 1
        return next(iter(answers[self._times_requested[query] - 1 :] or answers[-1:]), None)

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """The bytes of the HTTP response as they came from the server, in pieces.

        Use them up before the next call: they are read from the file as they are wanted.
        """
        if not answer.exact:
            return consistent_response(self._file, answer.offset, answer.head_offset)
        _, pieces = read_block(self._file, answer.offset)
        return pieces

    def close(self) -> None:
        """Close the file; nothing can be read from it any more."""
        self._file.close()
