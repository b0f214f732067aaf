"""The deep encoder: multilingual-e5-small by ONNX Runtime, joined with the fast encoder. Start at `joined`.

A text goes by `paraglot.search.encoders.builtin.tokenizer` → table.py → network.py (`encoder` puts them together),
`paraglot.search.encoders.means` takes away what the vector says of the language, and joined.py puts the fast
encoder's vector beside it.
``model/`` is data, written by ``training/deep.py``, and the model card.
"""

from pathlib import Path

DEEP_FOLDER = Path(__file__).parent / "model"
