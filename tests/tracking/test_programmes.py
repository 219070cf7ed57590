"""Programme files are read strictly, and their mentions are found as a reader would find them."""

from __future__ import annotations

import html
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.article import Content
from tracking.programmes import Matcher, Mention, Name, Programme, ProgrammeError, check_tree, load
from tracking.text import clean, fold

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FILES = sorted((Path(__file__).parents[2] / "programmes").glob("*.toml"))

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


def programme(*names: str | Name, key: str = "x", parent: str | None = None) -> Programme:
    made = tuple(name if isinstance(name, Name) else Name(name) for name in names)
    return Programme(key, key, parent, made)


def mentions(text: str, *names: str | Name) -> list[Mention]:
    return list(Matcher([programme(*names)]).mentions(Content("", (text,))))


def quotes(text: str, *names: str | Name) -> list[str]:
    return [mention.quote for mention in mentions(text, *names)]


def reason(text: str, key: str = "digital-yuan") -> str:
    with pytest.raises(ProgrammeError) as caught:
        load(text, key)
    assert str(caught.value) == f"{caught.value.key}: {caught.value.reason}"
    assert "\n" not in str(caught.value)
    return caught.value.reason


class TestLoad:
    def test_a_name_alone_is_a_programme(self) -> None:
        assert load('name = "数字人民币"', "digital-yuan") == Programme(
            "digital-yuan", "数字人民币", None, (Name("数字人民币"),)
        )

    def test_everything_a_file_can_say_arrives(self) -> None:
        text = """
            name = "数字人民币"
            parent = "money"
            aliases = ["e-CNY"]
            [[alias]]
            text = ["数币", "DCEP"]
            near = ["人民币"]
            not_near = ["虚拟币"]
            within = 20
        """
        assert load(text, "digital-yuan") == Programme(
            "digital-yuan",
            "数字人民币",
            "money",
            (
                Name("数字人民币"),
                Name("e-CNY"),
                Name("数币", ("人民币",), ("虚拟币",), 20),
                Name("DCEP", ("人民币",), ("虚拟币",), 20),
            ),
        )

    def test_an_alias_of_the_same_text_gives_the_name_its_rules(self) -> None:
        text = 'name = "七通一平"\n[[alias]]\ntext = "七通一平"\nnear = ["智慧城市"]'
        assert load(text, "x").names == (Name("七通一平", ("智慧城市",)),)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("name = ", "not TOML"),
            ("", "name is missing"),
            ("name = 7", "name must be text"),
            ('name = ""', "name holds an empty text"),
            ('name = " \u3000\u200b"', "name holds an empty text"),
            ('name = "币"', "'币' is too short for a name"),
            ('name = "币 "', "'币 ' is too short for a name"),
            ('name = "数币"\nnames = []', "names is no known field"),
            ('name = "数币"\naliases = "DCEP"', "aliases must be a list of texts"),
            ('name = "数币"\naliases = []', "aliases is empty"),
            ('name = "数币"\naliases = ["DCEP", 1]', "aliases must be text"),
            ('name = "数币"\naliases = [""]', "aliases holds an empty text"),
            ('name = "数币"\naliases = ["數幣"]', "'數幣' is there twice, as '数币' too"),
            ('name = "数币"\naliases = ["e-CNY", "Ｅ－ＣＮＹ"]', "is there twice"),
            ('name = "数币"\naliases = ["DCEP"]\n[[alias]]\ntext = "dcep"\nnear = ["a"]', "is there twice"),
            ('name = "数币"\nparent = "digital-yuan"', "parent is the programme itself"),
            ('name = "数币"\nparent = "Digital Money"', "parent must be the key of a programme"),
            ('name = "数币"\nparent = 3', "parent must be a key"),
            ('name = "数币"\nalias = "DCEP"', "alias must be tables, each under [[alias]]"),
            ('name = "数币"\nalias = ["DCEP"]', "alias must be tables, each under [[alias]]"),
            ('name = "数币"\n[alias]\ntext = "DCEP"', "alias must be tables, each under [[alias]]"),
            ('name = "数币"\n[[alias]]\nnear = ["a"]', "alias.text is missing"),
            ('name = "数币"\n[[alias]]\ntext = "DCEP"', "'DCEP' has neither near nor not_near"),
            ('name = "数币"\n[[alias]]\ntext = []\nnear = ["a"]', "alias.text is empty"),
            ('name = "数币"\n[[alias]]\ntext = "DCEP"\nnear = []', "alias.near is empty"),
            ('name = "数币"\n[[alias]]\ntext = "DCEP"\nnear = [" "]', "alias.near holds an empty text"),
            ('name = "数币"\n[[alias]]\ntext = "DCEP"\nnaer = ["a"]', "alias.naer is no known field"),
            (
                'name = "数币"\n[[alias]]\ntext = "DCEP"\nnear = ["a"]\nwithin = "20"',
                "alias.within must be a number of characters",
            ),
            ('name = "数币"\n[[alias]]\ntext = "DCEP"\nnear = ["a"]\nwithin = true', "alias.within must be"),
            ('name = "数币"\n[[alias]]\ntext = "DCEP"\nnear = ["a"]\nwithin = 0', "must lie between 1 and"),
            ('name = "数币"\nexamples = ["a"]', "examples must be a table"),
            ('name = "数币"\n[examples]\nmatches = ["a"]', "examples.matches is no known field"),
            ('name = "数币"\n[examples]\nmatch = "数币"', "examples.match must be a list of texts"),
        ],
    )
    def test_a_file_that_is_wrong_is_refused_with_its_reason(self, text: str, said: str) -> None:
        assert said in reason(text)

    def test_deep_nesting_is_an_error_like_any_other(self) -> None:
        assert "not TOML" in reason("a = " + "[" * 100_000)

    @pytest.mark.parametrize("key", ["", "Digital", "数字", "a_b", "-a", "a--b", "../a", "a\n"])
    def test_a_key_is_a_slug(self, key: str) -> None:
        with pytest.raises(ProgrammeError, match="a key is made of"):
            load('name = "数字人民币"', key)

    def test_the_example_that_must_match_is_quoted_when_it_does_not(self) -> None:
        said = reason('name = "数字人民币"\n[examples]\nmatch = ["数字人民币", "数字货币走红"]')
        assert said == "must match, but does not: '数字货币走红'"

    def test_the_example_that_must_not_match_is_quoted_when_it_does(self) -> None:
        said = reason('name = "数字人民币"\n[examples]\nno_match = ["数字人", "试点數字人民幣"]')
        assert said == "must not match, but '數字人民幣' does: '试点數字人民幣'"


