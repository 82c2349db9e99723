"""What `make` does before anything can run: environments, models, database. Standard library only, except `encoder`."""
