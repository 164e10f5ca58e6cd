"""The command line: thin commands and report formats. Knows neither pygls nor lsprotocol."""
