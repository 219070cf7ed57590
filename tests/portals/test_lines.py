"""Lines around and between the paragraphs of articles, and sentences that resemble them."""

from __future__ import annotations

import pytest

from portals.generic import lines


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：张三",
        "编辑 李四",
        "来源：某报",
        "原标题：某事",
        "免责声明：本文不构成建议。",
        "分享到：微信 微博",
        "扫一扫在手机打开当前页",
        "点击进入专题",
        "上一篇：某事",
        "关键词：数字经济",
        "相关阅读",
        "版权所有 某某网",
        "字号 大 中 小",
    ],
)
def test_boilerplate_between_paragraphs(line: str) -> None:
    assert lines.is_boilerplate(line)


@pytest.mark.parametrize(
    "sentence",
    ["编辑部的故事讲完了。", "来源于各区的数据显示，产值增长。", "大中小企业融通发展。", "分享经济的规模扩大。"],
)
def test_sentences_are_none(sentence: str) -> None:
    assert not lines.is_boilerplate(sentence)


def test_what_stands_around_a_text() -> None:
    assert lines.is_byline("2026-11-20 09:30 来源：某报")
    assert not lines.is_byline("2026年11月20日，三座城市公布账本。")
    assert lines.is_time("11-20 09:30")
    assert lines.is_label("某某日报")
    assert lines.is_signature("本报记者 张三")
    assert lines.is_notice("未经授权禁止转载")
    assert lines.is_caption("图为某大楼。张三 摄")
    assert lines.is_attached("附件：实施方案.pdf")
    assert lines.ends_an_article("延伸阅读：")
    assert lines.says_not_found("标题", "您访问的页面不存在")
    assert not lines.says_not_found("标题", "正文")
