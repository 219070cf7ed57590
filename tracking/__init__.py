"""Pure values and decisions: no network, database, file, environment or clock."""
