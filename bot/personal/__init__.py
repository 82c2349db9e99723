"""Rules that recognise personal values in Vietnamese text; `bot.privacy` is their only user."""
