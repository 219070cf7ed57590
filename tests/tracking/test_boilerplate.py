"""Lines that many sites set into their texts, and sentences that only begin like them."""

from __future__ import annotations

import re

import pytest

from tracking import boilerplate


@pytest.mark.parametrize(
    ("pattern", "lines", "sentences"),
    [
        (
            boilerplate.REPORTER_LINE,
            ("本报记者 张三 李四", "新京报记者|王五", "“海桥号”评论员 赵六"),
            ("记者：您如何看待？", "记者 从某局获悉，试点扩大。", "记者张三"),
        ),
        (boilerplate.AUTHORITY_EDITOR_LINE, ("责任编辑：张三", "（责编: 李四）"), ("审核：各区负责", "编辑：张三")),
        (
            boilerplate.DISCLAIMER,
            ("免责声明：本文不构成建议。", "【免责声明】本文……", "（版权声明：转载请注明）", "特别声明:以上内容"),
            ("公司发布免责声明：不承担责任", "免责声明的效力是另一个问题。", "声明：两国同意"),
        ),
        (
            boilerplate.PICTURE_CREDIT,
            ("图片来源：视觉中国", "▲图源：某公司", "资料图：某大楼", "（图片来自：网络）"),
            ("图片显示，大楼已经封顶。", "数据来源：统计局"),
        ),
        (boilerplate.ORIGINAL_TITLE, ("原标题：某事", "（原标题：某事）"), ("原标题是某事",)),
        (boilerplate.PLATFORM_NOTICE, ("Notice: The content above (including the pictures)",), ("Notice: closed",)),
    ],
)
def test_boilerplate_and_what_is_none(
    pattern: re.Pattern[str], lines: tuple[str, ...], sentences: tuple[str, ...]
) -> None:
    assert [line for line in lines if not pattern.fullmatch(line)] == []
    assert [line for line in sentences if pattern.fullmatch(line)] == []
