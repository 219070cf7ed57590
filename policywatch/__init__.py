"""The application: use cases, command line, service, demo, and the project for the `scrapy` command."""
