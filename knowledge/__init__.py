"""What is true: entries, their search index, and answers composed from them.

Importing this package loads nothing else; the Rasa process imports `knowledge.text` from it.
"""
