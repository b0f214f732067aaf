"""``docs/rag.md`` does what it says, with a local server in place of a language model."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.commands import environment
from tests.guides import examples
from tests.servers import ROOT, service

ASKED: list[dict[str, Any]] = []


class Model(BaseHTTPRequestHandler):
    """Cites the first source, as a model does that was told to."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        ASKED.append({"path": self.path, **body})
        content = json.dumps({"choices": [{"message": {"content": "The council raised it [1]."}}]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.mark.slow
def test_an_answer_is_made_of_what_was_found_and_cites_it(small_index: Path, tmp_path: Path) -> None:
    [example] = examples(ROOT / "docs/rag.md", "python")
    assert len([line for line in example.code.splitlines() if line.strip()]) <= 32
    code = example.code.replace("Was sagte Xi über die Freundschaft mit Belarus?", "Who raised the bread tax?")
    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as model, service(small_index) as running:
        threading.Thread(target=model.serve_forever, args=(0.02,), daemon=True).start()
        (tmp_path / "rag.py").write_text(code.replace("http://127.0.0.1:8000", str(running.client.base_url)), "utf-8")
        variables = environment({"CHAT_ENDPOINT": f"http://127.0.0.1:{model.server_port}/v1"})
        done = subprocess.run(
            [sys.executable, tmp_path / "rag.py"], cwd=ROOT, capture_output=True, text=True, env=variables
        )
        model.shutdown()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "The council raised it [1]."
    assert "The tax on bread" in done.stdout.splitlines()[1]
    [call] = ASKED
    assert call["path"] == "/v1/chat/completions"
    assert "[1] The tax on bread (2024-05-31)\nThe council raised the bread tax." in call["messages"][1]["content"]
    assert call["messages"][1]["content"].endswith("Question: Who raised the bread tax?")
