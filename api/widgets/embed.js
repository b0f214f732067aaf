// The page of a frame: what its address says goes to the element that it holds, the key too, which no server page repeats.

const ATTRIBUTES = { q: "query", languages: "languages", filter: "filter", limit: "limit", mode: "mode", less_likely: "less-likely", key: "key" };

const asked = new URLSearchParams(location.search);
const title = asked.get("q") ? `${asked.get("q")} – Paraglot` : "Paraglot";
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
body { margin: 0; padding: .75em; font: 1rem/1.5 system-ui, sans-serif; }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
`);
document.adoptedStyleSheets = [sheet];
document.title = title;
document.documentElement.lang = asked.get("lang") || navigator.language;

const element = document.createElement("paraglot-search");
for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
  if (asked.has(name)) element.setAttribute(attribute, asked.getAll(name).join(","));
}
const heading = document.createElement("h1");
heading.textContent = title;
document.querySelector("main")?.append(heading, element);
