"""The rules of an index: synonyms and pinned results, kept in ``rules.toml``. Start at `rules`."""
