"""One normal form for text: what is kept, what is compared, what is matched."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracking.text import clean, clean_title, fold, squeeze

# Anything at all, halves of surrogate pairs too, thick with the characters that this module is about.
SPECIAL = " \t\n\r\x0b\x1c\x85\xa0\u2003\u2028\u3000\u200b\u200d\ufe0f\ufeff\xad\x00\ud800👩💻❤1a“”「」·・ＡＢ數"
ANY = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters()))


class TestClean:
    def test_runs_of_white_space_of_any_kind_become_one_blank(self) -> None:
        assert clean("\u3000\u3000数字 \t\r\n\xa0贸易\u2003港 ") == "数字 贸易 港"

    def test_control_and_zero_width_characters_vanish_without_a_trace(self) -> None:
        assert clean("数\u200b字\x00贸\ufeff易\xad港\u2060\u202e") == "数字贸易港"

    def test_blanks_around_an_invisible_character_are_one_run(self) -> None:
        assert clean("数字 \u200b 贸易") == "数字 贸易"

    def test_halves_of_surrogate_pairs_never_reach_a_database(self) -> None:
        assert clean("数\ud83d字\udc00").encode() == "数字".encode()

    def test_what_looks_blank_is_empty(self) -> None:
        assert clean("\u200b\u3164\u2800\ufe0f\u200d \u3000") == ""

    @pytest.mark.parametrize("emoji", ["❤️", "👨‍👩‍👧", "1️⃣", "🏳️‍🌈", "🧑🏽‍💻"])
    def test_an_emoji_keeps_what_holds_it_together(self, emoji: str) -> None:
        assert clean(f"数字{emoji}贸易") == f"数字{emoji}贸易"

    def test_outside_an_emoji_a_joiner_is_invisible(self) -> None:
        assert clean("数\u200d字\ufe0f👩\u200d") == "数字👩"

    @given(ANY)
    @example("x\ufe0f\u200d👩")
    @example("👩\u200d\u200d💻")
    def test_cleaning_twice_changes_nothing(self, text: str) -> None:
        assert clean(clean(text)) == clean(text)

    @given(ANY)
    def test_nothing_that_is_read_gets_lost(self, text: str) -> None:
        assert squeeze(clean(text)) == squeeze(text)


class TestCleanTitle:
    def test_inner_blanks_stay_as_they_are(self) -> None:
        assert clean_title("  北京发布方案  目标\u30002025年\xa0 ") == "北京发布方案  目标\u30002025年"

    def test_a_line_break_with_the_blanks_around_it_is_one_blank(self) -> None:
        assert clean_title("\n    北京发布\r\n        实施方案\t全文\n") == "北京发布 实施方案 全文"

    def test_control_and_zero_width_characters_vanish(self) -> None:
        assert clean_title("数\u200b字\x07人\ufeff民币") == "数字人民币"

    @given(ANY)
    def test_cleaning_twice_changes_nothing(self, text: str) -> None:
        assert clean_title(clean_title(text)) == clean_title(text)

    @given(ANY)
    def test_a_title_stands_on_one_line(self, text: str) -> None:
        assert len(clean_title(text).splitlines()) <= 1


class TestSqueeze:
    def test_white_space_and_invisible_characters_go(self) -> None:
        assert squeeze(" 数\u3000字\n贸\u200b易\t港\ufe0f ") == "数字贸易港"

    def test_everything_that_is_read_stays(self) -> None:
        assert squeeze("GDP增长 5.0%，其中 ２项") == "GDP增长5.0%，其中２项"

    @given(ANY)
    def test_squeezing_twice_changes_nothing(self, text: str) -> None:
        assert squeeze(squeeze(text)) == squeeze(text)


class TestFold:
    @pytest.mark.parametrize(
        ("seen", "folded"),
        [
            ("新智造１００", "新智造100"),
            ("ｅ－ＣＮＹ", "e-cny"),
            ("e‑CNY", "e-cny"),
            ("（以下简称：％）", "(以下简称:%)"),
            ("數字經濟標桿城市", "数字经济标杆城市"),
            ("國際消費中心城市", "国际消费中心城市"),
            ("数字人⺠币", "数字人民币"),
            ("⾦融", "金融"),
            ("數\U0002f81a", "数冬"),
        ],
    )
    def test_width_script_and_case_are_one(self, seen: str, folded: str) -> None:
        assert fold(seen).text == folded

    @pytest.mark.parametrize("mark", "“”‘’「」『』\"'＂＇«»〝〞„‟﹁﹂｢｣‹›")
    def test_every_quotation_mark_is_the_same(self, mark: str) -> None:
        assert fold(mark).text == '"'

    @pytest.mark.parametrize("dot", "·・•‧∙･⋅")
    def test_every_middle_dot_is_the_same(self, dot: str) -> None:
        assert fold(dot).text == "·"

    @pytest.mark.parametrize("mark", "《》、—．²①")
    def test_marks_that_say_something_else_stay_apart(self, mark: str) -> None:
        assert fold(mark).text not in '"·-12'

    @pytest.mark.parametrize("gone", " \t\n\r\xa0\u3000\u2003\u200b\u200d\ufeff\xad\ufe0f\U000e0100\ud800")
    def test_what_is_blank_or_invisible_goes(self, gone: str) -> None:
        assert fold(f"数{gone}字").text == "数字"

    def test_a_span_leads_back_over_what_was_removed(self) -> None:
        folded = fold(" 建设 數 字\u200b貿易港。")
        start = folded.text.index("数字贸易港")
        first, last = folded.span(start, start + 5)
        assert folded.original[first:last] == "數 字\u200b貿易港"

    def test_a_span_is_as_it_was_when_nothing_was_removed(self) -> None:
        assert fold("建設數字貿易港").span(2, 7) == (2, 7)

    def test_an_empty_span_has_a_place_too(self) -> None:
        folded = fold(" 数 字 ")
        assert folded.span(1, 1) == (3, 3)
        assert folded.span(2, 2) == (5, 5)

    @given(ANY)
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        assert fold(fold(text).text).text == fold(text).text

    def test_every_single_character_settles_at_once(self) -> None:
        everything = "".join(map(chr, range(sys.maxunicode + 1)))
        folded = fold(everything).text
        assert fold(folded).text == folded

    @given(ANY, st.data())
    def test_the_original_of_a_span_folds_to_that_span(self, text: str, data: st.DataObject) -> None:
        folded = fold(text)
        start = data.draw(st.integers(0, len(folded.text)))
        end = data.draw(st.integers(start, len(folded.text)))
        first, last = folded.span(start, end)
        assert fold(text[first:last]).text == folded.text[start:end]

    @given(ANY, ANY)
    def test_texts_fold_piece_by_piece(self, one: str, other: str) -> None:
        assert fold(one + other).text == fold(one).text + fold(other).text

    @given(ANY)
    def test_cleaning_first_makes_no_difference(self, text: str) -> None:
        assert fold(clean(text)).text == fold(text).text


def test_importing_loads_no_converter() -> None:
    code = "import sys, tracking.text; sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("action", [clean, clean_title, squeeze, fold])
@pytest.mark.parametrize("piece", [" ", "\u200b", "\u200d", " \u200b", "数 ", "\ufe0f\u200d", "👩\u200d", "數"])
def test_a_hostile_text_takes_time_in_proportion_to_its_length(action, piece: str) -> None:  # type: ignore[no-untyped-def]
    fold("")  # the table is not what is measured
    started = time.perf_counter()
    action(piece * 200_000 + "x")
    assert time.perf_counter() - started < 2
