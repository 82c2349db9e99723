"""Sound in both directions: prompts made and kept, media streams, voice activity, recognition of speech."""
