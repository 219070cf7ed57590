"""For people who know Scrapy: the project behind scrapy.cfg, for `scrapy list`, `scrapy crawl NAME`, `scrapy shell`."""
