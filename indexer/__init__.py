"""The workshop: everything that writes under an index folder. Start reading at `paraglot.indexer.build`.

``corpus/`` and ``readers/`` make articles of what people have, ``folder/`` writes them, ``care/`` looks after what is
there.
"""
