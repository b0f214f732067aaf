"""Text to vectors. Start at `paraglot.search.encoders.load.load_encoder`.

load.py         the one door: "builtin", "fake", or any sentence-transformers model by name or path
builtin/        the multilingual encoder that ships with the package; nothing but numpy
transformer.py  a sentence-transformers model; hub.py finds its files. Torch is imported only when one is loaded
known.py        prefixes and limits of well-known models, where their configuration has none
fake.py         an encoder for tests
"""
