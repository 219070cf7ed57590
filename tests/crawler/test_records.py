"""The records of a WARC file are read with distrust: complete ones, up to the first that is not."""

from __future__ import annotations

import gzip
import io

import pytest

from crawler.recording import records as module
from crawler.recording.records import Damaged, SingleGzipMember, read_block, records
from tests.crawler.recording_builders import HELLO, URL, warc_record


def types(content: bytes) -> list[str]:
    """The types of the records that can be read before the file is found to be damaged."""
    found = []
    try:
        for record in records(io.BytesIO(content)):
            found.append(record.warc_type)
    except Damaged:
        found.append("damaged")
    return found


@pytest.mark.parametrize("packed", [True, False])
def test_a_block_is_read_at_the_offset_of_its_record(packed: bool) -> None:
    blocks = [b"one", bytes(200_000), b"", b"four"]
    file = io.BytesIO(b"".join(warc_record("resource", block, packed=packed) for block in blocks))
    for record, block in reversed(list(zip(list(records(file)), blocks, strict=True))):
        length, pieces = read_block(file, record.offset)
        assert (length, b"".join(pieces)) == (len(block), block)
        assert record.block_start == block[:65_536]


def test_fields_are_found_in_any_spelling_and_the_first_of_two_counts() -> None:
    content = warc_record("response", HELLO, packed=False, warc_target_uri="http://other.test/")
    (record,) = records(io.BytesIO(content))
    assert record.field("WARC-TARGET-uri") == record.field("warc-target-uri") == URL
    assert record.field("X") == ""


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_is_cut_off_is_read_up_to_its_last_complete_record(packed: bool) -> None:
    whole = warc_record("resource", b"one", packed=packed) + warc_record("response", HELLO, packed=packed)
    assert types(whole) == ["resource", "response"]
    assert types(whole[:-30]) == ["resource", "damaged"]


def test_an_empty_file_has_no_records() -> None:
    assert types(b"") == []


def test_records_that_are_packed_together_are_an_error_of_their_own() -> None:
    together = gzip.compress(warc_record("response", HELLO, packed=False) * 2)
    with pytest.raises(SingleGzipMember, match="packed as a whole, not record by record"):
        list(records(io.BytesIO(together)))


def test_the_number_of_records_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_RECORDS", 3)
    assert types(warc_record("response", HELLO) * 3) == ["response"] * 3
    with pytest.raises(Damaged, match="more than 3 records"):
        list(records(io.BytesIO(warc_record("response", HELLO) * 4)))
