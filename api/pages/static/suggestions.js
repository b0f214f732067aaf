// Suggestions below the box (the ARIA pattern of a combobox): arrows choose, Enter takes, Escape closes.
import { client } from "../client.js";
import { heldKey } from "./keys.js";
import { pauses } from "../pauses.js";

const MOST = 6;
const service = new URL("..", import.meta.url).href;

/** Suggests below `box` in `list`; `take` is called with the text that was chosen. */
export function suggest(box, list, take) {
  let at = -1;
  const typing = pauses();
  let latest = new AbortController();
  const states = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(states)) box.setAttribute(name, value);

  function close() {
    typing.end();
    latest.abort();
    list.hidden = true;
    mark(-1);
    box.setAttribute("aria-expanded", "false");
  }

  function mark(place) {
    at = place;
    [...list.children].forEach((option, own) => option.setAttribute("aria-selected", String(own === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[at].id);
  }

  async function ask() {
    latest.abort();
    const { signal } = (latest = new AbortController());
    const q = box.value;
    // What is wrong with the service is said where its results would stand.
    const answer = q.trim() && (await client({ endpoint: service, key: heldKey() }).suggest({ q, limit: MOST }, { signal }).catch(() => null));
    if (signal.aborted) return;
    const texts = answer ? answer.suggestions.map((one) => one.text).filter((text) => text !== q) : [];
    if (!texts.length || document.activeElement !== box) return close();
    list.replaceChildren(...texts.map(option));
    mark(-1);
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  function chosen(text) {
    box.value = text;
    close();
    take(text);
  }

  function key(event) {
    if (list.hidden || event.isComposing) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" && at < last) mark(at + 1);
    else if (event.key === "ArrowUp" && at >= 0) mark(at - 1);
    else if (event.key === "Enter" && at >= 0) chosen(list.children[at].textContent);
    else if (event.key === "Escape") close();
    else return event.key === "ArrowDown" ? close() : undefined; // on to the hits
    event.preventDefault();
  }

  box.addEventListener("keydown", key);
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  box.addEventListener("input", (event) => {
    typing.end();
    if (!event.isComposing) typing.after(ask);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => chosen(event.target.closest("li").textContent));
}

function option(text, place) {
  const item = document.createElement("li");
  Object.assign(item, { id: `suggestion-${place}`, role: "option", dir: "auto", textContent: text });
  return item;
}
