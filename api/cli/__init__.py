"""The command line, one file a subject. Start at `main`."""
