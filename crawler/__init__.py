"""The network: one Scrapy spider that crawls any portal, what it fetches next, and where its observations go."""
