"""Programmes are found in an article as a reader would find them: each name in its place, the longest of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.programme_builders import mentions, programme, quotes
from tracking.article import Content
from tracking.matching import LONGEST_CONTEXT, Matcher, Name
from tracking.text import fold

PIECES = [
    *(
        "数字人民币",
        "數字人民幣",
        "e-CNY",
        "ｅ－ｃｎｙ",
        "“两区”",
        "「兩區」",
        "建设",
        "新智造",
        "100",
        "１００",
        "😀",
    ),
    *(
        "。",
        "；",
        "（以下简称“",
        "《",
        "》",
        "”）",
        "(下称",
        ")",
        '"',
        "0",
        "A",
        "港",
        " ",
        "\u3000",
        "\u200b",
        "\ud800",
    ),
]


class TestNames:
    @pytest.mark.parametrize(
        "seen",
        ["数字人民币", "數字人民幣", "数字人 民币", "数\u200b字人民\n币", "数字人⺠币", "数字\u3000人民币"],
    )
    def test_a_name_is_found_as_it_is_printed(self, seen: str) -> None:
        assert quotes(f"深化{seen}试点。", "数字人民币") == [seen]

    def test_part_of_a_name_is_not_the_name(self) -> None:
        assert quotes("数字人主播用人民币结算", "数字人民币") == []

    @pytest.mark.parametrize(("open_", "close"), ["“”", "‘’", "「」", "『』", '""', "＂＂", "«»", "””"])
    def test_a_name_with_quotation_marks_demands_some_of_any_kind(self, open_: str, close: str) -> None:
        assert quotes(f"全市{open_}两区{close}建设", "“两区”建设") == [f"{open_}两区{close}建设"]
        assert quotes("全市两区建设", "“两区”建设") == []

    def test_marks_that_quote_the_neighbours_do_not_quote_a_name(self) -> None:
        assert quotes("“东城”两区“西城”", "“两区”") == []
        assert quotes("“东城”“两区”“西城”", "“两区”") == ["“两区”"]

    @pytest.mark.parametrize("around", ["{}0", "{}０", "1{}", "a{}", "{}ETF", "Ｘ{}", "{}\u200b0", "0{}", "{}Ａ"])
    def test_a_letter_or_digit_at_the_edge_touches_no_other(self, around: str) -> None:
        assert quotes(around.format("100新智造100"), "100新智造100") == []

    @pytest.mark.parametrize(
        "around", ["{}", "{} 0", "1 {}", "第{}强", "({})", "{}-0", "“{}”", "{}²", "①{}", "{}\u3000A", "é{}"]
    )
    def test_white_space_or_any_other_character_is_an_edge(self, around: str) -> None:
        assert quotes(around.format("100新智造100"), "100新智造100") == ["100新智造100"]

    def test_chinese_edges_touch_whatever_they_like(self) -> None:
        assert quotes("e数字人民币App", "数字人民币") == ["数字人民币"]

    def test_case_does_not_matter(self) -> None:
        assert quotes("Pay with E-cny or ｅＣＮＹ today", "e-CNY", "eCNY") == ["E-cny", "ｅＣＮＹ"]

    def test_a_name_never_runs_from_one_paragraph_into_the_next(self) -> None:
        assert Matcher([programme("数字人民币")]).mentions(Content("数字", ("人民币", "数字人", "民币"))) == ()


class TestLongest:
    def test_inside_a_programme_the_longest_name_wins(self) -> None:
        names = ("数字贸易", "数字贸易港", "北京数字贸易港")
        assert quotes("北京数字贸易港与数字贸易", *names) == ["北京数字贸易港", "数字贸易"]

    def test_of_overlapping_names_the_longer_wins_wherever_it_begins(self) -> None:
        assert quotes("甲乙丙丁戊", "甲乙丙", "乙丙丁戊") == ["乙丙丁戊"]

    def test_of_equally_long_ones_the_left_wins(self) -> None:
        assert quotes("甲乙丙丁戊", "甲乙丙", "丙丁戊") == ["甲乙丙"]

    def test_a_name_that_overlaps_itself_is_counted_once_a_place(self) -> None:
        assert quotes("甲乙甲乙甲", "甲乙甲") == ["甲乙甲"]

    def test_a_longer_name_out_of_place_leaves_room_for_the_shorter(self) -> None:
        assert quotes("数字贸易港", "数字贸易", Name("数字贸易港", near=("北京",))) == ["数字贸易"]

    def test_programmes_may_overlap_each_other(self) -> None:
        matcher = Matcher([programme("数字贸易", key="a"), programme("数字贸易港", "贸易港", key="b")])
        found = matcher.mentions(Content("", ("数字贸易港",)))
        assert [(m.programme, m.quote) for m in found] == [("a", "数字贸易"), ("b", "数字贸易港")]

    def test_two_programmes_may_share_a_name(self) -> None:
        matcher = Matcher([programme("数字贸易", key="b"), programme("数字贸易", key="a")])
        assert [m.programme for m in matcher.mentions(Content("数字贸易", ()))] == ["a", "b"]


class TestNear:
    def test_a_word_in_the_same_sentence_is_near(self) -> None:
        name = Name("数币", near=("人民币",))
        assert quotes("人民幣的新形态，数币，走进商店。", name) == ["数币"]
        assert quotes("人民币升值。数币走进商店！人民币", name) == []

    def test_a_word_in_another_paragraph_is_not_near(self) -> None:
        matcher = Matcher([programme(Name("数币", near=("人民币",)), Name("数元", near=("央行",), within=9))])
        assert matcher.mentions(Content("人民币", ("央行", "数币和数元", "人民币", "央行"))) == ()

    def test_a_word_that_must_not_stand_near_has_the_last_say(self) -> None:
        name = Name("京通", near=("小程序",), not_near=("京通快速",))
        assert quotes("打开京通小程序", name) == ["京通"]
        assert quotes("京通快速路的小程序", name) == []

    def test_without_near_words_only_the_others_count(self) -> None:
        name = Name("“两区”建设", not_near=("张家口",))
        assert quotes("“两区”建设提速。张家口降雪。", name) == ["“两区”建设"]
        assert quotes("张家口“两区”建设提速。", name) == []

    @pytest.mark.parametrize(("gap", "found"), [(8, True), (9, False)])
    @pytest.mark.parametrize("pattern", ["人民币{}数币", "数币{}人民币"])
    def test_within_counts_characters_that_are_read(self, pattern: str, gap: int, found: bool) -> None:
        text = pattern.format("。 " * gap)
        assert bool(quotes(text, Name("数币", near=("人民币",), within=11))) is found

    def test_in_a_sentence_without_end_only_what_is_not_far_is_near(self) -> None:
        name = Name("数币", near=("人民币",))
        assert quotes("人民币" + "长" * (LONGEST_CONTEXT - 3) + "数币", name) == ["数币"]
        assert quotes("人民币" + "长" * (LONGEST_CONTEXT - 2) + "数币", name) == []
        assert quotes("数币" + "长" * (LONGEST_CONTEXT - 3) + "人民币", name) == ["数币"]
        assert quotes("数币" + "长" * (LONGEST_CONTEXT - 2) + "人民币", name) == []

    def test_a_word_that_must_not_stand_within_so_many_characters_may_stand_farther_off(self) -> None:
        name = Name("京通", not_near=("快速",), within=3)
        assert quotes("京通路快速", name) == []
        assert quotes("京通环路上快速", name) == ["京通"]

    def test_each_place_of_a_name_is_judged_by_its_own_neighbours(self) -> None:
        name = Name("数币", near=("人民币",))
        found = mentions("数币一。人民币与数币。数币三。", name)
        assert [mention.start for mention in found] == [8]

    def test_near_words_are_folded_too(self) -> None:
        assert quotes("數幣（Ｅ－ＣＮＹ）", Name("数币", near=("e-cny",))) == ["數幣"]


class TestSentence:
    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("一句话。数币来了！再一句。", "数币来了！"),
            ("数币来了", "数币来了"),
            ("前面；数币来了；后面", "数币来了；"),
            ("“前面。”数币来了。", "数币来了。"),
            ("他说：“数币来了。”后面。", "他说：“数币来了。”"),
            ('他说："数币来了。"后面。', '他说："数币来了。"'),
            ('他说："前面。" 数币来了。', "数币来了。"),
            ('前面。"数币"来了。', '"数币"来了。'),
            ("前面。『數幣』来了？！后面", "『數幣』来了？！"),
            ("（数币来了。）后面", "（数币来了。）"),
            ("增长5.0%的数币, yes? no", "增长5.0%的数币, yes?"),
        ],
    )
    def test_it_is_what_a_reader_calls_one(self, text: str, sentence: str) -> None:
        assert [mention.sentence for mention in mentions(text, "数币")] == [sentence]

    def test_an_endless_one_is_cut_around_the_mention(self) -> None:
        (mention,) = mentions("长" * 5000 + "数币" + "短" * 5000, "数币")
        assert len(mention.sentence) < 1000
        assert "长数币短" in mention.sentence


class TestMentions:
    def test_a_matcher_knows_the_keys_that_it_looks_for(self) -> None:
        assert Matcher([programme("数币", key="b"), programme("数元", key="a")]).keys == {"a", "b"}
        assert Matcher([]).keys == frozenset()

    def test_paragraph_0_is_the_title_and_the_order_is_that_of_reading(self) -> None:
        matcher = Matcher([programme("数字贸易港", key="b"), programme("数字人民币", key="a")])
        content = Content("数字人民币来了", ("数字贸易港用数字人民币", "", "  数字人民币。"))
        assert [(m.programme, m.paragraph, m.start, m.end) for m in matcher.mentions(content)] == [
            ("a", 0, 0, 5),
            ("b", 1, 0, 5),
            ("a", 1, 6, 11),
            ("a", 3, 2, 7),
        ]

    def test_characters_beyond_the_basic_plane_shift_nothing(self) -> None:
        (mention,) = mentions("😀𠀀👩‍💻“数字人民币”𝟙", "数字人民币")
        assert mention.start == 6

    def test_an_empty_article_and_an_empty_catalogue_have_no_mentions(self) -> None:
        assert Matcher([programme("数币")]).mentions(Content("", ())) == ()
        assert Matcher([]).mentions(Content("数币", ("数币",))) == ()

    @given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
    def test_a_quote_is_the_text_at_its_place_and_folds_to_a_name(self, text: str) -> None:
        names = ["数字人民币", "e-CNY", "“两区”建设", "“两区”", "新智造100", "建设"]
        paragraphs = (text, *text.split("。"))
        found = Matcher([programme(*names), programme(*names, key="y")]).mentions(Content(text, paragraphs))
        for mention in found:
            paragraph = (text, *paragraphs)[mention.paragraph]
            assert mention.quote == paragraph[mention.start : mention.end]
            assert mention.quote in mention.sentence
            assert mention.sentence in paragraph
        known = {fold(name).text for name in names}
        if "称" not in text:
            assert all(fold(mention.quote).text in known for mention in found)
        places = [(m.programme, m.paragraph, m.start, m.end) for m in found]
        for one, other in zip(sorted(places), sorted(places)[1:], strict=False):
            assert one[:2] != other[:2] or one[3] <= other[2]

    def test_a_name_repeated_without_end_is_counted_to_a_limit(self) -> None:
        assert len(mentions("数字人民币" * 1000, "数字人民币", "人民币")) == 50

    @pytest.mark.parametrize(
        "text",
        [
            "数字人民币" * 100_000,
            "数字人民币 \u200b" * 50_000,
            "数币" * 200_000 + "人民币",
            "数币" + "，" * 500_000,
            "数字人民币（以下简称“数币”）" * 30_000,
            "数字人民币（以下简称“数币”）" + "《数币》数币”" * 50_000,
            "《" * 200_000 + "数字人民币" + "》" * 200_000 + "（以下简称“数币”）",
            "（" * 300_000 + "数字人民币",
            "数字人民币" + "（长长长长长长长长长长长长" * 30_000,
            "数字人民币(" + "以下简称" * 100_000 + ")",
            "数字人民币" + "。" * 400_000,
            "'\"" * 200_000 + "数字人民币" * 100,
            "e-CNYa" * 100_000,
        ],
        ids=lambda text: text[:12],
    )
    def test_a_hostile_article_takes_time_in_proportion_to_its_length(self, text: str) -> None:
        names = (
            "数字人民币",
            "e-CNY",
            Name("数币", ("人民币",), ("比特币",)),
            Name("人民", ("币",), within=300),
        )
        matcher = Matcher([programme(*names)])
        matcher.mentions(Content("", ("热身",)))
        started = time.perf_counter()
        matcher.mentions(Content("", (text,)))
        assert time.perf_counter() - started < 5
