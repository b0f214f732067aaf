"""The doors: the command line (`api.cli`) and HTTP (`api.app`). No ranking knowledge lives here."""
