// The access key: kept for this tab alone, sent as a header, never left in the address.
const NAME = "rosetta-key";

export const heldKey = () => sessionStorage.getItem(NAME) ?? "";

export const holdKey = (key) => sessionStorage.setItem(NAME, key);

export const headers = () => (heldKey() ? { "X-API-Key": heldKey() } : {});

/** Takes a key out of the page's address and form, and keeps it. */
export function takeKey(form) {
  const address = new URL(location.href);
  const key = address.searchParams.get("key");
  form.elements.namedItem("key")?.remove();
  if (!key) return;
  holdKey(key);
  address.searchParams.delete("key");
  history.replaceState(null, "", address);
}
