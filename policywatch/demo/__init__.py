"""The demonstration (the tour): two small portals on this machine, crawled over three invented days."""
