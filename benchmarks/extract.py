"""Compares what reads pages: the rules of portals, the general rules and four libraries, on the same pages.

    python benchmarks/extract.py [ROUNDS]

The pages are those of ../shared/pages: pages of real portals, with the right answers. Without that folder they are
the fixtures of the tests. A page is read correctly when title, minute, first and last paragraph are right, and the
text holds nothing from around the article. CPU time is that of the best round; compare the ratios. Libraries that are
not installed are left out: pip install "policywatch[bench]".
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent))

from benchmarks.extractors import AT, Reading, Reads, by_portal, libraries  # noqa: E402
from policywatch.app.portals import all_portals  # noqa: E402
from policywatch.app.read import UNKNOWN_ADDRESS, PageReading  # noqa: E402
from policywatch.errors import Unreadable  # noqa: E402
from portals.charset import decode  # noqa: E402
from tracking.dates import BEIJING  # noqa: E402

PAGES = _HERE.parent.parent / "shared" / "pages"
FIXTURES = _HERE.parent / "tests" / "portals"
QUESTIONS = ("title", "minute", "first", "last", "clean")
NO_PORTAL = "(no portal)"


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and the right answers for it."""

    #: The name of the portal that reads it, or NO_PORTAL.
    portal: str
    #: The source of the page.
    source: str
    #: Its address.
    url: str
    #: The title.
    title: str
    #: The time of publication in Beijing time, such as 2026-11-20 08:05; any of these is right, "" means none.
    minutes: tuple[str, ...]
    #: A part of the first paragraph.
    first: str
    #: A part of the last paragraph.
    last: str
    #: Texts from around the article, which must not be read.
    foreign: tuple[str, ...] = ()
    #: The whole text; None where it is not known.
    own: str | None = None

    def judge(self, reading: Reading) -> tuple[bool, ...]:
        """Whether each of QUESTIONS is answered correctly, in their order."""
        minute = "" if reading.at is None else f"{reading.at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        first, last = "".join(reading.paragraphs[:1]), "".join(reading.paragraphs[-1:])
        return (
            reading.title == self.title,
            minute in self.minutes,
            self.first in first,
            self.last in last,
            bool(reading.paragraphs) and self._is_clean(reading.paragraphs),
        )

    def _is_clean(self, paragraphs: Sequence[str]) -> bool:
        if self.own is not None:
            return all(paragraph in self.own for paragraph in paragraphs)
        return not any(words in paragraph for words in self.foreign for paragraph in paragraphs)


@dataclass(slots=True)
class Score:
    """The result of one reader of pages."""

    #: For each of QUESTIONS, on how many pages it was answered correctly.
    right: list[int]
    #: The number of pages.
    pages: int = 0
    #: On how many pages all questions were answered correctly.
    all_right: int = 0
    #: CPU seconds for all pages.
    seconds: float = 0.0

    def add(self, answers: Sequence[bool], seconds: float) -> None:
        """Count one page."""
        self.right = [count + answer for count, answer in zip(self.right, answers, strict=True)]
        self.pages, self.all_right, self.seconds = self.pages + 1, self.all_right + all(answers), self.seconds + seconds


