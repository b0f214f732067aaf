// The page with scripts: searches while a query is typed, and goes on without loading anew. Without, all works as links.
import { followArrows } from "./arrows.js";
import { heldKey, holdKey, save, takeKey, withoutKey } from "./keys.js";
import { pauses } from "../pauses.js";
import { show } from "./results.js";
import { suggest } from "./suggestions.js";

const form = document.getElementById("search");
const box = document.getElementById("q");
const typing = pauses();
let shown = location.search;

document.documentElement.classList.add("scripts");
takeKey(form);
suggest(box, document.getElementById("suggestions"), () => search());
followArrows(box);
if (!box.value && !location.hash && matchMedia("(hover: hover)").matches) box.focus({ preventScroll: true });
if (heldKey() && document.getElementById("shut")) show(location.href);

const USUAL = { mode: "hybrid", sort: "relevance" };

function address() {
  const listed = !box.value.trim(); // the order of a list is none of results
  const said = ([name, value]) => value && value !== USUAL[name] && (listed || name !== "browse");
  const fields = [...new FormData(form)].filter(said);
  return `?${new URLSearchParams(fields)}`;
}

async function search({ replace = false, at = address() } = {}) {
  typing.end();
  history[replace ? "replaceState" : "pushState"](null, "", at);
  shown = location.search;
  return show(at);
}

document.addEventListener("input", (event) => {
  if (event.target !== box || event.isComposing) return;
  typing.after(() => search({ replace: true }));
});
box.addEventListener("compositionend", () => box.dispatchEvent(new InputEvent("input", { bubbles: true })));

document.addEventListener("keydown", (event) => {
  const writes = event.target.closest?.("input, textarea, select, [contenteditable]");
  const slash = event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey;
  const jump = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!slash && !jump) return;
  event.preventDefault();
  box.focus();
  box.select();
});

document.addEventListener("change", (event) => {
  if (event.target.form !== form || event.target === box) return;
  // A year that is being typed is one of antiquity, digit by digit.
  if (event.target.type !== "date" || !event.target.value.startsWith("0")) search();
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches(".narrow")) return;
  const wanted = target.value.toLowerCase();
  for (const label of target.parentElement.querySelectorAll("label")) {
    label.hidden = !label.textContent.toLowerCase().includes(wanted) && !label.querySelector(":checked");
  }
});

document.addEventListener("submit", (event) => {
  if (event.target === form) {
    event.preventDefault();
    search();
  } else if (event.target.id === "keys") {
    event.preventDefault();
    holdKey(event.target.elements.namedItem("key").value);
    show(location.href);
  }
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("#results a, #filters a, #chips a");
  if (!link || link.hash || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.id === "table" && heldKey()) {
    event.preventDefault();
    await save(link).catch(() => (document.getElementById("status").textContent = document.body.dataset.failed));
  } else if (link.id === "share" && navigator.clipboard) {
    event.preventDefault();
    await navigator.clipboard.writeText(link.href);
    document.getElementById("status").textContent = document.body.dataset.copied;
  } else if (link.origin === location.origin && link.pathname === location.pathname) {
    event.preventDefault();
    const at = withoutKey(link.href);
    take(at);
    if (!(await search({ at }))) return;
    scrollTo(0, 0);
    document.querySelector("#results .hit")?.focus({ preventScroll: true });
  }
});

addEventListener("popstate", () => {
  if (location.search === shown) return; // to another place of the page
  shown = location.search;
  take(location.search);
  show(location.href);
});

/** The form's own fields, which stay in place, as an address has them. */
function take(at) {
  const asked = new URLSearchParams(at);
  for (const name of ["q", "mode", "sort", "less_likely"]) {
    form.elements.namedItem(name).value = asked.get(name) ?? USUAL[name] ?? "";
  }
}
