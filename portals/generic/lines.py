"""Recognises lines around and inside articles of Chinese sites that are not part of the text."""

from __future__ import annotations

import re

from tracking.body import Rules

_OPENED = r"[（(【\[「\s]*"
_ROLE = (
    r"(?:责任|值班|本期|本文|见习|主任|网络|新媒体|特约|首席|实习|栏目|视觉|文字)?"
    r"(?:编辑|责编|校对|审核|审校|编审|复审|终审|初审|[一二三四]审|监制|美编|排版|总编|签审|制图)"
)
_EDITED = rf"{_OPENED}(?:纠错[】\]]\s*[【\[]?)?{_ROLE}\s*(?:[:：/／丨|｜]|\s(?=[\w·]{{2,4}}(?:\s|$)))"
# No comma and no full stop: otherwise the line is a sentence of the text.
_REST = "[^，。；]"
_READ_ON = (
    r"(?:相关|延伸|推荐|拓展|往期|精彩|热门|最新|热点|猜你|为你|为您|大家都?|网友|全部|我要|发表|更多|24小时)"
    r"(?:阅读|新闻|链接|报道|文章|稿件|专题|推荐|内容|资讯|喜欢|在看|爱看|评论|跟贴|排行|热点|热文|精选|回顾|点评|解读)"
)
_BUTTON = (
    r"字号|字体|大|中|小|打印(?:本页|此页)?|关闭(?:窗口|本页)?|收藏|举报|(?:我要)?纠错|点赞|评论|分享|转发|复制链接|扫码|朗读|听新闻"
    r"|微信|微博|新浪微博|QQ空间|朋友圈|返回顶部|图集|组图|正文|原创"
)
_SITES_NOTICE = r"ICP备|公网安备|版权所有|Copyright ?[©(\d]|All Rights Reserved|信息服务许可证"

# Whole paragraphs, at any position. Repetitions are bounded, since a paragraph may have a megabyte.
_ANYWHERE = (
    rf"{_EDITED}[^。！？]{{0,60}}",
    r"[（(]?(?:(?:本文|文章|稿件|新闻|图片|数据|资料|信息)?来源|稿源)\s*[:：/][^。！？]{0,60}",
    r"[（(【\[]?原(?:文)?(?:标题|题目?)为?\s*[:：《“\"].{0,120}",
    r"(?:免责|版权|特别|郑重|重要|转载|法律)(?:声明|提示|说明)[:：].{0,600}",
    r"\w{0,10}(?:声明|提醒)[:：].{0,80}(?:本文|本网|本站|自媒体|转载|投资建议|版权|操作风险|仅供参考).{0,500}",
    r"编者按[:：]本文.{0,80}(?:授权|转载|发布).{0,20}",
    r"分享(?:到|至|给|本文|文章|让更多人看到)?\s*[:：>]?\s*(?:(?:微信|微博|QQ|朋友圈|空间|好友|新浪|腾讯|更多)\s*){0,8}",
    rf"{_REST}{{0,20}}(?:扫一扫|扫码|扫描|长按){_REST}{{0,16}}"
    rf"(?:二维码|关注|下载|阅读|分享|识别|打开|查看){_REST}{{0,30}}。?",
    rf"[【\[]?(?:点击|戳)(?:进入|查看|阅读|下载|此处|这里|图片|观看|关注|展开){_REST}{{0,60}}",
    rf"{_REST}{{0,12}}(?:关注|添加){_REST}{{0,30}}(?:公众号|官方微信|官方微博|订阅号|视频号){_REST}{{0,40}}。?",
    r"(?:更多|海量)(?:精彩|相关|详细|原创|重磅|最新)?(?:内容|资讯|新闻|报道|猛料|好文|文章)[^。；]{0,40}",
    r"海量资讯、.{0,60}|视频加载中.{0,20}|违法和不良信息举报.{0,40}|欢迎(?:投稿|爆料|订阅).{0,60}",
    r"返回.{0,12}(?:首页|搜狐|列表|顶部|目录|频道).{0,12}|(?:查看|阅读)(?:原文|更多|全文|评论).{0,20}",
    rf"(?:立即|马上|请|欢迎)?(?:下载|打开|安装){_REST}{{0,20}}(?:APP|客户端){_REST}{{0,20}}",
    r"(?:阅读)?[上下]一(?:篇|页|条|则)\s*(?:[:：].{0,80})?|首页|尾页|末页|加载更多|展开全文|收起",
    r"(?:[【\[(（]\d{1,2}[】\])）]\s*){1,40}(?:下一页|尾页|末页|\s){0,4}|(?:\d{1,2}\s+){3,40}.{0,6}",
    r"(?:文章|本文|相关)?(?:标签|关键词|关键字|Tags?)\s*[:：].{0,80}|(?:原文|本文)(?:链接|网址|地址)\s*[:：].{0,200}",
    r"(?:图片来源|图源|图片|摄影|图)\s*[:：/／|｜丨].{1,30}|(?:题图|头图|配图|封面图片?)(?:来自|来源|[:：]).{1,40}",
    r"(?:专题|原创)\s*[:：].{0,60}",
    rf"(?:[【\[]?(?:{_BUTTON})[】\]:：]?\s*){{1,12}}",
    rf"{_OPENED}{_READ_ON}\s*[:：>》】\])）]{{0,4}}",
    rf".{{0,80}}(?:{_SITES_NOTICE}).{{0,300}}",
    r"网友评论仅供.{0,40}|.{0,20}观点仅代表作者本人.{0,60}|您访问的链接即将离开.{0,60}",
    r"Notice: The content above.{0,300}|(?:广告|推广)(?:[:：].{0,40})?|《[^》]{2,14}》\s*[（(].{0,30}版\s*[）)]",
)
GENERIC_RULES = Rules(drop=('[id^="quote_"]',), skip=tuple(re.compile(pattern, re.IGNORECASE) for pattern in _ANYWHERE))

