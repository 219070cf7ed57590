"""Pages that turn robots away with HTTP 200, told from articles that speak of the same things."""

from __future__ import annotations

import pytest

from portals.blocks import BLOCKING_STATUSES, block_sign


@pytest.mark.parametrize(
    ("source", "sign"),
    [
        ("<h1>安全验证</h1><p>请拖动滑块。</p>", "安全验证"),
        ("<title>Just a moment...</title>", "Just a moment"),
        ("<script>var arg1='x'; document.cookie='acw_sc__v2=1'</script>", "acw_sc__v2"),
        ("<html><head><script src='/cdn-cgi/challenge-platform/x.js'></script></head></html>", "/cdn-cgi/challenge"),
        ("<p>您的访问被阻断，请稍后再试</p>", "您的访问被阻断"),
    ],
)
def test_a_page_that_says_little_else_is_a_block(source: str, sign: str) -> None:
    assert block_sign(source) == sign


@pytest.mark.parametrize(
    "source",
    ["", "<h1>标题</h1><p>正文。</p>", f"<p>网站要求输入验证码。{'正文。' * 300}</p>", "<b>" * 50_000 + "验证码"],
)
def test_other_pages_are_none(source: str) -> None:
    assert block_sign(source) is None


def test_what_a_script_says_is_not_what_the_page_says() -> None:
    assert block_sign(f"<p>访问验证</p><script>{'var text = 1;' * 100}</script>") == "访问验证"


def test_statuses_that_turn_away_are_not_those_of_a_page_that_is_gone() -> None:
    assert {401, 403, 418, 429} < BLOCKING_STATUSES
    assert not {200, 304, 404, 410, 500} & BLOCKING_STATUSES
