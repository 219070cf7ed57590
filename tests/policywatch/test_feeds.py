"""`policywatch feeds`: portals without code in policywatch.toml, whose other text stays as it is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from policywatch.app.portals import all_portals
from policywatch.cli.feeds import command
from policywatch.config import load
from policywatch.errors import ConfigProblem
from portals.feeds import opml

FILE = "policywatch.toml"
OLD = "# Mine.\n[crawler]\ndelay = 3.0   # slow\n\n[portals.sina]\nobey_robots = false\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICYWATCH_CONFIG", raising=False)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def own() -> dict[str, tuple[str, str, str]]:
    """The portals of the file, as the rest of the program finds them: feed, sitemap, site."""
    settings = load()
    assert all_portals(settings.portals).keys() >= settings.portals.keys()
    return {name: (portal.feed, portal.sitemap, portal.site) for name, portal in settings.portals.items()}


def outlines(*lines: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{"".join(lines)}</body></opml>'.encode()


def outline(address: str, title: str = "", **more: str) -> str:
    said = {"text": title, "xmlUrl": address, **more}
    return "<outline " + " ".join(f'{name}="{value}"' for name, value in said.items()) + "/>"


# --- add ---


def test_a_feed_is_added_and_watched(folder: Path) -> None:
    assert done("add", "http://rsshub.cn:1200/cls/telegraph?limit=50&from=a") == f"{FILE}: portal rsshub-cn added\n"
    assert own() == {"rsshub-cn": ("http://rsshub.cn:1200/cls/telegraph?limit=50&from=a", "", "")}
    assert (folder / FILE).read_text() == (
        '[portals.rsshub-cn]\nfeed = "http://rsshub.cn:1200/cls/telegraph?limit=50&from=a"\n'
    )


def test_a_sitemap_is_added_with_a_name_and_a_site(folder: Path) -> None:
    done("add", "https://x.cn/sitemap.xml", "--name", "my_site-2", "--site", ' 某 "站"\\ ', "--sitemap")
    assert own() == {"my_site-2": ("", "https://x.cn/sitemap.xml", '某 "站"\\')}


def test_the_text_of_the_file_stays_as_it_is(folder: Path) -> None:
    (folder / FILE).write_text(OLD)
    done("add", "https://x.cn/rss")
    done("add", "https://y.cn/rss")
    text = (folder / FILE).read_text()
    assert text == OLD + '\n[portals.x-cn]\nfeed = "https://x.cn/rss"\n\n[portals.y-cn]\nfeed = "https://y.cn/rss"\n'
    assert load().crawler.delay == 3.0
    assert not load().portals["sina"].obey_robots


@pytest.mark.parametrize(
    "old", [b"[crawler]\r\ndelay = 3.0", b"\xef\xbb\xbf[crawler]\ndelay = 3.0", b"# nothing", b"\n"]
)
def test_line_ends_marks_and_missing_ends_are_kept(folder: Path, old: bytes) -> None:
    (folder / FILE).write_bytes(old)
    done("add", "https://x.cn/rss")
    new = (folder / FILE).read_bytes()
    assert new.startswith(old)
    assert (new.count(b"\r\n") == new.count(b"\n")) == (b"\r\n" in old)
    assert own()["x-cn"] == ("https://x.cn/rss", "", "")


def test_the_file_that_the_environment_names_is_the_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = folder / "other.toml"
    monkeypatch.setenv("POLICYWATCH_CONFIG", str(other))
    result = run("add", "https://x.cn/rss")
    assert isinstance(result.exception, ConfigProblem)
    other.touch()
    assert done("add", "https://x.cn/rss") == f"{other}: portal x-cn added\n"
    assert list(own()) == ["x-cn"]
    assert not (folder / FILE).exists()


def test_who_may_read_the_file_stays_as_it_was_and_a_link_stays_one(folder: Path) -> None:
    (folder / "real.toml").write_text(OLD)
    (folder / "real.toml").chmod(0o600)
    (folder / FILE).symlink_to("real.toml")
    done("add", "https://x.cn/rss")
    assert (folder / FILE).is_symlink()
    assert stat.S_IMODE((folder / "real.toml").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == [FILE, "real.toml"]
    assert "x-cn" in own()


@pytest.mark.parametrize(
    "wrong",
    [
        ("add", "x.cn/rss"),
        ("add", "file:///etc/passwd"),
        ("add", "https://me:secret@x.cn/rss"),
        ("add", "https://x.cn/rss", "--name", "sina"),
        ("add", "https://x.cn/rss", "--name", "Mine"),
        ("add", "https://x.cn/rss", "--name", "a]\nb"),
        ("add",),
        ("import", "a", "b"),
        ("nonsense",),
    ],
)
def test_wrong_use_ends_with_two_and_changes_nothing(folder: Path, wrong: tuple[str, ...]) -> None:
    (folder / FILE).write_text(OLD)
    assert run(*wrong).exit_code == 2
    assert (folder / FILE).read_text() == OLD


def test_what_is_watched_already_is_not_added_again(folder: Path) -> None:
    done("add", "https://x.cn/rss?a=1")
    before = (folder / FILE).read_text()
    assert done("add", "http://x.cn/rss?a=1#top") == "http://x.cn/rss?a=1: watched already, as x-cn\n"
    assert (folder / FILE).read_text() == before
    done("add", "http://x.cn/rss?a=2")
    assert len(own()) == 2


# --- import ---


def test_the_feeds_of_a_file_are_added_once(folder: Path) -> None:
    (folder / FILE).write_text(OLD)
    data = outlines(
        "<outline text='夹'><outline text='内夹'>",
        outline("https://x.cn/rss?a=1&amp;b=2", "Example Daily", type="rss", htmlUrl="https://x.cn/"),
        "</outline></outline>",
        outline("https://www.y.com.cn/feed", "某某日报"),
        outline("https://www.y.com.cn/other", "某某晚报"),
        outline("http://x.cn/rss?a=1&amp;b=2", "Again"),
        outline("https://z.cn/rss", ""),
    )
    (folder / "feeds.opml").write_bytes(data)
    assert done("import", "feeds.opml") == f"{FILE}: 4 added, 0 watched already\n"
    assert own() == {
        "sina": ("", "", ""),
        "example-daily": ("https://x.cn/rss?a=1&b=2", "", "Example Daily"),
        "y-com-cn": ("https://www.y.com.cn/feed", "", "某某日报"),
        "y-com-cn-other": ("https://www.y.com.cn/other", "", "某某晚报"),
        "z-cn": ("https://z.cn/rss", "", ""),
    }
    before = (folder / FILE).read_bytes()
    assert done("import", "feeds.opml") == f"{FILE}: 0 added, 4 watched already\n"
    assert (folder / FILE).read_bytes() == before


def test_what_cannot_be_a_feed_is_named_and_the_others_are_added(folder: Path) -> None:
    wrong = [
        outline("javascript:alert(1)", "甲"),
        outline("", "乙", type="rss"),
        outline("https://me:secret@x.cn/", "丙"),
        outline("/rss", ""),
    ]
    (folder / "feeds.opml").write_bytes(outlines(*wrong, outline("https://x.cn/rss")))
    result = run("import", "feeds.opml")
    assert (result.exit_code, result.stdout) == (1, f"{FILE}: 1 added, 0 watched already\n")
    lines = result.stderr.splitlines()
    assert [line.split(": ")[2] for line in lines] == ["甲", "乙", "丙", "an outline without a title"]
    assert own().keys() == {"x-cn"}


def test_a_file_without_feeds_changes_nothing(folder: Path) -> None:
    (folder / "feeds.opml").write_bytes(outlines())
    assert done("import", "feeds.opml") == f"{FILE}: 0 added, 0 watched already\n"
    assert not (folder / FILE).exists()


BOMB = b'<!DOCTYPE opml [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "no OPML"),
        (b"<html></html>", "no OPML"),
        (outlines(outline("https://x.cn/rss"))[:-4], "cut off"),
        (BOMB + outlines(outline("https://x.cn/&b;")), "declares entities"),
        (outlines("<!--" + "x" * opml.MAX_BYTES + "-->"), "larger than"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(folder: Path, data: bytes | None, reason: str) -> None:
    if data is not None:
        (folder / "feeds.opml").write_bytes(data)
    result = run("import", "feeds.opml")
    (line,) = result.stderr.splitlines()
    assert (result.exit_code, reason in line, (folder / FILE).exists()) == (1, True, False)


@pytest.mark.parametrize(
    "data",
    [
        outlines(outline("feed:https://x.cn/rss")),
        outlines(outline("feed://x.cn/rss")).replace(b"xmlUrl", b"XMLURL"),
        outlines(outline("https://x.cn/rss", "陶喆"))
        .decode()
        .replace("1.0?", "1.0' encoding='gb2312?")
        .encode("gb18030"),
        outlines(outline("https://x.cn/rss")).decode().encode("utf-16"),
        outlines(outline("https://x.cn/rss", "R&D &nbsp;")),
    ],
)
def test_odd_files_of_other_readers_are_read(data: bytes) -> None:
    (found,) = opml.read(data).feeds
    assert opml.same_feed(found.feed) == "x.cn/rss"
    assert found.title in ("", "陶喆", "R&D")


@given(st.binary(max_size=300), st.text(alphabet="<>/=\"' &;outlinexmlUrthps:.a数", max_size=200))
def test_no_bytes_do_more_than_not_being_opml(data: bytes, text: str) -> None:
    for whole in (data, outlines(text), b"<opml>" + data + b"</opml>"):
        try:
            found = opml.read(whole)
        except ValueError:
            continue
        assert all(feed.feed.startswith(("http://", "https://")) for feed in found.feeds)


# --- export and list ---


def test_what_is_exported_is_what_is_watched(folder: Path) -> None:
    (folder / FILE).write_text(OLD)
    done("add", "https://x.cn/rss?a=1&b=2", "--site", "某站")
    done("add", "http://y.cn/feed", "--name", "why")
    done("add", "https://z.cn/sitemap.xml", "--sitemap")
    assert done("export", "-o", "mine.opml") == "mine.opml: 2 written\n"
    written = (folder / "mine.opml").read_bytes()
    expected = (opml.OpmlFeed("http://y.cn/feed", "why"), opml.OpmlFeed("https://x.cn/rss?a=1&b=2", "某站"))
    assert opml.read(written) == opml.Opml(expected, ())
    assert opml.read(run("export").stdout_bytes).feeds == expected
    (folder / FILE).unlink()
    done("import", "mine.opml")
    assert own() == {"why": ("http://y.cn/feed", "", ""), "x-cn": ("https://x.cn/rss?a=1&b=2", "", "某站")}


def test_an_export_that_cannot_be_written_is_one_line(folder: Path) -> None:
    (folder / "file").touch()
    result = run("export", "-o", "file/mine.opml")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)


def test_the_list_shows_feeds_and_sitemaps_only(folder: Path) -> None:
    (folder / FILE).write_text(OLD + '[portals.evil]\nfeed = "https://x.cn/"\nsite = "某\\u001b]0;a\\u0007站"\n')
    done("add", "https://z.cn/sitemap.xml", "--sitemap")
    assert done("list").splitlines() == [
        "portal  kind     site  address",
        "evil    feed     某站  https://x.cn/",
        "z-cn    sitemap  -     https://z.cn/sitemap.xml",
    ]
