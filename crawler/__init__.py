"""The edge to the network, through Scrapy."""
