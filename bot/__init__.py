"""The conversation that every channel shares."""
