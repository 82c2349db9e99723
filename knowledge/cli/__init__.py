"""One module a subcommand of ``python -m knowledge``: `add_arguments(parser)` and `run(arguments) -> exit status`."""
