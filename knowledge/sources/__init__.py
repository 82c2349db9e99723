"""Importers: each turns one kind of file into facts of procedures."""
