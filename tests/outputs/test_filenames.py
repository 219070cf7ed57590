"""Paths below the export folder: as the collection has them, and never dangerous."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from output_builders import article

from outputs.filenames import collision_key, file_name
from outputs.sample import Post, post_of

POST = post_of(article())
# What Windows opens as a device, whatever stands behind a dot.
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}


def named(title: str, suffix: str | None = None) -> str:
    """The last part of the path of a post with this title."""
    return file_name(replace(POST, title=title), suffix).split("/", 3)[3]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("北京：数字经济", "北京：数字经济.md"),
        ("东港股份下降38.76% 拟10派4元", "东港股份下降3876% 拟10派4元.md"),
        ("C#与数字/人民币", "C与数字_人民币.md"),
        ('他说"可以"', '他说"可以".md'),
        ("一\n二\r\n三\u2028四", "一二三四.md"),
        ("🚀 {0} “新”", "🚀 {0} _新_.md"),
        ("../../etc/passwd", "__etc_passwd.md"),
        ("...", "_.md"),
        ("", "_.md"),
        (" . ", "_.md"),
        (".hidden", "hidden.md"),
        ("a\0b\x1b[31mc\u202ed", "ab_31mcd.md"),
        ("CON", "_CON.md"),
        ("com¹", "_com¹.md"),
        ("Console", "Console.md"),
        ("\ud800半", "半.md"),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert named(title) == name


def test_the_path_is_section_site_channel_title() -> None:
    assert file_name(POST) == "金融/新浪财经/新浪财经－国內/北京加快建设全球数字经济标杆城市.md"
    assert file_name(replace(POST, categories=("金融", "中证网"))).startswith("金融/中证网/北京")


@pytest.mark.parametrize(
    ("category", "folder"),
    [
        ("..", "_"),
        (".", "_"),
        ("", "_"),
        ("/etc", "_etc"),
        ("..\\..", "_"),
        ("../..", "_"),
        (".git", "git"),
        ("世界经济论坛 - 报告", "世界经济论坛 - 报告"),
        ("e.公司", "e.公司"),
        ("nul", "_nul"),
        ("NUL.txt", "_NUL.txt"),
        ("NUL .txt", "_NUL .txt"),
        ("资讯. ", "资讯"),
        ("C:", "C_"),
        ("a\nb", "a b"),
    ],
)
def test_a_hostile_category_stays_one_harmless_folder(category: str, folder: str) -> None:
    path = file_name(replace(POST, categories=("金融", category, "资讯")))
    assert path == f"金融/{folder}/资讯/北京加快建设全球数字经济标杆城市.md"


def test_names_stay_within_255_bytes_and_whole_characters() -> None:
    for title in ("数" * 300, "a" + "数" * 300, "ab" + "🚀" * 300):
        for suffix in (None, "ikmxzfmm5064497", "钥" * 300):
            name = named(title, suffix)
            assert 240 < len(name.encode()) <= 255
            assert name.endswith(".md")


def test_a_name_is_not_cut_to_an_ending_that_file_systems_refuse() -> None:
    assert "\u200d.md" not in named("👩\u200d💻" * 100)
    for filler in (".", " "):
        folder = file_name(replace(POST, categories=("a" * 254 + filler + "b", "站", "栏"))).split("/")[0]
        assert folder == "a" * 254


def test_a_suffix_tells_articles_of_one_title_apart() -> None:
    assert named("数字人民币", "doc-ikmx5064497") == "数字人民币-doc-ikmx5064497.md"
    assert named("数字人民币", "8AbC").startswith("数字人民币-8abc-")
    keys = [
        "8AbC",
        "8aBc",
        "8abc",
        "a/b",
        "a_b",
        "a.b",
        "../x",
        "",
        "-",
        "长" * 99,
        "长" * 98,
        "k" * 99,
        "k" * 98,
    ]
    names = {collision_key(named("数" * 300, key)) for key in keys}
    assert len(names) == len(keys)


def test_paths_that_one_file_system_takes_for_the_same_share_a_key() -> None:
    composed, decomposed = "é.md", unicodedata.normalize("NFD", "É.md")
    assert collision_key(composed) == collision_key(decomposed)
    assert collision_key("α\u0345\u0301") == collision_key("α\u0301\u0345")
    assert collision_key("A/B.md") == collision_key("a/b.MD")
    assert collision_key("数字.md") != collision_key("数据.md")


@settings(database=None, deadline=None, max_examples=400)
@given(
    st.one_of(st.text(), st.sampled_from(["..", "/", "\\", "aux", "a" * 600, "数" * 200])),
    st.lists(st.text(max_size=300), min_size=1, max_size=3),
    st.one_of(st.none(), st.text()),
)
def test_no_path_leaves_the_folder_whatever_the_post_says(
    title: str, categories: list[str], suffix: str | None
) -> None:
    post: Post = replace(POST, title=title, categories=tuple(categories))
    path = file_name(post, suffix)
    parts = path.split("/")
    assert len(parts) == len(categories) + 1
    assert not PurePosixPath(path).is_absolute()
    assert not PureWindowsPath(path).drive
    for part in parts:
        assert 0 < len(part.encode()) <= 255
        assert not part.startswith(".")
        assert part == part.rstrip(" .")
        assert "\\" not in part
        assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in part)
        assert part.partition(".")[0].rstrip(" ").upper() not in DEVICES


def test_the_longest_names_can_really_be_written(tmp_path: Path) -> None:
    path = tmp_path / file_name(replace(POST, title="数" * 300, categories=("..", "/", "资" * 300)), "k" * 300)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert path.resolve().is_relative_to(tmp_path.resolve())
