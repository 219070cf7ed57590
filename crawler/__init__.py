"""The network: one Scrapy spider that drives any portal, what it asks for next, and where what it saw goes."""
