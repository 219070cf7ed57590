"""Lines that many sites set into their texts and that are no text: who wrote, who is not liable, whose picture it is.

A portal adds those that its pages have to the `skip` of its rules; a line is left out where it matches as a whole.
"""

from __future__ import annotations

import re

_NAME = r"[\w·]{2,6}"
#: Up to eight names of people, as part of a pattern.
NAMES = rf"{_NAME}(?:[\s、，,]{{1,4}}{_NAME}){{0,7}}"

#: Who wrote it, alone on a line: a role, then names; before the role may stand the name of a paper.
REPORTER_LINE = re.compile(rf"[\w“”]{{0,12}}(?:记者|评论员|撰稿人|特约作者)(?:[|｜丨/]|\s)\s{{0,4}}{NAMES}")
#: The line in which a newspaper names its editors.
EDITOR_LINE = re.compile(
    r"[（(【]?(?:(?:责任编辑|责编|编辑|校对)\s|(?:责任编辑|责编|编辑|校对|审核)\s?[:：/／丨|｜]).{0,24}"
)
#: The editor, on the site of an authority. One that writes of 审核 and 编辑 means it: only this form is boilerplate
#: there, unlike EDITOR_LINE, which is for newspapers.
AUTHORITY_EDITOR_LINE = re.compile(r"[（(【\[]?\s*责(?:任编辑|编)\s*[:：].{0,24}")
#: A disclaimer of liability, or a statement of rights, that begins with its name.
DISCLAIMER = re.compile(r"[“（(【*]?(?:免责|特别|版权)声明[:：】].*")
#: The disclaimer that platforms put under what their users publish.
PLATFORM_NOTICE = re.compile(r"Notice: The content above .*")
#: Where a picture is from, on a line of its own below it.
PICTURE_CREDIT = re.compile(r"[▲△（(]?(?:图片|资料图|图源)(?:来源|来自)?[:：].{0,60}")
#: What a reprinted article was called where it first appeared.
ORIGINAL_TITLE = re.compile(r"[（(]?原标题[:：].*")
