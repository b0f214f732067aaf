"""Text to vectors. Start at `paraglot.search.encoders.load.load_encoder`.

load.py         the one door: the built-in ones, "fake", an endpoint's, a plug-in's, or any sentence-transformers model
builtin/        "builtin-fast", the small multilingual encoder that ships with the package; nothing but numpy
deep/           "builtin", the same joined with multilingual-e5-small, by ONNX Runtime
endpoint.py     a model behind an endpoint of embeddings; plugins.py: encoders of other packages
outside.py      no encoder: the vectors come with the articles and the queries
centred.py      any of these less the mean of its language; means.py: the means
transformer.py  a sentence-transformers model; hub.py finds its files. Torch is imported only when one is loaded
known.py        prefixes and limits of well-known models, where their configuration has none
fake.py         an encoder for tests
"""

ENDPOINT = "PARAGLOT_ENDPOINT"
"""The environment variable that says where the endpoint of an ``openai:`` model lies, with its ``/v1``; a flag or a
setting sets it."""
