"""A query understood: grammar, languages, terms, spelling, filters. Start at `understanding`."""
