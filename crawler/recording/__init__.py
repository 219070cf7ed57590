"""Crawls that are recorded into a WARC file as they happen, and replayed from it without any network.

At the start of a run, `handlers` puts a download handler of its own in the place of `crawler.fetch.guard`'s:

    * recording: `wire` keeps the bytes that come in, `warc` writes them into the file, or, when no response came, what
      `recorded_errors` makes of the exception;
    * replay: `records` reads the file, `answer_index` finds out which record answers which request, `answers` hands
      out the answers in order, `foreign_answers` repairs what other tools stored, `wire` plays the bytes to Twisted's
      HTTP client as if they came from a server.

In both cases `delivery` lets one answer at a time reach the crawls, so that a replay has the results of the recorded
crawl to the byte. docs/decisions/16-recordings.md says why it is made like this.
"""
