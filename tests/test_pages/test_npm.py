"""The npm package `paraglot-widget`: packed, installed from its tarball in an application with Vite and React, and used."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.blog import Blog
from tests.browsers import Open
from tests.conftest import ROOT
from tests.node import install, node, npm_pack, program

pytestmark = pytest.mark.slow

WIDGETS = ROOT / "api" / "widgets"
NEEDED = (
    "vite@7.3.8",
    "react@19.3.1",
    "react-dom@19.3.1",
    "@types/react@19.3.3",
    "@types/react-dom@19.3.0",
    "typescript@5.9.3",
)
APPLICATION = """
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "paraglot-widget";
import type { Hit, ParaglotSearchElement } from "paraglot-widget";
import { client } from "paraglot-widget/client";
import { searchClient } from "paraglot-widget/instantsearch";
import type {} from "paraglot-widget/react";

const endpoint = new URLSearchParams(location.search).get("endpoint") ?? "";

function App() {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Hit | null>(null);
  return (
    <main>
      <h1>An application</h1>
      <button type="button" onClick={() => setQuery("night trains")}>Night trains</button>
      <paraglot-search
        endpoint={endpoint} query={query} limit={2} languages="en" less-likely
        ref={(element: ParaglotSearchElement | null) => void element?.open}
        onparaglot-select={(event) => { event.preventDefault(); setChosen(event.detail.hit); }}
      />
      <output>{chosen?.article.title}</output>
      <paraglot-similar endpoint={endpoint} article="reef-ja" limit={1} />
      <p id="count"></p>
    </main>
  );
}

createRoot(document.getElementById("root")!).render(<StrictMode><App /></StrictMode>);
client({ endpoint }).articles().then(({ total }) => document.getElementById("count")!.append(`${total} articles`));
export const adapter = searchClient({ endpoint, fields: { min_relevance: 0.5 } });
document.querySelector("paraglot-search")?.addEventListener("paraglot-results", ({ detail }) => detail.confidence);
document.addEventListener("paraglot-error", ({ detail }) => detail.code);
// @ts-expect-error: what is near a paragraph has no confidence
document.querySelector("paraglot-similar")?.addEventListener("paraglot-results", ({ detail }) => detail.confidence);
// @ts-expect-error: there is no such mode
export const wrong = <paraglot-search mode="magic" />;
"""
FILES = {
    "src/main.tsx": APPLICATION,
    "index.html": '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Application</title></head>'
    '<body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>',
    "package.json": json.dumps({"type": "module", "private": True}),
    "tsconfig.json": json.dumps(
        {
            "compilerOptions": {
                **{"strict": True, "noEmit": True, "jsx": "react-jsx", "module": "esnext", "target": "es2022"},
                **{"moduleResolution": "bundler", "lib": ["es2022", "dom", "dom.iterable"], "types": []},
            },
            "include": ["src"],
        }
    ),
}


def run(folder: Path, script: str, *flags: str) -> None:
    done = subprocess.run(
        [program("node"), f"node_modules/{script}", *flags], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as the guide's command makes it, out of a copy of the folder."""
    folder = tmp_path_factory.mktemp("npm")
    shutil.copytree(WIDGETS, folder / "api" / "widgets")
    shutil.copy(ROOT / "LICENSE", folder)
    [package] = re.findall(r"`npm pack (\S+)`", (ROOT / "docs" / "embed.md").read_text("utf-8"))
    return npm_pack(folder, package, folder)


def test_the_package_is_of_this_version_and_has_its_licence(tarball: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert tarball.name == f"paraglot-widget-{version}.tgz"
    assert not (tarball.parent / "api" / "widgets" / "LICENSE").exists(), "what was packed leaves nothing behind"
    shutil.unpack_archive(tarball, tarball.parent, filter="data")
    package = tarball.parent / "package"
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    shipped = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    assert {"widget.js", "client.d.ts", "types/widget.d.ts", "types/react.d.ts", "README.md"} <= shipped
    assert {"embed.js", "embed.html"}.isdisjoint(shipped)


def test_an_application_with_vite_and_react(
    tmp_path: Path, tarball: Path, browse: Open, site: Blog, paraglot: str
) -> None:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    install(tmp_path, str(tarball), *NEEDED)
    run(tmp_path, "typescript/lib/tsc.js")
    run(tmp_path, "vite/bin/vite.js", "build", "--target", "es2022", "--logLevel", "warn")
    assert node(tmp_path, 'tell(Object.keys(await import("paraglot-widget")));') == [], "a server may import it"
    built = tmp_path / "dist"
    site.files |= {f"/{path.relative_to(built)}": path.read_text("utf-8") for path in built.rglob("*.*")}
    site.policy = ""
    page = browse(site.origin, hosts=(urlsplit(paraglot).netloc,)).new_page()
    page.goto(f"/index.html?endpoint={paraglot}")
    hits = page.locator("paraglot-search [part~=hit]")
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ articles$"))
    expect(page.locator("paraglot-similar [part~=hit]")).to_have_count(1)
    expect(hits).to_have_count(0)
    page.get_by_role("button", name="Night trains").click()
    expect(hits).to_have_count(2)
    expect(page.get_by_role("combobox")).to_have_value("night trains")
    title = hits.first.get_by_role("link").inner_text()
    hits.first.get_by_role("link").click()
    expect(page.locator("output")).to_have_text(title)
    expect(page).to_have_url(re.compile("/index.html"))
