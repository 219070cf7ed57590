"""Settings: where they come from, and one clear line for each that cannot be used."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from policywatch.config import Config, PortalConfig, load
from policywatch.errors import ConfigProblem
from policywatch.setting_values import MINIMUM

ADDRESS = "postgresql://me:hunter2@localhost/x"
SETTINGS = [
    (section.name, setting.name, getattr(getattr(Config(), section.name), setting.name))
    for section in fields(Config)
    if section.name != "portals"
    for setting in fields(getattr(Config(), section.name))
]
NUMBERS = [(section, name) for section, name, value in SETTINGS if isinstance(value, (int, float))]


def from_file(folder: Path, text: str, **variables: str) -> Config:
    (folder / "policywatch.toml").write_text(text, "utf-8")
    return load(folder, variables)


def from_variables(**variables: str) -> Config:
    return load(Path("/nowhere"), {f"POLICYWATCH_{name}": value for name, value in variables.items()})


def problem(load: Any, *args: Any, **kwargs: Any) -> str:
    """What is said of a setting that cannot be used, which is one line without a secret."""
    with pytest.raises(ConfigProblem) as caught:
        load(*args, **kwargs)
    (line,) = str(caught.value).splitlines()
    assert "hunter2" not in line
    assert len(line) < 300
    return line


# --- where settings come from ---


def test_without_file_and_variables_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, {}) == load(tmp_path, {"PATH": "/bin", "POLICY": "x"}) == Config()
    assert Config().database.url == "sqlite:///policywatch.sqlite"


def test_the_file_in_the_folder_is_read(tmp_path: Path) -> None:
    config = from_file(tmp_path, '[crawler]\ndelay = 5\ncontact = "我"\n[feed]\nitems = 7\n')
    assert (config.crawler.delay, config.crawler.contact, config.feed.items) == (5.0, "我", 7)
    assert isinstance(config.crawler.delay, float)
    assert config.service == Config().service


def test_the_working_directory_is_the_folder_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_file(tmp_path, "[feed]\nitems = 7")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICYWATCH_CRAWLER__DELAY", "9")
    assert (load().feed.items, load().crawler.delay) == (7, 9.0)


def test_a_variable_is_above_the_file(tmp_path: Path) -> None:
    config = from_file(tmp_path, "[crawler]\ndelay = 5\nconcurrency = 3", POLICYWATCH_CRAWLER__DELAY="0.5")
    assert (config.crawler.delay, config.crawler.concurrency) == (0.5, 3)


@pytest.mark.parametrize("variable", ["POLICYWATCH_DATABASE_URL", "POLICYWATCH_DATABASE__URL"])
def test_the_database_has_a_short_variable_too(variable: str, tmp_path: Path) -> None:
    config = from_file(tmp_path, '[database]\nurl = "sqlite:///other"', **{variable: ADDRESS})
    assert config.database.url == ADDRESS


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[feed]\nitems = 7")
    from_file(tmp_path, "[feed]\nitems = 8")
    assert load(tmp_path, {"POLICYWATCH_CONFIG": str(tmp_path / "mine.toml")}).feed.items == 7


@pytest.mark.parametrize(("section", "name", "default"), SETTINGS)
def test_every_setting_can_be_given_as_a_variable(section: str, name: str, default: object) -> None:
    text = {str: "x", int: "2000", float: "2000.5", tuple: "x,y", dict: "sina=15"}[type(default)]
    config = from_variables(**{f"{section}__{name}".upper(): text})
    given = getattr(getattr(config, section), name)
    assert given == {"x": "x", "2000": 2000, "2000.5": 2000.5, "x,y": ("x", "y"), "sina=15": {"sina": 15.0}}[text]
    assert type(given) is type(default)


def test_a_list_is_a_list_in_the_file_and_divided_by_commas_in_a_variable(tmp_path: Path) -> None:
    given = ("127.0.0.1", "例子.中国")
    assert from_file(tmp_path, '[crawler]\nallow_hosts = ["127.0.0.1", "例子.中国"]').crawler.allow_hosts == given
    assert from_variables(CRAWLER__ALLOW_HOSTS=" 127.0.0.1, , 例子.中国,").crawler.allow_hosts == given
    assert from_variables(CRAWLER__ALLOW_HOSTS="").crawler.allow_hosts == ()
    assert from_file(tmp_path, '[crawler]\nallow_hosts = ["", " "]').crawler.allow_hosts == ()


def test_the_intervals_of_single_portals_are_a_table_or_pairs(tmp_path: Path) -> None:
    given = {"sina": 15.0, "cs": 0.5}
    assert from_file(tmp_path, "[service.intervals]\nsina = 15\ncs = 0.5").service.intervals == given
    assert from_variables(SERVICE__INTERVALS="sina=15, cs = 0.5,").service.intervals == given


def test_the_mark_that_some_editors_put_first_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "policywatch.toml").write_bytes("[feed]\r\nitems = 7\r\n".encode("utf-8-sig"))
    assert load(tmp_path, {}).feed.items == 7


def test_every_number_has_a_least_value_that_makes_sense() -> None:
    assert {name for _, name in NUMBERS} == set(MINIMUM)
    assert all(value >= MINIMUM[name] for _, name, value in SETTINGS if name in MINIMUM)


# --- what cannot be used ---


@pytest.mark.parametrize(
    "text",
    [
        "crawler",
        "[crawler",
        "[crawler]\ndelay =",
        "[crawler]\ndelay = 1\ndelay = 2",
        "[crawler]\n[crawler]",
        "\0",
        '[database]\nurl = "postgresql://me:hunter2@localhost/x',
        '[database]\nurl = "postgresql://me:hunter2@localhost/x"\nurl = "postgresql://me:hunter2@localhost/x"',
    ],
)
def test_a_file_that_is_no_toml_is_named(text: str, tmp_path: Path) -> None:
    assert problem(from_file, tmp_path, text).startswith(f"{tmp_path}/policywatch.toml: ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "policywatch.toml").write_bytes('[crawler]\ncontact = "数"'.encode("gb18030"))
    assert problem(load, tmp_path, {}).startswith(f"{tmp_path}/policywatch.toml: ")
    assert "no such file" in problem(load, tmp_path, {"POLICYWATCH_CONFIG": f"{tmp_path}/nowhere.toml"})
    assert str(tmp_path) in problem(load, tmp_path, {"POLICYWATCH_CONFIG": str(tmp_path)})


@pytest.mark.parametrize(
    ("text", "named", "reason"),
    [
        ("delay = 2", "delay", "settings belong in sections"),
        ("[[crawler]]\ndelay = 2", "crawler", "settings belong in sections"),
        ("[crawlers]\ndelay = 2", "crawlers.delay", "no such section; the sections are crawler, database"),
        ("[crawler]\ndely = 2", "crawler.dely", "no such setting; the settings are allow_hosts"),
        ("[crawler]\nDelay = 2", "crawler.Delay", "no such setting"),
        ("[crawler.delay]\nsina = 2", "crawler.delay", "must be a number"),
        ("[crawler]\ndelay = true", "crawler.delay", "must be a number"),
        ("[crawler]\ndelay = [2]", "crawler.delay", "must be a number"),
        ("[crawler]\ndelay = 2026-11-20", "crawler.delay", "must be a number"),
        ('[crawler]\ndelay = "fast"', "crawler.delay", "'fast' is not a number"),
        ("[crawler]\nconcurrency = 2.5", "crawler.concurrency", "'2.5' is not a whole number"),
        ("[crawler]\nconcurrency = inf", "crawler.concurrency", "'inf' is not a whole number"),
        ("[crawler]\nconcurrency = nan", "crawler.concurrency", "'nan' is not a whole number"),
        ("[crawler]\ncontact = 5", "crawler.contact", "must be a text"),
        ("[crawler]\nallow_hosts = 5", "crawler.allow_hosts", "must be a list of texts"),
        ("[crawler]\nallow_hosts = [5]", "crawler.allow_hosts", "must be a text"),
        ("[crawler]\nallow_hosts = {a = 5}", "crawler.allow_hosts", "must be a list of texts"),
        ("[database]\nurl = 5", "database.url", "must be a text"),
        ("[service]\nintervals = 5", "service.intervals", "must be portals with their minutes"),
        ("[service.intervals]\nsina = 0", "service.intervals.sina", "out of range"),
        ('[service.intervals]\nsina = "often"', "service.intervals.sina", "'often' is not a number"),
    ],
)
def test_a_bad_setting_of_the_file_is_named_with_its_place(text: str, named: str, reason: str, tmp_path: Path) -> None:
    line = problem(from_file, tmp_path, text)
    assert line.startswith(f"{tmp_path}/policywatch.toml: {named}: ")
    assert reason in line


@pytest.mark.parametrize(
    ("variable", "text", "reason"),
    [
        ("CRAWLERS__DELAY", "2", "no such section"),
        ("CRAWLER__DELY", "2", "no such setting"),
        ("CRAWLER__", "2", "no such setting"),
        ("__DELAY", "2", "no such section"),
        ("CRAWLER__DELAY__SINA", "2", "no such setting"),
        ("CRAWLER__DELAY", "", "'' is not a number"),
        ("CRAWLER__DELAY", "2s", "'2s' is not a number"),
        ("CRAWLER__DELAY", "2,5", "'2,5' is not a number"),
        ("CRAWLER__DELAY", "1e99\n", "out of range"),
        ("CRAWLER__DELAY", "x" * 9999, "is not a number"),
        ("CRAWLER__CONCURRENCY", "2.5", "'2.5' is not a whole number"),
        ("CRAWLER__CONCURRENCY", "9" * 400, "out of range"),
        ("CRAWLER__CONCURRENCY", "9" * 9999, "is not a whole number"),
        ("SERVICE__INTERVALS", "sina", "is not a number"),
        ("SERVICE__INTERVALS", "sina=", "is not a number"),
        ("SERVICE__INTERVALS", "sina=15,cs=-1", "out of range"),
    ],
)
def test_a_bad_variable_is_named(variable: str, text: str, reason: str) -> None:
    line = problem(from_variables, **{variable: text})
    assert line.startswith(f"POLICYWATCH_{variable}")
    assert reason in line


@pytest.mark.parametrize("text", ["nan", "-nan", "inf", "-inf", "-1", "-0.001", "1e12", "1e400", "９e99"])
@pytest.mark.parametrize(("section", "name"), NUMBERS)
def test_no_number_may_be_negative_endless_or_none_at_all(section: str, name: str, text: str) -> None:
    variable = f"{section}__{name}".upper()
    assert variable in problem(from_variables, **{variable: text})


@pytest.mark.parametrize(("section", "name"), NUMBERS)
def test_the_least_value_is_allowed_and_less_is_not(section: str, name: str, tmp_path: Path) -> None:
    least = MINIMUM[name]
    assert getattr(getattr(from_file(tmp_path, f"[{section}]\n{name} = {least}"), section), name) == least
    assert f"at least {least}" in problem(from_file, tmp_path, f"[{section}]\n{name} = {least - 1}")


def test_a_whole_number_may_be_written_with_a_point_in_the_file(tmp_path: Path) -> None:
    concurrency = from_file(tmp_path, "[crawler]\nconcurrency = 2.0").crawler.concurrency
    assert (concurrency, type(concurrency)) == (2, int)


def test_a_password_is_not_shown_where_a_configuration_is(tmp_path: Path) -> None:
    config = from_variables(DATABASE_URL=ADDRESS)
    assert "hunter2" not in f"{config} {config!r} {config.database}"
    assert "delay=2.0" in repr(config)


# --- portals ---


def test_a_portal_has_a_section_of_its_own(tmp_path: Path) -> None:
    config = from_file(
        tmp_path, '[portals.my-feed]\nfeed = "https://x.cn/f"\n[portals.sina]\nobey_robots = false\ndelay = 5'
    )
    assert config.portals["my-feed"] == PortalConfig(feed="https://x.cn/f")
    assert config.portals["sina"] == PortalConfig(obey_robots=False, delay=5.0)


def test_a_variable_changes_one_setting_of_a_portal(tmp_path: Path) -> None:
    text = '[portals.sina]\ndelay = 5\nhosts = ["a.cn"]'
    variables = {"POLICYWATCH_PORTALS__SINA__DELAY": "7", "POLICYWATCH_PORTALS__SINA__OBEY_ROBOTS": "false"}
    assert from_file(tmp_path, text, **variables).portals == {
        "sina": PortalConfig(delay=7.0, hosts=("a.cn",), obey_robots=False)
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[portals.sina]\nfeeds = 1", "portals.sina.feeds: no such setting"),
        ("[portals]\nsina = 1", "portals.sina: settings belong in sections, such as [portals.NAME]"),
        ('[portals."My Feed"]\nfeed = "x"', "the name of a portal consists of a-z"),
        ('[portals."../x"]\nfeed = "x"', "the name of a portal consists of a-z"),
        ("[portals.sina]\nobey_robots = 1", "must be true or false"),
        ('[portals.sina]\ndelay = "soon"', "is not a number"),
        ("[portals.sina]\ndelay = -1", "out of range"),
    ],
)
def test_a_bad_setting_of_a_portal_is_named(text: str, reason: str, tmp_path: Path) -> None:
    assert reason in problem(from_file, tmp_path, text)
