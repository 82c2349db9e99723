"""Zalo Official Account: events in by the webhook, replies out by the stored queue (docs/zalo.md)."""
