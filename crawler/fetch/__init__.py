"""The one path by which everything is fetched: the guard, the middlewares, Scrapy's settings, and the errors."""
