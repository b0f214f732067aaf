"""What of a web page is its article: `tidy` takes out what is none, `content` finds where it stands, `said` reads what
the page says of itself. Start at `content`.
"""
