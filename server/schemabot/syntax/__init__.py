"""Text to statements: masking, a tolerant lexer, the splitter, and PostgreSQL's own parser."""
