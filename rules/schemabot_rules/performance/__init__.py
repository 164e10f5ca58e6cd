"""Indexes and the cost of queries."""
