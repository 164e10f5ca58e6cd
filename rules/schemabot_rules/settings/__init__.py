"""Comments and settings that speak to SchemaBot."""
