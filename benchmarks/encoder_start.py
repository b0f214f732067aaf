"""What the start of a command pays for the built-in encoder, and for each tokenizer: median of ten fresh processes.

``python benchmarks/encoder_start.py`` from the repository's root; tokenizers that are not installed are left out.
"""

import subprocess
import sys
from statistics import median
from tempfile import NamedTemporaryFile

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.tokenizer import sentencepiece_model

QUESTION = "Was sagte Xi über die Freundschaft mit Belarus?"
WAYS = {
    "numpy alone": "import numpy",
    "encoder: import, load, one question": (
        "from paraglot.search.encoders.builtin.encoder import BuiltinEncoder; BuiltinEncoder().encode_query([Q])"
    ),
    "tokenizer, mapped (ours)": (
        "from paraglot.search.encoders.builtin import MODEL_FOLDER;"
        "from paraglot.search.encoders.builtin.tokenizer import Tokenizer;"
        "Tokenizer(MODEL_FOLDER).encode([Q])"
    ),
    "tokenizer, sentencepiece": (
        "import sentencepiece as s; s.SentencePieceProcessor(model_file=M).encode(Q)"
    ),
    "tokenizer, kitoken": "import kitoken; kitoken.Kitoken.from_sentencepiece_file(M).encode(Q)",
    "import of onnxruntime": "import onnxruntime",
}  # fmt: skip
CLOCK = "import time; t = time.perf_counter(); Q, M = {q!r}, {m!r}; {code}; print(time.perf_counter() - t)"


def seconds(code: str, model: str) -> float | None:
    """The median of ten processes; None when one fails. ``model`` is a file of SentencePiece's."""
    script = CLOCK.format(q=QUESTION, m=model, code=code)
    runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True) for _ in range(10)]
    return median(float(run.stdout) for run in runs) if not any(run.returncode for run in runs) else None


if __name__ == "__main__":
    with NamedTemporaryFile(suffix=".model") as file:
        file.write(sentencepiece_model(MODEL_FOLDER))
        file.flush()
        times = {name: seconds(code, file.name) for name, code in WAYS.items()}
    for name, took in times.items():
        print(f"{name:40}", "not installed" if took is None else f"{took * 1000:6.0f} ms")
