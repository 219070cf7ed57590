"""Recordings: a crawl is recorded into a WARC file while it runs, and replayed from it without network.

For such a run, `handlers` replaces the download handler of `crawler.fetch.guard`:

    * recording: `wire` keeps the bytes that come in, `warc` writes them into the file, or, when no response came, what
      `recorded_errors` makes of the exception;
    * replay: `records` reads the file, `answer_index` finds out which record answers which request, `answers` hands
      out the answers in order, `foreign_answers` repairs what other tools stored, `wire` plays the bytes to Twisted's
      HTTP client as if they came from a server.

In both cases `delivery` lets one answer at a time reach the crawls, so that a replay has the results of the recorded
crawl to the byte. docs/decisions/16-recordings.md has the reasons.
"""
