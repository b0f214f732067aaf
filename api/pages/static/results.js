// Results: the server's own page is fetched and its parts put in place, so that there is one renderer.
import { headers } from "./keys.js";

const PARTS = ["chips", "results", "filters", "interface"];
const SLOW_MS = 900;
let latest = new AbortController();

/** Shows what an address asks for, and gives that page; a later call ends an earlier one, which gives null. */
export async function show(address) {
  latest.abort();
  const { signal } = (latest = new AbortController());
  document.getElementById("results").setAttribute("aria-busy", "true");
  const slow = setTimeout(() => away(document.body.dataset.searching), SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
  const { page, code, detail } = await read(address, signal);
  clearTimeout(slow);
  if (signal.aborted) return null;
  if (page) put(page);
  else fail(address, code, detail);
  document.getElementById("results").removeAttribute("aria-busy");
  return page;
}

/** What was found before is no answer to what is asked now. */
function away(instead) {
  document.getElementById("status").textContent = instead;
  document.getElementById("results").replaceChildren();
}

function fail(address, code, detail) {
  const { failed, busy, passing, again } = document.body.dataset;
  away("");
  const [notice, retry] = [document.createElement("div"), document.createElement("a")];
  Object.assign(notice, { className: "notice", role: "alert" });
  Object.assign(retry, { href: address, textContent: again });
  const own = make("p", detail ?? "");
  Object.assign(own, { lang: "en", dir: "ltr" }); // the service's words, for those who run it
  notice.append(make("h2", passing.split(" ").includes(code) ? busy : failed), ...(detail ? [own] : []), make("p", retry));
  document.getElementById("results").append(notice);
  document.title = failed;
}

function make(name, within) {
  const element = document.createElement(name);
  element.append(within);
  return element;
}

/** The page at an address, or null and what the service says instead, if anything. */
async function read(address, signal) {
  try {
    const response = await fetch(address, { headers: headers(), signal });
    const text = await response.text();
    if (response.headers.get("Content-Type")?.includes("json")) return { page: null, ...JSON.parse(text) };
    const page = new DOMParser().parseFromString(text, "text/html");
    return { page: page.getElementById("results") ? page : null, detail: "" };
  } catch {
    return { page: null, detail: "" }; // nobody answers, or a later search came
  }
}

function put(page) {
  const focused = document.activeElement;
  for (const fold of document.querySelectorAll("#filters details[open]")) {
    const again = page.getElementById(fold.id);
    if (again) again.open = true;
  }
  for (const id of PARTS) {
    const [now, next] = [document.getElementById(id), document.adoptNode(page.getElementById(id))];
    if (!now.querySelector("#dates")?.contains(focused) || !next.querySelector("#dates")) now.replaceWith(next);
    else putAround(now.querySelector("#dates"), next);
  }
  document.getElementById("status").textContent = page.getElementById("status").textContent;
  document.title = page.title;
  if (!focused.isConnected) likeness(focused)?.focus();
}

/** Everything but the dates, into which somebody is typing: a date is typed in parts, which another field does not have. */
function putAround(dates, next) {
  for (const one of [...dates.parentElement.children]) if (one !== dates) one.remove();
  const all = [...next.children];
  const place = all.findIndex((one) => one.id === "dates");
  dates.before(...all.slice(0, place));
  dates.after(...all.slice(place + 1));
}

/** The element that stands where one that was replaced stood. */
function likeness({ id, name, value }) {
  if (id) return document.getElementById(id);
  return name ? document.querySelector(`#filters [name="${name}"][value="${CSS.escape(value)}"]`) : null;
}
