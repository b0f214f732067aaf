// Suggestions below a field (the ARIA pattern of a combobox): arrows choose, Enter takes, Escape closes.
import { make } from "./make.js";

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} list Where they stand.
 * @param {(signal: AbortSignal) => Promise<string[]>} ask What may be suggested for what was typed.
 * @param {() => void} take Called when one was chosen, which stands in the field then.
 */
export function suggestions(field, list, ask, take) {
  let at = -1;
  let latest = new AbortController();
  [list.id, list.role, list.hidden] = ["suggestions", "listbox", true];
  const states = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(states)) field.setAttribute(name, value);

  /** @param {number} place */
  function mark(place) {
    at = place;
    [...list.children].forEach((option, own) => (option.ariaSelected = String(own === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[at].id);
  }

  /** @param {string[]} texts */
  function show(texts) {
    const options = texts.map((text, place) => {
      const option = make("li", "suggestion", text);
      [option.id, option.role, option.dir] = [`suggestion-${place}`, "option", "auto"];
      return option;
    });
    list.replaceChildren(...options);
    mark(-1);
    list.hidden = !texts.length;
    field.ariaExpanded = String(!list.hidden);
  }

  function close() {
    latest.abort();
    show([]);
  }

  /** @param {Element} option */
  function choose(option) {
    field.value = option.textContent ?? "";
    close();
    take();
  }

  async function suggest() {
    latest.abort();
    const { signal } = (latest = new AbortController());
    const typed = field.value;
    // What is wrong with the service is said where its results would stand.
    const texts = typed.trim() ? await ask(signal).catch(() => []) : [];
    if (!signal.aborted) show(field.matches(":focus") ? texts.filter((text) => text !== typed) : []);
  }

  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") mark(Math.min(at + 1, list.children.length - 1));
    else if (event.key === "ArrowUp") mark(Math.max(at - 1, -1));
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.matches("li")) choose(target);
  });
  return { suggest, close };
}
