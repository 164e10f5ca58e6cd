"""The kinds of facts, one module an area; `facts.model` has them all under one name."""
