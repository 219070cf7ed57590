"""Scrapy's settings for the `scrapy` command, from the user's configuration; `-s NAME=VALUE` overrides each of them."""

from __future__ import annotations

import sys

from crawler.fetch.settings import scrapy_settings
from crawler.spider import SESSION
from policywatch import config
from policywatch.app.fetch import PIPELINES, fetch_rules
from policywatch.errors import ConfigProblem
from policywatch.scrapy_project.session import open_session

try:
    _config = config.load()
except ConfigProblem as problem:
    # Scrapy would show a traceback of its own import.
    sys.exit(f"policywatch: {problem}")

globals().update(scrapy_settings(fetch_rules(_config.crawler, config.PortalConfig())))
globals()[SESSION] = open_session

SPIDER_LOADER_CLASS = "policywatch.scrapy_project.loader.PortalLoader"
ITEM_PIPELINES = PIPELINES
# What people expect of `scrapy crawl`: a log, statistics at its end, and files of the articles (-O FILE).
LOG_LEVEL = "INFO"
STATS_DUMP = True
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
    "crawler.pipeline.ArticleExporter": 0,
}
FEED_EXPORT_ENCODING = "utf-8"
