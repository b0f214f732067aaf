// Results: the server renders what a search changes of the page, so that there is one renderer, and it is put in place.
import { headers } from "./keys.js";

const PARTS = ["chips", "results", "filters"];
const SLOW_MS = 900;
let latest = new AbortController();

/** Shows what an address asks for. Whether it did: a later call ends an earlier one. */
export async function show(address) {
  latest.abort();
  const { signal } = (latest = new AbortController());
  document.getElementById("results").setAttribute("aria-busy", "true");
  const slow = setTimeout(() => away(document.body.dataset.searching), SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
  const found = await read(address, signal);
  clearTimeout(slow);
  if (signal.aborted) return false;
  if (found.results === undefined) fail(address, found.code, found.detail);
  else put(found);
  document.getElementById("results").removeAttribute("aria-busy");
  for (const link of document.querySelectorAll("#interface a")) link.search = inLanguage(address, link.hreflang);
  return found.results !== undefined;
}

function inLanguage(address, language) {
  const asked = new URL(address, location.href).searchParams;
  asked.set("ui", language);
  return asked;
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

/** What the service says of an address: the parts, or what is wrong, if it says anything. */
async function read(address, signal) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json", ...headers() }, signal });
    return await response.json();
  } catch {
    return {}; // nobody answers, or a later search came
  }
}

function put(found) {
  const focused = document.activeElement;
  const open = [...document.querySelectorAll("#filters details[open]")].map((fold) => fold.id);
  for (const id of PARTS) {
    const next = document.createElement("template");
    next.innerHTML = found[id];
    const now = document.getElementById(id);
    const dates = now.querySelector("#dates");
    if (dates?.contains(focused) && next.content.querySelector("#dates")) putAround(dates, next.content);
    else now.replaceChildren(next.content);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  document.getElementById("chips").hidden = !document.querySelector("#chips li");
  document.getElementById("status").textContent = found.status;
  document.title = found.title;
  if (!focused.isConnected) likeness(focused)?.focus();
}

/** Everything but the fields of the dates, into which somebody types: a date is typed in parts, which another field does not have. */
function putAround(dates, next) {
  const other = next.querySelector("#dates");
  dates.querySelector("#when").replaceWith(other.querySelector("#when"));
  for (const one of [...dates.parentElement.childNodes]) if (one !== dates) one.remove();
  const all = [...next.childNodes];
  dates.before(...all.slice(0, all.indexOf(other)));
  dates.after(...all.slice(all.indexOf(other) + 1));
}

/** The element that stands where one that was replaced stood. */
function likeness({ id, name, value }) {
  if (id) return document.getElementById(id);
  return name ? document.querySelector(`#filters [name="${name}"][value="${CSS.escape(value)}"]`) : null;
}
