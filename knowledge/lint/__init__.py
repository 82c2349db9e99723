"""Checks of what the knowledge base says: each rule is a small function, `rules.py` lists them all."""