class TestTree:
    def test_a_plan_with_its_projects_is_a_tree(self) -> None:
        check_tree([programme(key="plan"), programme(key="a", parent="plan"), programme(key="b", parent="a")])

    def test_an_unknown_parent_is_named(self) -> None:
        with pytest.raises(ProgrammeError, match="a: its parent 'plan' is no programme"):
            check_tree([programme(key="a", parent="plan")])

    def test_a_circle_is_shown_and_blamed_on_one_that_is_in_it(self) -> None:
        with pytest.raises(ProgrammeError, match="b: its parents run in a circle: b → c → b"):
            check_tree(
                [
                    programme(key="a", parent="b"),
                    programme(key="b", parent="c"),
                    programme(key="c", parent="b"),
                ]
            )

    def test_a_key_is_used_once(self) -> None:
        with pytest.raises(ProgrammeError, match="a: 2 programmes have this key"):
            check_tree([programme(key="a"), programme(key="a")])


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


class TestShortForms:
    NAME = "北京国际大数据交易所"

    @pytest.mark.parametrize(
        "definition",
        [
            "（以下简称“北数所”）",
            "(以下简称北数所)",
            "（以下称“北数所”）",
            "（下称「北数所」）",
            "（简称：北数所）",
            "（以下简称为“北数所”，或“交易所”）",
            "（英文缩写BIDE，以下简称“北数所”）",
            "（ 以下 简称 “北数所” ）",
            "（以下簡稱「北數所」）",
            "”（以下简称北数所，注册地为北京）",
        ],
    )
    def test_after_its_definition_a_short_form_is_a_name(self, definition: str) -> None:
        text = f"北数所？{self.NAME}{definition}成立。北数所开业，北數所上市。"
        assert quotes(text, self.NAME) == [self.NAME, "北数所", "北數所"]

    def test_two_short_forms_at_once(self) -> None:
        text = f"{self.NAME}（以下简称“北数所”或“BIDE”）。北数所即bide，不是BIDEN。"
        assert quotes(text, self.NAME) == [self.NAME, "北数所", "bide"]

    def test_it_holds_in_later_paragraphs_but_in_no_other_article(self) -> None:
        matcher = Matcher([programme(self.NAME)])
        first = matcher.mentions(Content("北数所", (f"{self.NAME}（以下简称“北数所”）", "北数所")))
        assert [(m.paragraph, m.quote) for m in first] == [(1, self.NAME), (2, "北数所")]
        assert matcher.mentions(Content("", ("北数所",))) == ()

    def test_a_title_that_contains_a_name_is_known_by_its_short_form_in_book_marks(self) -> None:
        text = "发布《关于建设数字贸易港的实施方案》（以下简称“《实施方案》”）。《实施方案》提出，实施方案要细。"
        assert quotes(text, "数字贸易港") == ["数字贸易港", "《实施方案》"]

    def test_an_everyday_word_for_a_title_counts_where_a_word_begins(self) -> None:
        text = "《数字贸易港行动方案》(下称“方案”)公布。方案提出，根据方案，“方案”称，《方案》说，解决方案很多。"
        assert quotes(text, "数字贸易港") == ["数字贸易港"] + ["方案"] * 4

    @pytest.mark.parametrize(
        "title",
        [
            "《关于印发《数字贸易港方案》的通知》",
            "“《数字贸易港方案》”",
            "《数字贸易港方案》（征求意见稿）",
            "《方案——数字贸易港》",
        ],
    )
    def test_titles_in_titles_quotation_marks_and_asides_are_seen_through(self, title: str) -> None:
        assert quotes(f"{title}（以下简称《文件》）印发。《文件》要求。", "数字贸易港")[1:] == ["《文件》"]

    @pytest.mark.parametrize(
        "text",
        [
            "数字贸易港管委会主任（以下简称“主任”）出席。主任说。",
            "数字贸易港。《城市规划》（以下简称“《规划》”）。《规划》提出。",
            "《数字贸易港方案》和《城市规划》（以下简称“《规划》”）。《规划》提出。",
            "数字贸易港（以下简称“港”）。港口繁忙。",
            "数字贸易港（2021年设立）。设立以来。",
            "数字贸易港（以下简称“一个长得没有人会叫做简称的很长很长很长的说法真的非常长”）。一个长得没有人。",
        ],
    )
    def test_what_another_thing_is_called_is_no_short_form(self, text: str) -> None:
        assert quotes(text, "数字贸易港") == ["数字贸易港"]

    def test_an_open_book_mark_or_bracket_does_no_harm(self) -> None:
        assert quotes("数字贸易港》（以下简称《方案》）。《方案》", "数字贸易港") == ["数字贸易港"]
        assert quotes("）（以下简称“方案”）数字贸易港", "数字贸易港") == ["数字贸易港"]
        assert quotes("（以下简称“方案”）数字贸易港，方案", "数字贸易港") == ["数字贸易港"]

    def test_the_longest_wins_among_short_forms_and_names(self) -> None:
        text = f"{self.NAME}（以下简称“大数据交易所”）。{self.NAME}就是大数据交易所。"
        assert quotes(text, self.NAME) == [self.NAME, self.NAME, "大数据交易所"]

    def test_a_definition_may_serve_several_programmes(self) -> None:
        matcher = Matcher([programme("数字贸易港", key="a"), programme("数字人民币", key="b")])
        found = matcher.mentions(Content("", ("《数字人民币与数字贸易港办法》（下称《办法》）施行。《办法》共十条。",)))
        assert [(m.programme, m.quote) for m in found[2:]] == [("a", "《办法》"), ("b", "《办法》")]


