"""Programme files are read strictly; the packaged ones find what they should, and nothing of one another."""

from __future__ import annotations

import html
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.tracking.programme_builders import programme
from tracking.article import Content
from tracking.matching import Matcher, Name, Programme
from tracking.programmes import ProgrammeError, check_tree, load
from tracking.text import clean

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FILES = sorted((Path(__file__).parents[2] / "programmes").glob("*.toml"))


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
