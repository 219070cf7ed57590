"""Values of settings: from a file or from a text they come out alike, or one line says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from policywatch.errors import ConfigProblem
from policywatch.setting_values import MINIMUM, setting_value


@pytest.mark.parametrize(
    ("value", "text", "wanted", "expected"),
    [
        ("某站", "某站", str, "某站"),
        (2, "2", int, 2),
        (2.0, "2", int, 2),
        (2, "2", float, 2.0),
        (2.5, " 2.5 ", float | None, 2.5),
        (True, "true", bool, True),
        (False, "false", bool, False),
        (["a", " b ", ""], "a, b ,", tuple[str, ...], ("a", "b")),
        ([], "", tuple[str, ...], ()),
        ({"sina": 15}, "sina=15", Mapping[str, float], {"sina": 15.0}),
    ],
)
def test_a_value_of_a_file_and_its_text_are_the_same(value: Any, text: str, wanted: Any, expected: Any) -> None:
    for given in (value, text):
        found = setting_value(given, wanted, "delay", "here")
        assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "wanted", "reason"),
    [
        (5, str, "must be a text"),
        (1, bool, "must be true or false"),
        ("True", bool, "must be true or false"),
        (True, int, "must be a number"),
        ("x" * 100, int, f"'{'x' * 40}' is not a whole number"),
        (2.5, int, "'2.5' is not a whole number"),
        ("nan", float, "'nan' is out of range, at least 0"),
        (1e12, float, "'1000000000000.0' is out of range, at least 0"),
        (5, tuple[str, ...], "must be a list of texts"),
        (5, Mapping[str, float], "must be portals with their minutes, such as sina = 15"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(value: Any, wanted: Any, reason: str) -> None:
    with pytest.raises(ConfigProblem) as caught:
        setting_value(value, wanted, "delay", "here")
    assert str(caught.value) == f"here: {reason}"


@pytest.mark.parametrize("name", sorted(MINIMUM))
def test_the_least_value_is_allowed_and_less_is_not(name: str) -> None:
    assert setting_value(MINIMUM[name], float, name, "here") == MINIMUM[name]
    with pytest.raises(ConfigProblem, match=f"at least {MINIMUM[name]}"):
        setting_value(MINIMUM[name] - 1, float, name, "here")


def test_of_intervals_the_wrong_one_is_named() -> None:
    with pytest.raises(ConfigProblem, match=r"^here\.cs: '' is not a number"):
        setting_value("sina=15,cs=", Mapping[str, float], "intervals", "here")
