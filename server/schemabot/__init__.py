"""SchemaBot: a language server that guards PostgreSQL and Supabase schemas."""

__version__ = "0.1.0"
