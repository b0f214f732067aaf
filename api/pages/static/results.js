// Results: the server's own page is fetched and its parts put in place, so that there is one renderer.
import { headers } from "./keys.js";

const PARTS = ["results", "filters", "interface"];
let latest = new AbortController();

/** Shows what an address asks for; a later call ends an earlier one. */
export async function show(address) {
  latest.abort();
  const own = (latest = new AbortController());
  document.getElementById("results").setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: headers(), signal: own.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (own.signal.aborted) return null;
    if (!page.getElementById("results")) throw new Error(`answered ${response.status}`);
    put(page);
    return page;
  } catch (error) {
    if (own.signal.aborted) return null;
    document.getElementById("status").textContent = document.body.dataset.failed;
    document.getElementById("results").removeAttribute("aria-busy");
    return null;
  }
}

function put(page) {
  const focused = document.activeElement;
  for (const id of PARTS) document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
  document.getElementById("status").textContent = page.getElementById("status").textContent;
  document.title = page.title;
  if (!focused.isConnected) likeness(focused)?.focus();
}

/** The element that stands where one that was replaced stood. */
const likeness = ({ id, name, value }) =>
  id ? document.getElementById(id) : name && document.querySelector(`#filters [name="${name}"][value="${CSS.escape(value)}"]`);
