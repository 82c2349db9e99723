"""One folder or file per channel; a channel verifies, parses, renders and sends, and knows nothing of dialogue."""
