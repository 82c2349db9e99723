"""What `make bench` runs. Each module has ``run() -> dict`` and measures side by side with the baseline it names."""
