"""One module per portal: its facts and how one article is read."""
