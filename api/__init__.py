"""The doors: the command line (`paraglot.api.cli.main`) and HTTP (`paraglot.api.http.app`).

No ranking knowledge lives here.
"""
