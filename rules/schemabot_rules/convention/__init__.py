"""Columns, types and names: what the house writes, and why."""
