"""The database: tables, and functions that store domain values and read them back."""
