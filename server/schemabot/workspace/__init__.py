"""Disk: finding projects, reading and writing files, git, settings files, the facts cache. No protocol."""
