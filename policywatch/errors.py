"""The tree of all errors of policywatch, and those of them that use cases and commands raise.

Every error that a caller may want to catch derives from one root. Each error class is in the module that raises it;
this is the whole tree, which `tests/policywatch/test_errors.py` compares with the classes:

    * PolicywatchError            tracking/errors.py; the root, never raised itself
      x BadAddress                tracking/urls.py; no address of a page; a ValueError as well
      x ForbiddenAddress          tracking/hosts.py; an address that is never fetched: host, address, reason;
                                  a ValueError as well
        x Refused                 crawler/fetch/guard.py; the same, as Scrapy expects it of a request
      x ProgrammeError            tracking/programmes.py; a programme file that cannot be used: key, reason;
                                  a ValueError as well
      x LayoutChanged             portals/page.py; a page is not what its portal's rules were written for: url, reason,
                                  failure_kind
        x Withheld                portals/page.py; only subscribers see the whole article
        x EmptyList               portals/page.py; a list shows no rows
      x SampleError               outputs/sample.py; a file, or an article, that the sample format cannot hold;
                                  a ValueError as well
      x DatabaseProblem           storage/database.py; the database cannot be used: address, reason
      x BackupError              storage/checks.py; no copy of a database was made: place, reason
      x SessionRefused            crawler/frontier.py; a crawl cannot begin
      x BadRecording              crawler/recording/answers.py; a file that cannot be replayed; a ValueError as well
      x Damaged                   crawler/recording/records.py; a file, or its rest, is no WARC; a ValueError as well
        x SingleGzipMember        crawler/recording/records.py; its records cannot be read one by one
      x ConfigProblem             here; a setting that cannot be used
      x Unreadable                here; a page from which no article can be read
      x DemoError               policywatch/demo/folder.py; the demo cannot be played

Errors without named attributes have a message only. Not in the tree are the exceptions that tell Scrapy that a request
got no response: ForbiddenByRobots and HostBackoff in crawler/fetch/ (robots.py,
backoff.py), NotRecorded in crawler/recording/handlers.py, and those that a replay raises again, in
crawler/recording/recorded_errors.py. They derive from Scrapy's own, and never leave the crawl.
"""

from __future__ import annotations

from tracking.errors import PolicywatchError


class ConfigProblem(PolicywatchError):
    """A setting that cannot be used; the message is one line that names its place and the reason."""


class Unreadable(PolicywatchError):
    """A page from which no article can be read; the message is one line that names the page and the reason."""
