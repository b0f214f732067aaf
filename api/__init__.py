"""The doors: the command line (`paraglot.api.cli`) and HTTP (`paraglot.api.app`). No ranking knowledge lives here."""
