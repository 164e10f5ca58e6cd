"""Random sequences of DDL, most of it valid: see `generator`."""

from support.ddl_generator.generator import Generator

__all__ = ["Generator"]
