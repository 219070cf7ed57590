"""Portals are added to policywatch.toml or nothing is changed, and each gets a name of its own."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policywatch.app import settings_file
from policywatch.config import PORTAL_NAME
from policywatch.errors import ConfigProblem

FILE = "policywatch.toml"
OLD = "# Mine.\n[crawler]\ndelay = 3.0   # slow\n\n[portals.sina]\nobey_robots = false\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize(
    "old",
    [
        'portals = "none"\n',
        "portals = { x-cn = { obey_robots = true } }\n",
        "[portals]\nx = 1\n[portals.x-cn]\n",
        "[crawler\n",
        "a = '''\n",
        b"\xff\xfe\x00",
    ],
)
def test_a_file_to_which_nothing_can_be_appended_is_left_alone(folder: Path, old: str | bytes) -> None:
    path = folder / FILE
    path.write_bytes(old if isinstance(old, bytes) else old.encode())
    with pytest.raises(ConfigProblem) as caught:
        settings_file.add(path, {"x-cn": {"feed": "https://x.cn/rss"}})
    assert len(str(caught.value).splitlines()) == 1
    assert path.read_bytes() == (old if isinstance(old, bytes) else old.encode())
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_disk_that_is_full_costs_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / FILE).write_text(OLD)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings_file.add(folder / FILE, {"x-cn": {"feed": "https://x.cn/rss"}})
    assert (folder / FILE).read_text() == OLD
    assert [path.name for path in folder.iterdir()] == [FILE]


# --- names ---


@pytest.mark.parametrize(
    ("title", "address", "name"),
    [
        ("The Example: Daily!", "https://x.cn/rss", "the-example-daily"),
        ("某报 Daily", "https://www.x.com.cn/rss", "x-com-cn"),
        ("--", "https://x.cn/rss", "x-cn"),
        ("sina", "https://x.cn/rss", "x-cn"),
        ("", "https://taken.cn/a/b.xml?c=d", "taken-cn-a-b-xml"),
        ("", "https://taken.cn/", "taken-cn-3"),
        ("x" * 100, "https://x.cn/", "x" * 56),
        ("", "http://[2001:db8::1]/rss", "2001-db8-1"),
        ("", "http://数字.cn/", "xn-p8sv8u-cn"),
    ],
)
def test_a_name_is_made_of_title_host_or_address(title: str, address: str, name: str) -> None:
    taken = {"sina", "taken-cn", "taken-cn-2", "cn"}
    assert settings_file.name_for(title, address, taken) == name


@given(
    st.lists(
        st.tuples(st.text(max_size=80), st.from_regex(r"https?://[a-z]{1,5}(?:[.]cn)?/[a-z]{0,3}", fullmatch=True))
    )
)
def test_names_are_names_and_each_is_given_once(feeds: list[tuple[str, str]]) -> None:
    taken: set[str] = set()
    for title, address in feeds:
        name = settings_file.name_for(title, address, taken)
        assert PORTAL_NAME.fullmatch(name)
        assert name not in taken
        taken.add(name)


@given(st.text(), st.text())
def test_whatever_a_site_is_called_it_is_read_as_it_was_written(site: str, other: str) -> None:
    new = settings_file._appended(b"", {"x": {"site": site.encode(errors="replace").decode(), "channel": other[:0]}})
    assert tomllib.loads(new.decode())["portals"]["x"]["site"] == site.encode(errors="replace").decode()
