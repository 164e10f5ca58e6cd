"""SchemaBot's own rules: one file is one rule; the folder is its category."""
