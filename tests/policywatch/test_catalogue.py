"""Which programmes are tracked: the packaged and the user's own, and what is said of files that are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policywatch.app.catalogue import PACKAGED, Catalogue, load_catalogue

OWN = 'name = "数字丝绸之路"'


def write(folder: Path, **files: str) -> Path:
    for key, text in files.items():
        (folder / f"{key}.toml").write_text(text, "utf-8")
    return folder


def names(catalogue: Catalogue) -> dict[str, str]:
    return {programme.key: programme.name for programme in catalogue.programmes}


def parents(catalogue: Catalogue) -> dict[str, str | None]:
    return {programme.key: programme.parent for programme in catalogue.programmes}


def lines(catalogue: Catalogue) -> list[str]:
    return [str(problem) for problem in catalogue.problems]


def test_the_packaged_programmes_are_all_right() -> None:
    catalogue = load_catalogue()
    assert lines(catalogue) == []
    assert len(catalogue.programmes) == len(list(PACKAGED.glob("*.toml"))) == 16


def test_the_flagship_projects_hang_under_their_plan() -> None:
    children = [key for key, parent in parents(load_catalogue()).items() if parent is not None]
    assert sorted(children) == [
        "autonomous-driving-demonstration",
        "beijing-data-exchange",
        "city-operating-system",
        "city-supercomputing-centre",
        "cross-system-digital-medicine",
        "digital-community",
    ]
    assert {parents(load_catalogue())[key] for key in children} == {"digital-economy-benchmark-city"}


def test_programmes_come_in_the_order_of_their_keys() -> None:
    keys = [programme.key for programme in load_catalogue().programmes]
    assert keys == sorted(keys)


def test_a_folder_of_one_s_own_adds_programmes(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, silk=OWN))
    assert names(catalogue)["silk"] == "数字丝绸之路"
    assert len(catalogue.programmes) == 17


def test_a_file_of_the_same_key_replaces_the_packaged_one(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, **{"digital-yuan": 'name = "数字元"'}))
    assert names(catalogue)["digital-yuan"] == "数字元"
    assert len(catalogue.programmes) == 16


def test_one_s_own_programme_may_hang_under_a_packaged_one(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, silk=OWN + '\nparent = "digital-yuan"'))
    assert (parents(catalogue)["silk"], lines(catalogue)) == ("digital-yuan", [])


def test_a_bad_file_is_named_with_its_reason_and_the_others_are_used(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, bad="name = ", silk=OWN, worse='name = "数"'))
    assert "silk" in names(catalogue)
    assert len(catalogue.programmes) == 17
    assert [line.split(": ")[0] for line in lines(catalogue)] == [
        str(tmp_path / "bad.toml"),
        str(tmp_path / "worse.toml"),
    ]
    assert lines(catalogue)[1].endswith("worse.toml: '数' is too short for a name")
    assert all("\n" not in line for line in lines(catalogue))


def test_a_bad_replacement_leaves_the_packaged_programme_in_place(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, **{"digital-yuan": "nmae = 3"}))
    assert names(catalogue)["digital-yuan"] == "数字人民币"
    assert len(catalogue.problems) == 1


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "silk.toml").write_bytes(OWN.encode("gb18030"))
    assert lines(load_catalogue(tmp_path)) == [f"{tmp_path / 'silk.toml'}: is not UTF-8 (byte 8)"]


def test_the_mark_that_some_editors_put_first_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "silk.toml").write_bytes(OWN.encode("utf-8-sig").replace(b"\n", b"\r\n"))
    assert "silk" in names(load_catalogue(tmp_path))


def test_a_file_name_that_is_no_key_is_named(tmp_path: Path) -> None:
    (line,) = lines(load_catalogue(write(tmp_path, 数字丝绸之路=OWN)))
    assert line.startswith(str(tmp_path / "数字丝绸之路.toml"))
    assert "a key is made of" in line


def test_what_is_called_like_a_file_but_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "silk.toml").mkdir()
    (line,) = lines(load_catalogue(tmp_path))
    assert line.startswith(f"{tmp_path / 'silk.toml'}: cannot be read: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, silk=OWN)
    (tmp_path / "silk.toml").chmod(0)
    assert lines(load_catalogue(tmp_path)) == [f"{tmp_path / 'silk.toml'}: cannot be read: Permission denied"]


def test_a_missing_folder_is_named_and_the_packaged_programmes_are_used(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path / "nowhere")
    assert len(catalogue.programmes) == 16
    assert lines(catalogue) == [f"{tmp_path / 'nowhere'}: cannot be listed: No such file or directory"]


def test_files_of_other_kinds_are_let_be(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("notes", "utf-8")
    (tmp_path / ".silk.toml.swp").write_bytes(b"\xff")
    assert lines(load_catalogue(tmp_path)) == []


def test_an_unknown_parent_is_named_and_the_programme_tracked_without_it(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, silk=OWN + '\nparent = "belt"'))
    assert parents(catalogue)["silk"] is None
    assert lines(catalogue) == [
        f"{tmp_path / 'silk.toml'}: its parent 'belt' is no programme; tracked without a parent"
    ]


def test_a_circle_of_parents_is_opened_where_it_is_named(tmp_path: Path) -> None:
    catalogue = load_catalogue(
        write(
            tmp_path,
            belt='name = "一带一路"\nparent = "silk"',
            road='name = "丝路基金"\nparent = "belt"',
            silk=OWN + '\nparent = "belt"',
        )
    )
    assert [parents(catalogue)[key] for key in ("belt", "road", "silk")] == [None, "belt", "belt"]
    (line,) = lines(catalogue)
    assert line.startswith(f"{tmp_path / 'belt.toml'}: its parents run in a circle: belt → silk → belt")


def test_a_folder_of_the_same_name_in_the_working_directory_is_not_packaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "programmes").mkdir()
    write(tmp_path / "programmes", silk=OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert "silk" not in names(load_catalogue())
