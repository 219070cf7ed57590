"""Import and export are inverse, one bad file stops no other, and no article overwrites another; on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policywatch.app.catalogue import load_catalogue
from policywatch.app.samples import FilesReport, Import, export
from portals.sites.cs import Cs
from portals.sites.sina import Sina
from storage import articles
from storage.database import Database
from tests.conftest import SHARED
from tests.storage.builders import entries_of, kinds, see, seen

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)


def sample(
    title: str = "示例区建设数字贸易港", body: str = "<p>示例区建好数字贸易港。</p>\n", site: str = "新浪财经"
) -> bytes:
    channel = "新浪财经－国內" if site == "新浪财经" else "资讯"
    image = "https://example.cn/a.png"
    return (
        f"\n---\ntitle: '{title}'\ncategories: \n - 金融\n - {site}\n - {channel}\nheadimg: '{image}'\n"
        f"author: {site}\ncomments: false\ndate: Thu, 27 May 2021 15:00:00 GMT\nthumbnail: '{image}'\n---\n\n"
        f"<div>   \n{body}  \n</div>\n            "
    ).encode()


def take(database: Database, files: Iterable[Path]) -> FilesReport:
    return Import(database, load_catalogue(None).programmes, (Sina(), Cs()), AT).run(files)


def put(folder: Path, *contents: bytes) -> list[Path]:
    files = [folder / f"{number}.txt" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return files


def written(database: Database, folder: Path, programme: str | None = None) -> dict[str, bytes]:
    report = export(database, folder, programme)
    assert report.problems == []
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def originals(database: Database) -> list[bytes | None]:
    with database.read() as connection:
        return [stored.original for stored in articles.all_articles(connection)]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection's own files are not here")
def test_every_file_of_the_collection_comes_back_byte_for_byte(database: Database, tmp_path: Path) -> None:
    samples = sorted((SHARED / "samples").glob("*.txt"))
    posts = sorted((SHARED / "posts").glob("0*.md"))
    assert take(database, [*samples, *posts]).problems == []
    exported = written(database, tmp_path / "out").values()
    assert sorted(exported) == sorted(path.read_bytes() for path in (*samples, *posts))
    kept = {original for original in originals(database) if original is not None}
    assert kept.isdisjoint(path.read_bytes() for path in samples)


def test_a_file_in_the_sample_form_is_rendered_and_not_kept(database: Database, tmp_path: Path) -> None:
    take(database, put(tmp_path, sample()))
    assert originals(database) == [None]
    assert list(written(database, tmp_path / "out").values()) == [sample()]


def test_an_older_variant_is_kept_as_it_came(database: Database, tmp_path: Path) -> None:
    older = (
        sample()
        .replace(b"categories: \n - ", b"categories: \n    - ")
        .replace(b"headimg: 'https://example.cn/a.png'\n", b"\n")
    )
    take(database, put(tmp_path, older))
    assert originals(database) == [older]
    assert list(written(database, tmp_path / "out").values()) == [older]


def test_beijing_time_that_is_called_gmt_is_read_as_it_is_meant_and_written_as_it_came(
    database: Database, tmp_path: Path
) -> None:
    take(database, put(tmp_path, sample(site="中证网")))
    assert originals(database) == [None]
    assert entries_of(database)[0].published_at == datetime(2021, 5, 27, 7, tzinfo=UTC)
    assert list(written(database, tmp_path / "out").values()) == [sample(site="中证网")]


def test_what_is_imported_is_told_with_its_programmes_and_importing_it_again_is_no_news(
    database: Database, tmp_path: Path
) -> None:
    files = put(tmp_path, sample())
    take(database, files)
    assert kinds(database) == ["article.new", "mention.new"]
    assert take(database, files).tally.unchanged == 1
    assert len(kinds(database)) == 2


def test_one_bad_file_is_named_and_stops_no_other(database: Database, tmp_path: Path) -> None:
    bombs = sample(body="<div>" * 100_000)
    files = put(tmp_path, b"\xff\xfe", sample("一"), b"", b"no front matter", bombs, sample("二"))
    report = take(database, [*files, tmp_path / "nowhere.txt", tmp_path])
    assert report.tally.new == 2
    assert [line.split(": ")[0].rsplit("/", 1)[-1] for line in report.problems][:4] == [
        "0.txt",
        "2.txt",
        "3.txt",
        "4.txt",
    ]
    assert len(report.problems) == 6
    assert all("\n" not in line for line in report.problems)


def test_of_two_articles_with_one_title_the_first_keeps_the_plain_name(database: Database, tmp_path: Path) -> None:
    see(
        database,
        seen("a1", "一。", title="财经早报"),
        seen("a2", "二。", title="财经早报"),
        seen("a3", "三。", title="财经早报 "),
    )
    names = sorted(Path(name).name for name in written(database, tmp_path / "out"))
    assert names == ["财经早报-a2.md", "财经早报-a3.md", "财经早报.md"]
    assert written(database, tmp_path / "out") == written(database, tmp_path / "again")


def test_an_article_that_the_form_cannot_hold_is_named_and_the_others_are_written(
    database: Database, tmp_path: Path
) -> None:
    see(database, seen("a1", title="一"), seen("a2", title="二", published_at=None))
    report = export(database, tmp_path / "out", None)
    assert report.done == 1
    assert [line for line in report.problems if "a2" in line and "time" in line]


def test_only_a_programme_is_exported_when_asked_for(database: Database, tmp_path: Path) -> None:
    take(database, put(tmp_path, sample("一"), sample("二", "<p>别的事。</p>\n")))
    assert [Path(name).name for name in written(database, tmp_path / "out", "digital-trade-port")] == ["一.md"]


@pytest.mark.parametrize("title", ["../../etc/passwd", "/etc/passwd", "..", "CON", "a\\b", "长" * 200])
def test_no_title_leads_out_of_the_folder(database: Database, tmp_path: Path, title: str) -> None:
    see(database, seen("a1", title=title))
    (name,) = written(database, tmp_path / "out")
    assert name.startswith("金融/新浪财经/新浪财经－国內/")
    assert [path for path in tmp_path.iterdir() if path.name != "out" and path.suffix != ".sqlite"] == [
        path for path in tmp_path.iterdir() if path.name.startswith("test.sqlite-")
    ]
