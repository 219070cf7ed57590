"""Import of articles from files in the sample format, and export into a folder of such files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from outputs import sample
from outputs.filenames import collision_key, file_name
from outputs.sample import Post, SampleError
from policywatch.app.files import write_atomically
from portals.limits import too_costly
from portals.portal import Portal
from storage import articles, ledger, runs
from storage.database import Database
from storage.recorder import RecordContext, record
from tracking.article import Article, Categories, Content, StoredArticle
from tracking.body import Rules, paragraphs
from tracking.changes import IMPORTED
from tracking.observation import Seen, Tally
from tracking.outcome import DONE, FAILED
from tracking.programmes import Matcher, Programme
from tracking.text import clean_title

# Articles in one transaction: other writers have to wait while they are stored.
_BATCH = 50
# Bytes of a file. Each file holds one article, which is far smaller.
_MAX_BYTES = 20_000_000


@dataclass(slots=True)
class FilesReport:
    """What an import or an export did."""

    #: How many files were read or written.
    done: int = 0
    #: How many imported articles had which result.
    tally: Tally = field(default_factory=Tally)
    #: One line for each file or article that could not be imported or exported.
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Import:
    """An import of files."""

    #: Where the articles are stored.
    database: Database
    #: The programmes that are tracked.
    programmes: tuple[Programme, ...]
    #: The portals that articles may belong to; each file names the site of its portal.
    portals: Iterable[Portal]
    #: The instant of the import, aware UTC.
    at: datetime

    def run(self, files: Iterable[Path]) -> FilesReport:
        """Read the files and store their articles; one that cannot be read becomes a problem in the report."""
        report = FilesReport()
        matcher, sites = Matcher(self.programmes), {portal.categories.site: portal for portal in self.portals}
        with self.database.write() as connection:
            ledger.name_programmes(connection, {p.key: p.name for p in self.programmes})
            run = runs.start(connection, "import", self.at)
        context = RecordContext(run, self.at, matcher)
        for batch in _batches(_seen(files, sites, report)):
            with self.database.write() as connection:
                report.tally.add(record(connection, batch, context))
            report.done += len(batch)
        with self.database.write() as connection:
            runs.finish(connection, run, FAILED if report.problems else DONE, self.at)
        return report


def _batches(seen: Iterator[Seen]) -> Iterator[list[Seen]]:
    batch: list[Seen] = []
    for article in seen:
        batch.append(article)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _seen(files: Iterable[Path], sites: dict[str, Portal], report: FilesReport) -> Iterator[Seen]:
    for path in files:
        try:
            yield _read(path, sites)
        except OSError as error:
            report.problems.append(f"{path}: {error.strerror or error}")
        except SampleError as error:
            report.problems.append(f"{path}: {error}")


def _read(path: Path, sites: dict[str, Portal]) -> Seen:
    if path.stat().st_size > _MAX_BYTES:
        raise SampleError(f"larger than {_MAX_BYTES} bytes, too large for one article")
    data = path.read_bytes()
    post = sample.read(data)
    if (reason := too_costly(post.body)) is not None:
        raise SampleError(reason)
    article = _article(post, sites.get(post.author))
    return Seen(article, original=None if _exported(article, as_collected=True) == data else data)


def _article(post: Post, portal: Portal | None) -> Article:
    """An imported file as an article; it has no address, and a key of its own until a crawl finds the same article."""
    text = portal.paragraphs(post.body) if portal else paragraphs(post.body, Rules())
    identity = "\n".join((post.author, post.title, post.date_text))
    section, site, channel = (*post.categories, "", "", "")[:3]
    return Article(
        portal=portal.name if portal else post.author[:64],
        key="import-" + blake2b(identity.encode("utf-8", "replace"), digest_size=12).hexdigest(),
        url=None,
        categories=Categories(section, site, channel),
        content=Content(clean_title(post.title), text),
        author=None,
        published_at=post.date,
        body=post.body,
        image=post.headimg or None,
    )


def export(database: Database, folder: Path, programme: str | None) -> FilesReport:
    """Write all articles, or those that mention a programme, as files below a folder.

    An article that cannot be written becomes a problem in the report.
    """
    report, taken = FilesReport(), set[str]()
    with database.read() as connection:
        for stored in articles.all_articles(connection):
            if programme is None or programme in dict(stored.programmes):
                _export_article(stored, folder, taken, report)
    return report


def _export_article(stored: StoredArticle, folder: Path, taken: set[str], report: FilesReport) -> None:
    name = f"article {stored.id} ({stored.article.key})"
    try:
        path = folder / _free_path(stored, taken)
        write_atomically(path, _bytes(stored))
    except SampleError as error:
        report.problems.append(f"{name}: {error}")
    except OSError as error:
        report.problems.append(f"{name}: {error.filename}: {error.strerror}")
    else:
        report.done += 1


def _free_path(stored: StoredArticle, taken: set[str]) -> str:
    """A path for an article that is not `taken` yet; of several with the same title the oldest has the plain name."""
    post = sample.read(stored.original) if stored.original is not None else sample.post_of(stored.article)
    key, portal = stored.article.key, stored.article.portal
    names = (file_name(post, suffix) for suffix in (None, key, f"{portal}-{key}", f"{stored.id}"))
    path = next(name for name in names if collision_key(name) not in taken)
    taken.add(collision_key(path))
    return path


def _bytes(stored: StoredArticle) -> bytes:
    if stored.original is not None:
        return stored.original
    return sample.write(sample.post_of(stored.article, as_collected=stored.state == IMPORTED))


def _exported(article: Article, *, as_collected: bool) -> bytes | None:
    try:
        return sample.write(sample.post_of(article, as_collected=as_collected))
    except SampleError:
        return None
