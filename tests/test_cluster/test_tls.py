"""A cluster behind TLS and a password: what ends both stands before a node, as its security plugin or a proxy would."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import ClusterFailure
from paraglot.search.types.address import CREDENTIALS, ClusterAddress
from tests.clusters import Cluster
from tests.conftest import ARTICLES

pytestmark = pytest.mark.slow

WHO = "Basic " + base64.b64encode(b"ann:secret").decode()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """That of 127.0.0.1, signed by itself, and its key in one file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes a certificate, is missing.")
    key, file = tmp_path / "key.pem", tmp_path / "certificate.pem"
    given = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=node",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run(
        ["openssl", "req", "-x509", *given, "-keyout", key, "-out", file], check=True, capture_output=True, timeout=60
    )
    (tmp_path / "both.pem").write_bytes(key.read_bytes() + file.read_bytes())
    return file


@pytest.fixture
def secured(cluster: Cluster, certificate: Path) -> Iterator[int]:
    """The port of a proxy that lets one user through to the first node."""
    host, _, port = cluster.urls[0].removeprefix("http://").partition(":")

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.headers.get("authorization") != WHO:
                self._answer(401, b'{"error": "Unauthorized"}')
                return
            node = HTTPConnection(host, int(port), timeout=120)
            kind = {"content-type": self.headers["content-type"]} if body else {}
            node.request(self.command, self.path, body, kind)
            answer = node.getresponse()
            self._answer(answer.status, answer.read())
            node.close()

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.parent / "both.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def test_a_cluster_is_asked_by_tls_and_password(
    secured: int,
    certificate: Path,
    address: str,
    write_corpus: Callable[[list[dict[str, object]]], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = ClusterAddress((f"127.0.0.1:{secured}",), address.rpartition("/")[2], secure=True)
    given = {"opensearch_user": "ann", "opensearch_password": "secret", "opensearch_ca_file": str(certificate)}
    for name, value in given.items():
        monkeypatch.setenv(CREDENTIALS[name], value)
    assert index_corpus(index, [write_corpus(ARTICLES)], "fake").articles == 3
    with open_index(index) as engine:
        assert engine.search("bread tax").hits[0].article.id == "tax"
    with monkeypatch.context() as patch:
        patch.setenv(CREDENTIALS["opensearch_password"], "guessed")
        with pytest.raises(ClusterFailure, match=r"refused us: .* See to the credentials"):
            open_index(index)
    untrusted = r"has a certificate that is not trusted here: .*PARAGLOT_OPENSEARCH_CA_FILE names the file"
    with pytest.raises(ClusterFailure, match=untrusted):
        open_index(ClusterAddress((f"localhost:{secured}",), index.name, secure=True))  # it is another's
    monkeypatch.delenv(CREDENTIALS["opensearch_ca_file"])
    with pytest.raises(ClusterFailure, match=untrusted):
        open_index(index)
    with open_index(address) as plain:
        assert plain.manifest.articles == 3
