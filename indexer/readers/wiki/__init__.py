"""Dumps of wikis: pages in MediaWiki's markup. Start at `mediawiki`."""
