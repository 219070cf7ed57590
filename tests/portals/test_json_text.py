"""Values in JSON, in JSONP and in scripts."""

from __future__ import annotations

import pytest

from portals.json_text import assigned_in, read_json
from portals.page import LayoutChanged, Page


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, "甲"]}',
        ' \n{"a": [1, "甲"]}\n',
        'cb({"a": [1, "甲"]});',
        'cb({"a": [1, "甲"]})',
        'try{cb({"a": [1, "甲"]});}catch(e){};',
        'try { jQuery.cb_12 ( {"a": [1, "甲"]} ) ; } catch ( e ) { }',
        '/**/cb({"a": [1, "甲"]});',
    ],
)
def test_json_and_jsonp_are_read(text: str) -> None:
    assert read_json(text) == {"a": [1, "甲"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "{",
        '{"a": 1} {',
        "cb(",
        'cb({"a": 1}',
        'cb({"a": 1}); alert(1)',
        'cb({"a": 1}, 2);',
        "{'a': 1}",
        '{"a": NaN}',
        "[" * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
    ],
)
def test_what_is_neither_is_an_error_of_one_kind(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_json(text)
    with pytest.raises(LayoutChanged, match="not JSON"):
        Page("https://x.cn/list", text).json()


def test_half_characters_do_not_get_through() -> None:
    value = read_json(r'{"a": "\ud83d甲\ud83d\ude00 \\ud800"}')
    assert value == {"a": "?甲😀 \\ud800"}
    assert value["a"].encode("utf-8")


@pytest.mark.parametrize(
    "script",
    [
        'var allData = {"a": 1};',
        'allData={"a": 1}',
        'window.allData = {"a": 1}, other = 2',
        'if (allData == 1) { x } ; let allData\n=\n{"a": 1}',
        'other.allData = {"a": 2}; var allData = {"a": 1};',
        'var myallData = {"a": 2}; var allData = {"a": 1};',
    ],
)
def test_what_a_script_assigns_to_a_variable_is_found(script: str) -> None:
    assert assigned_in(f"<script>{script}</script>", "allData") == {"a": 1}


@pytest.mark.parametrize("script", ["", "allData", 'allData = "text"', "allDataOld = {}", "other.allData = {}"])
def test_without_such_a_variable_there_is_no_value(script: str) -> None:
    with pytest.raises(ValueError, match="nothing is assigned to allData"):
        assigned_in(script, "allData")
