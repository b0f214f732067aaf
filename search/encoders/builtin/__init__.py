"""The encoder that ships with the package, on numpy alone. Start at `encoder`.

It reads a text by tokenizer.py → table.py → network.py, and word by word in English by gloss.py. sentence_module.py
hands it to sentence-transformers; nothing here imports it. ``model/`` is data: the weights and pieces (written by
``training/``) and the model card.
"""

from pathlib import Path

MODEL_FOLDER = Path(__file__).parent / "model"
