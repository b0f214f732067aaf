"""Text to vectors. Start at `paraglot.search.encoders.load.load_encoder`.

    load.py             the one door: "builtin", "fake", or any sentence-transformers model by name or path
    builtin.py          the multilingual encoder in ``model/``: tokenizer.py → table.py → network.py, and gloss.py
    transformer.py      a sentence-transformers model; hub.py finds its files. Torch is imported only when one is loaded
    known.py            prefixes and limits of well-known models, where their configuration has none
    fake.py             an encoder for tests
    sentence_module.py  the built-in encoder for sentence-transformers; nothing here imports it

``model/`` is data: the weights and pieces (written by ``training/``) and the model card.
"""

from pathlib import Path

MODEL_FOLDER = Path(__file__).parent / "model"
LEXICON_FOLDER = Path(__file__).parent.parent / "lexicon_data"
"""What `paraglot.search.lexicon` reads, and the glosses of the built-in encoder are made by."""
