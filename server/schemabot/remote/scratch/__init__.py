"""A throw-away PostgreSQL, or an empty database of somebody's, made to look like the project's platform."""
