"""The use cases: what the command line, the service, Scrapy and later a web page call."""
