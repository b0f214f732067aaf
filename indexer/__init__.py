"""The workshop: everything that writes under an index folder. Start reading at `paraglot.indexer.build`."""
