"""A made-up large community, as the tables that reports read, for SQLite and for DuckDB."""
