"""Following feeds and sitemaps on the web: the one room that fetches, because it was asked to. Start at `follow`.

web.py      one request, bounded, to no private address; polite.py: robots.txt, pauses, waiting where it is asked for
seen.py     what was fetched already; follow.py: one run, from the addresses to a commit
"""
