"""Patterns of lines in article bodies that are not text of the article: bylines, disclaimers, picture credits.

A portal lists the patterns that occur on its pages in `Rules.skip`; they are matched against whole paragraphs.
"""

from __future__ import annotations

import re

_NAME = r"[\w·]{2,6}"
#: Up to eight names of people, as part of a pattern.
NAMES = rf"{_NAME}(?:[\s、，,]{{1,4}}{_NAME}){{0,7}}"

#: A byline: a role and names, with or without the name of a paper before them.
REPORTER_LINE = re.compile(rf"[\w“”]{{0,12}}(?:记者|评论员|撰稿人|特约作者)(?:[|｜丨/]|\s)\s{{0,4}}{NAMES}")
#: The line in which a newspaper names its editors.
EDITOR_LINE = re.compile(
    r"[（(【]?(?:(?:责任编辑|责编|编辑|校对)\s|(?:责任编辑|责编|编辑|校对|审核)\s?[:：/／丨|｜]).{0,24}"
)
#: The editor line on the site of an authority. Stricter than EDITOR_LINE, since texts of authorities contain lines
#: such as 审核：… that are part of a regulation.
AUTHORITY_EDITOR_LINE = re.compile(r"[（(【\[]?\s*责(?:任编辑|编)\s*[:：].{0,24}")
#: A disclaimer of liability or a copyright notice that begins with its name.
DISCLAIMER = re.compile(r"[“（(【*]?(?:免责|特别|版权)声明[:：】].*")
#: The disclaimer that platforms add to what their users publish.
PLATFORM_NOTICE = re.compile(r"Notice: The content above .*")
#: The source of a picture, on a line of its own below it.
PICTURE_CREDIT = re.compile(r"[▲△（(]?(?:图片|资料图|图源)(?:来源|来自)?[:：].{0,60}")
#: The title that a reprinted article had where it first appeared.
ORIGINAL_TITLE = re.compile(r"[（(]?原标题[:：].*")
