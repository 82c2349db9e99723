"""Tables, named queries and the database engine; the lowest layer, which imports nothing of ours but `settings`."""
