// A dialog over the page, opened by a button or Ctrl-K (⌘K).
import { button, make, slot } from "./make.js";

const KEYS = /Mac|iP/.test(navigator.platform) ? "⌘ K" : "Ctrl K";

/**
 * @param {Text} open The word on the button that opens it.
 * @param {Text} close
 * @param {() => void} opened
 */
export function modal(open, close, opened) {
  const sheet = make("div", "sheet");
  const dialog = make("dialog", "dialog", sheet);
  const show = () => {
    if (!dialog.open) dialog.showModal();
    opened();
  };
  const opener = button("open button", show, slot("open", open, " ", make("kbd", "", KEYS)));
  const closer = button("close button", () => dialog.close(), close);
  dialog.setAttribute("aria-labelledby", "label");
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close(); // beside the sheet
  });
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const asked = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!asked || event.defaultPrevented) return; // another element of the page has it
    event.preventDefault();
    show();
  };
  return { dialog, sheet, opener, closer, show, key };
}
