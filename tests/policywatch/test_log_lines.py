"""What the service logs, in words."""

from __future__ import annotations

import pytest

from policywatch.service.log_lines import ending, paces_line
from policywatch.service.schedule import pace


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "done"),
        (1, "done with failures (exit code 1)"),
        (2, "refused (exit code 2)"),
        (7, "failed (exit code 7)"),
        (-9, "ended by signal 9"),
    ],
)
def test_each_end_of_a_crawl_has_its_words(code: int, words: str) -> None:
    assert ending(code) == words


def test_portals_of_one_pace_stand_together_a_few_by_name_and_many_by_number() -> None:
    many = {f"portal{number}": pace(30, 5) for number in range(5)}
    assert paces_line({"sina": pace(15, 0.5), **many}) == "sina every 15 min ± 0.5, 5 portals every 30 min ± 5"
    assert paces_line({"a": pace(60, 5), "b": pace(60, 5)}) == "a b every 60 min ± 5"
    assert paces_line({}) == ""