# After one of these an article has ended, unless much text follows.
_END = re.compile(
    rf"{_OPENED}{_READ_ON}\s*(?:[:：>》】\])）]|[\s（(]*\d*[）)]?$)"
    rf"|{_REST}{{0,10}}(?:新闻|文章|内容|头条)(?:精选|推荐|排行榜?)\s*[:：]?$"
    rf"|评论(?:区|\s*[（(]?\d)|{_EDITED}[^。！？]{{0,60}}$"
)

_CLOCK = r"[0-9]{1,2}\s*[:：时]\s*[0-9]{2}"
_TIME = re.compile(rf"(?:[0-9]{{4}}\s*[-/.年]\s*|(?<![0-9]))[0-9]{{1,2}}\s*[-/.月]\s*[0-9]{{1,2}}\s*日?\s*{_CLOCK}")
# Characters, here and below; longer lines are sentences of the text.
_LONGEST_TIME = 40
_BYLINE = re.compile(
    rf"{_TIME.pattern}|^[^（(《]{{0,12}}[0-9]{{4}}\s*[-/.年]\s*[0-9]{{1,2}}\s*[-/.月]\s*[0-9]{{1,2}}.{{0,24}}$"
    r"|(?:来源|稿源|作者|记者|通讯员|编辑|责编|发布(?:时间|日期|机构|单位)?|字号|字体|文)\s*[:：/|｜]"
    rf"|^[\W\d]*(?:(?:{_BUTTON}|阅读|浏览|点击|跟贴|参与|关注|我要|发表|次|数|量|人|到)[\W\d]*){{1,20}}$"
)
_LONGEST_BYLINE, _LONGEST_LABEL = 80, 12
_A_SENTENCE = re.compile("[。！？；]")

