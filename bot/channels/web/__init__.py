"""Web chat: the API of interface.md and the page that uses it."""
