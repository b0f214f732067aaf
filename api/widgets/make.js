// Elements made by name. What comes from the service becomes text, never markup.

/** @type {<T extends keyof HTMLElementTagNameMap>(name: T, part: string, ...within: (Node | string)[]) => HTMLElementTagNameMap[T]} */
export function make(name, part, ...within) {
  const element = document.createElement(name);
  if (part) element.setAttribute("part", part);
  element.append(...within);
  return element;
}

/** @type {(part: string, does: () => void, ...within: (Node | string)[]) => HTMLButtonElement} */
export function button(part, does, ...within) {
  const made = make("button", part, ...within);
  made.type = "button";
  made.addEventListener("click", does);
  return made;
}

/** @type {(name: string, ...within: (Node | string)[]) => HTMLSlotElement} A place that the page may fill. */
export function slot(name, ...within) {
  const element = make("slot", "", ...within);
  element.name = name;
  return element;
}