class TestMentions:
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestPackagedFiles:
    def test_its_own_examples_hold(self, path: Path) -> None:
        assert load(path.read_text("utf-8"), path.stem).name

    def test_it_has_several_examples_either_way(self, path: Path) -> None:
        text = path.read_text("utf-8")
        match, no_match = text[text.index("[examples]") :].split("no_match")
        assert min(match.count('",\n'), no_match.count('",\n')) >= 3


def everything() -> Matcher:
    return Matcher([load(path.read_text("utf-8"), path.stem) for path in FILES])


def found_in(text: str) -> set[str]:
    return {mention.programme for mention in everything().mentions(Content("", (text,)))}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("“两区”教育局、这两区、两区政府都表了态。", set()),
        ("深化数字人民币、跨境支付等试验。", {"digital-yuan"}),
        ("京通快速路和驻京办。", set()),
        ("六个标杆工程包括城市数字操作系统、城市超级算力中心、北京国际大数据交易所、高级别自动驾驶全场景"
         "运营示范、跨体系数字医疗示范中心和数字化社区。",
         {"city-operating-system", "city-supercomputing-centre", "beijing-data-exchange",
          "autonomous-driving-demonstration", "cross-system-digital-medicine", "digital-community"}),
        ("该地块七通一平，位于工业示范区，配有数字社区中心。", set()),
        ("海南自由贸易港举办数字经济论坛。", set()),
    ],
)  # fmt: skip
def test_the_packaged_programmes_do_not_take_one_another_s_words(text: str, keys: set[str]) -> None:
    assert found_in(text) == keys


