"""Databases that run: a throw-away PostgreSQL to verify on, and what a database says of itself.

The only place of `psycopg`. Nothing here is imported before a command asks for it.
"""
