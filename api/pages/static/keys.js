// The access key: kept for this tab alone, sent as a header, never left in the address.
const NAME = "paraglot-key";

export const heldKey = () => sessionStorage.getItem(NAME) ?? "";

export const holdKey = (key) => sessionStorage.setItem(NAME, key);

export const headers = () => (heldKey() ? { "X-API-Key": heldKey() } : {});

/** Takes a key out of the page's address, form and links, and keeps it. */
export function takeKey(form) {
  form.elements.namedItem("key")?.remove();
  const key = new URL(location.href).searchParams.get("key");
  if (!key) return;
  holdKey(key);
  history.replaceState(null, "", withoutKey(location.href));
  for (const link of document.querySelectorAll("[href*='key=']")) {
    const stays = new URL(link.href).pathname === location.pathname; // no other program knows the key of this tab
    if (stays) link.href = withoutKey(link.href);
    else link.remove();
  }
}

/** An address of this page without a key. */
export function withoutKey(href) {
  const address = new URL(href);
  address.searchParams.delete("key");
  return address.search || "?";
}