def sample(prefix: str) -> Content:
    (path,) = SAMPLES.glob(f"{prefix}_*")
    front, body = path.read_text("utf-8").split("\n---\n\n", 1)
    title = re.search(r"^title: '(.*)'$", front, re.M)
    assert title
    text = re.sub(r"<!--.*?-->|<style>.*?</style>", "", html.unescape(body), flags=re.S)
    paragraphs = (clean(re.sub(r"<[^>]+>", "", part)) for part in re.split(r"</?(?:p|div)\b[^>]*>", text))
    return Content(title.group(1), tuple(part for part in paragraphs if part))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are shared material")
class TestSamples:
    # The plan, then everything else.
    EXPECTED: dict[str, tuple[int, dict[str, int]]] = {  # noqa: RUF012
        "000": (1, {
            "two-zones": 2, "international-consumption-centre": 1, "digital-yuan": 1, "digital-trade-port": 1,
        }),
        "001": (7, {
            "global-digital-economy-conference": 2, "two-zones": 2, "autonomous-driving-demonstration": 3,
            "beijing-data-exchange": 1, "digital-community": 1, "international-consumption-centre": 1,
            "smart-manufacturing-100": 1, "digital-yuan": 1, "digital-trade-zone": 1, "digital-trade-port": 1,
            "seven-links-one-platform": 1, "jingtong-jingban-jingzhi": 1, "cross-system-digital-medicine": 1,
        }),
        "002": (16, {"global-digital-economy-conference": 1, "digital-yuan": 1}),
        "003": (5, {"global-digital-economy-conference": 1, "digital-yuan": 1}),
        "004": (11, {
            "autonomous-driving-demonstration": 3, "digital-community": 2, "beijing-data-exchange": 3,
            "digital-trade-port": 2, "smart-manufacturing-100": 1, "digital-yuan": 1,
            "international-consumption-centre": 1, "digital-trade-zone": 1, "city-operating-system": 2,
            "city-supercomputing-centre": 2, "cross-system-digital-medicine": 1,
            "global-digital-economy-conference": 1,
        }),
    }  # fmt: skip

    @pytest.mark.parametrize("prefix", EXPECTED)
    def test_each_mentions_what_a_reader_finds_in_it(self, prefix: str) -> None:
        content = sample(prefix)
        found = everything().mentions(content)
        plan, others = self.EXPECTED[prefix]
        expected = {"digital-economy-benchmark-city": plan, **others}
        assert Counter(mention.programme for mention in found) == expected
        texts = (content.title, *content.paragraphs)
        assert all(m.quote == texts[m.paragraph][m.start : m.end] for m in found)

    def test_the_short_form_of_the_plan_counts_in_its_article_only(self) -> None:
        assert "《实施方案》" in {mention.quote for mention in everything().mentions(sample("002"))}
        assert "《实施方案》" not in {mention.quote for mention in everything().mentions(sample("003"))}

    def test_an_article_is_matched_in_milliseconds(self) -> None:
        matcher, content = everything(), sample("001")
        matcher.mentions(content)
        started = time.perf_counter()
        for _ in range(20):
            matcher.mentions(content)
        assert (time.perf_counter() - started) / 20 < 0.02  # 0.6 ms where nothing else runs