def saved() -> Iterator[Case]:
    """The saved pages, each with the portal that reads it."""
    reading = PageReading(all_portals(), None, AT)
    with (PAGES / "pages.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            path = PAGES / row["file"]
            yield Case(
                portal=_portal_of(reading, path, row["url"]),
                source=decode(path.read_bytes(), None),
                url=row["url"] or UNKNOWN_ADDRESS,
                title=row["title"],
                minutes=tuple(row["time_beijing"].split(" | ")),
                first=row["first_paragraph_contains"],
                last=row["last_paragraph_contains"],
                foreign=tuple(row["must_not_contain"].split(" | ")),
            )


def _portal_of(reading: PageReading, path: Path, url: str) -> str:
    try:
        return reading.file(path, url or None).portal or NO_PORTAL
    except Unreadable as error:
        print(error, file=sys.stderr)
        return NO_PORTAL


def fixtures() -> Iterator[Case]:
    """The fixtures that are one HTML page with an article."""
    for path in sorted(FIXTURES.glob("*/*/page.html")):
        meta, expected = (
            json.loads((path.parent / name).read_text("utf-8")) for name in ("page.json", "expected.json")
        )
        source = decode(path.read_bytes(), meta["content_type"])
        whole = not list(path.parent.glob("page_*")) and source.lstrip().startswith("<")
        if meta["kind"] == "article" and expected.get("paragraphs") and expected["published_at"] and whole:
            yield _fixture(path, source, meta["address"], expected)


def _fixture(path: Path, source: str, url: str, expected: dict[str, object]) -> Case:
    paragraphs = [str(paragraph) for paragraph in expected["paragraphs"]]  # type: ignore[attr-defined]
    at = datetime.fromisoformat(str(expected["published_at"])).astimezone(BEIJING)
    return Case(
        portal=path.parent.parent.name,
        source=source,
        url=url,
        title=str(expected["title"]),
        minutes=(f"{at:%Y-%m-%d %H:%M}",),
        first=paragraphs[0],
        last=paragraphs[-1],
        own="\n".join(paragraphs),
    )


def measure(reads: Reads, case: Case, rounds: int) -> tuple[tuple[bool, ...], float]:
    """The correct answers on a page, and the CPU seconds of the best round; a page that cannot be read has none."""
    answers, best = (False,) * len(QUESTIONS), float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        try:
            reading = reads(case.source, case.url)
        except Exception as error:  # noqa: BLE001 (a benchmark of libraries: whatever one raises is its result)
            print(f"{case.portal}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
            return answers, time.process_time() - begin
        best = min(best, time.process_time() - begin)
        answers = case.judge(reading)
    return answers, best


def compare(cases: Sequence[Case], rounds: int) -> dict[str, Score | None]:
    """The score of each reader of pages; None for one that is not installed."""
    scores: dict[str, Score | None] = {}
    known = all_portals()
    for name, reads in {"portal": None, **libraries()}.items():
        score = Score([0] * len(QUESTIONS))
        for case in cases:
            own = known.get(case.portal) if name == "portal" else None
            chosen = reads if own is None else by_portal(own)
            if chosen is not None:
                score.add(*measure(chosen, case, rounds))
        scores[name] = score if score.pages else None
    return scores


def show(title: str, scores: dict[str, Score | None]) -> None:
    """Print one table; the ratio is to the portal's cost, where there is one."""
    print(f"\n{title:18}{''.join(f'{question:>8}' for question in (*QUESTIONS, 'all'))}{'ms':>9}{'ratio':>7}")
    own = scores["portal"]
    for name, score in scores.items():
        if score is None:
            print(f"  {name:16}{'none' if name == 'portal' else 'not installed':>16}")
            continue
        counts = "".join(f"{count:>5}/{score.pages:<2}" for count in (*score.right, score.all_right))
        cost = score.seconds / score.pages
        ratio = "" if own is None else f"{cost / (own.seconds / own.pages):7.1f}"
        print(f"  {name:16}{counts}{cost * 1000:9.1f}{ratio}")


def main(rounds: int) -> None:
    """Print a table for each portal, and one for all pages."""
    cases = list(saved() if PAGES.is_dir() else fixtures())
    for reads in filter(None, libraries().values()):
        measure(reads, cases[0], 1)  # so that what is imported at the first page is not measured
    for portal in sorted({case.portal for case in cases}):
        mine = [case for case in cases if case.portal == portal]
        show(f"{portal}, {len(mine)} pages", compare(mine, rounds))
    show(f"all, {len(cases)} pages", compare(cases, rounds))


if __name__ == "__main__":
    main(int(next(iter(sys.argv[1:]), "3")))