_SIGNED = re.compile(
    r"[（(【\[]?[^，。；！？]{0,16}(?:记者|通讯员|实习生)[\s:：/／丨|｜][^，。；！？]{1,40}"
    r"|[（(](?:实习生|本文|本报|原载|原题|原文|来源|编辑|图片|文中|记者|制图|除|应受访)[^（(]{0,80}[）)]。?"
    r"|[（(][^（(]{0,30}(?:编辑|责编)[:：][^（(]{0,30}[）)]"
)
_NOTICE = re.compile(
    r"(?:未经|如需|没有|获得).{0,12}(?:授权|许可)|(?:严禁|禁止|如需)转载|转载(?:请|与|须|前|时|自|或)|版权(?:归|属|所有)|侵权"
    r"|^\W?(?:本文|本网|本站|以上|此)(?:内容|信息|文章)?(?:仅|不|版权|来自|首发|转载|为.{1,12}原创|由.{1,20}发布)|声明[:：]"
    r"|不构成.{0,8}建议|仅供参考|投资有风险|(?:热线|电话|邮箱)\s*[:：]|(?:广告|商务)合作|文章序列号|微信ID|官方(?:APP|微信|微博|客户端)"
    r"|不代表.{0,16}(?:立场|观点)|信息存储|原创文章|关注.{0,20}公众号",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 250
_CAPTION = re.compile(
    r"(?:图为|图源|图片来源|图[:：/|｜]|[▲△▼↑↓]|资料图|摄影[:：/]).{0,60}"
    r"|.{0,80}(?:摄|供图|制图|摄影|资料(?:图片?|照片)?|截图|视觉中国|图虫创意|新华社发|绘|东方IC|IC ?photo|CFP|\s图)"
    r"\s*[)）】]?。?",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 90
_ATTACHED = re.compile(r"附[件表录图]|.{0,120}\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar)", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?<!\d)404(?!\d)|Not Found|页面(?:不存在|找不到|无法访问|走丢|已失效)"
    r"|(?:找不到|没有找到|无法找到)(?:您|你|该|此|相关)|(?:秒|自动)后?(?:自动)?(?:跳转|返回)|请稍[后候]再试"
    r"|(?:文章|内容|新闻|稿件|页面|信息|资讯)(?:已经?)?(?:不存在|被?删除|下线|失效|过期)"
    r"|(?:系统|服务器|网站)(?:繁忙|维护|升级|错误|异常)|(?:没有|无)权(?:限)?(?:访问|查看)|登录后(?:查看|阅读)"
    r"|请求已?被(?:阻断|拦截)|访问(?:被拦截|受限)|(?:启用|开启)\s?javascript",
    re.IGNORECASE,
)


def is_boilerplate(text: str) -> bool:
    """Whether a paragraph is boilerplate at any position."""
    return any(line.fullmatch(text) for line in GENERIC_RULES.skip)


def ends_an_article(text: str) -> bool:
    """Whether a paragraph is the heading of what follows an article, or its editor line."""
    return _END.match(text) is not None


def is_byline(text: str) -> bool:
    """Whether a paragraph before a text states its time, source or author."""
    return len(text) <= _LONGEST_BYLINE and _BYLINE.search(text) is not None and _A_SENTENCE.search(text) is None


def is_time(text: str) -> bool:
    """Whether a paragraph is a time with little else."""
    return len(text) <= _LONGEST_TIME and _TIME.search(text) is not None and _A_SENTENCE.search(text) is None


def is_label(text: str) -> bool:
    """Whether a paragraph may be the name of a paper or column: short and without a full stop."""
    return len(text) <= _LONGEST_LABEL and _A_SENTENCE.search(text) is None


def is_signature(text: str) -> bool:
    """Whether a paragraph at the beginning or end of a text names its authors or editors."""
    return _SIGNED.fullmatch(text) is not None


def is_notice(text: str) -> bool:
    """Whether a paragraph after a text is a notice of the publisher: copyright, disclaimer, contact."""
    return len(text) <= _LONGEST_NOTICE and _NOTICE.search(text) is not None


def is_caption(text: str) -> bool:
    """Whether a paragraph after a picture is its caption, by its words."""
    return len(text) <= _LONGEST_CAPTION and _CAPTION.fullmatch(text) is not None


def is_no_sentence(text: str) -> bool:
    """Whether a text may be a caption: short and without a full stop."""
    return len(text) <= _LONGEST_CAPTION / 2 and _A_SENTENCE.search(text) is None


def is_attached(text: str) -> bool:
    """Whether a paragraph names an attached file."""
    return _ATTACHED.match(text) is not None


def says_not_found(*texts: str) -> bool:
    """Whether one of the texts says that there is no such article, or that it cannot be shown."""
    return any(_NOTHING.search(text) for text in texts)
