"""What a database says of itself, in the words of `schemabot catalog` and in its own."""
