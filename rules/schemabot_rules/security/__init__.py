"""Tenant isolation and row level security."""
