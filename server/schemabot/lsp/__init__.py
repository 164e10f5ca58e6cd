"""The language server: pygls, and the only place that builds protocol values."""
