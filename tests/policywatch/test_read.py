"""One page is read: whose it is, by which rules, and one clear line when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policywatch.app.portals import all_portals
from policywatch.app.read import portal_named
from policywatch.cli import policywatch

FIXTURES = Path(__file__).resolve().parents[1] / "portals"
SINA = FIXTURES / "sina" / "article" / "page.html"
ADDRESS = "https://finance.sina.com.cn/china/2026-11-20/doc-inxyzabc0000001.shtml"
PLAIN = """<html><head><title>数字贸易港扩容_某某报</title>{head}</head>
<body><div class="nav"><a href="/">首页</a></div>
<h1>数字贸易港扩容</h1><div class="info">2026-11-20 08:05 来源：某某报</div><div class="article">
<p>记者20日获悉，数字贸易港二期工程正式开工，计划引入企业五十家，涉及跨境电商、数据服务等领域。</p>
<p>项目负责人表示，二期工程将建设三座数据中心，为企业提供一站式的合规服务，预计明年年底前投入使用。</p>
<p>业内人士认为，此举有助于提升区域数字贸易的整体水平，也将带动周边就业，形成新的增长点。</p></div></body></html>"""


def read(*arguments: object) -> Result:
    return CliRunner().invoke(policywatch, ["read", *map(str, arguments)])


def read_json(*arguments: object) -> dict[str, object]:
    done = read(*arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain.html"
    path.write_text(PLAIN.format(head=""), "utf-8")
    return path


def test_a_saved_page_is_read_by_the_portal_of_its_address() -> None:
    found = read_json(SINA, "--address", f"{ADDRESS}?from=wap#top")
    expected = json.loads((SINA.parent / "expected.json").read_text("utf-8"))
    assert list(found) == ["portal", "key", "url", "title", "author", "published_at", "text"]
    assert (found["portal"], found["key"], found["url"]) == ("sina", "nxyzabc0000001", ADDRESS)
    assert (found["title"], found["text"]) == (expected["title"], expected["paragraphs"])
    assert str(found["published_at"]).endswith("Z")


@pytest.mark.parametrize("name", ["sina", "finance.sina.com.cn"])
def test_a_portal_can_be_named_by_its_name_or_its_host_and_needs_no_address(name: str) -> None:
    found = read_json(SINA, "--portal", name)
    assert found["portal"] == "sina"


def test_a_host_below_one_that_a_portal_watches_names_it_too() -> None:
    known = all_portals()
    hosts = ("stcn.com", "www.stcn.com", "people.com.cn", "163", "money.163.com", "36kr", "nowhere.cn", "com")
    named = {host: portal_named(host, known) for host in hosts}
    assert {host: portal and portal.name for host, portal in named.items()} == {
        "stcn.com": "stcn",
        "www.stcn.com": "stcn",
        "people.com.cn": "people",
        "163": "netease",
        "money.163.com": "netease",
        "36kr": "kr36",
        "com": None,
        "nowhere.cn": None,
    }


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="{ADDRESS}">',
        f'<meta property="og:url" content="{ADDRESS}">',
        f'<meta name="mobile-agent" content="format=html5; url={ADDRESS}">',
    ],
)
def test_a_page_that_says_where_it_comes_from_needs_no_address(head: str, tmp_path: Path) -> None:
    path = tmp_path / "saved.html"
    path.write_text(SINA.read_text("utf-8").replace("<head>", f"<head>{head}", 1), "utf-8")
    assert read_json(path)["url"] == ADDRESS


def test_the_address_that_a_browser_wrote_into_a_page_is_taken(tmp_path: Path) -> None:
    text = SINA.read_text("utf-8")
    path = tmp_path / "saved.html"
    path.write_text(f"<!-- saved from url=({len(ADDRESS):04}){ADDRESS} -->\n{text}".replace("og:url", "x"), "utf-8")
    assert read_json(path)["key"] == "nxyzabc0000001"


def test_a_page_of_no_portal_is_read_by_general_rules(plain: Path) -> None:
    found = read_json(plain)
    assert (found["portal"], found["key"], found["url"]) == (None, None, None)
    assert (found["title"], found["published_at"]) == ("数字贸易港扩容", "2026-11-20T00:05:00Z")
    text = found["text"]
    assert isinstance(text, list)
    assert (text[0][:6], text[-1][-9:], len(text)) == ("记者20日获", "，形成新的增长点。", 3)


def test_general_rules_can_be_asked_for(plain: Path) -> None:
    found = read_json(SINA, "--address", ADDRESS, "--generic")
    assert (found["portal"], found["url"]) == (None, ADDRESS)


def test_a_person_sees_the_fields_and_the_text_apart(plain: Path) -> None:
    lines = read(plain).stdout.splitlines()
    assert lines[:6] == [
        "portal:       none, read by general rules",
        "key:          -",
        "url:          -",
        "title:        数字贸易港扩容",
        "author:       某某报",
        "published_at: 2026-11-20 08:05 Beijing time",
    ]
    assert lines[7].startswith("记者20日获悉")


def test_what_a_page_says_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text(PLAIN.format(head="").replace("项目负责人", "\x1b[31m\u202e项目负责人"), "utf-8")
    out = read(path).stdout + read(path, "--format", "json").stdout
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ""),
        ("<html><body><h1>访问验证</h1><p>请完成安全验证</p></body></html>", ""),
        ("<b>" * 5000, ""),
        ("<p>" * 50000, "tags, more than a page of news has"),
    ],
)
def test_a_page_without_an_article_is_one_line_and_exit_code_1(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text(text, "utf-8")
    done = read(path)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"policywatch: {path}: ")
    assert reason in line


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["nothing.html"], 1, "nothing.html: No such file"),
        ([SINA, "--portal", "sinna"], 2, "there is no portal 'sinna'"),
        ([SINA, "--portal", "sina", "--generic"], 2, "exclude each other"),
        ([SINA, "--address", "ftp://x"], 1, "not an http or https address"),
        ([SINA, "--portal", "stcn"], 1, "as stcn: nothing matches"),
        (["https://x.cn/1", "--address", "https://x.cn/2"], 2, "--address can only be used with a saved page"),
        (["https://user:secret@x.cn/1"], 1, "credentials in an address"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: list[object], code: int, reason: str) -> None:
    done = read(*arguments)
    assert done.exit_code == code
    assert reason in done.stderr.splitlines()[-1]
    assert done.stdout == ""
