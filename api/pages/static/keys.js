// The access key: kept for this tab alone, sent as a header, never left in the address.
const NAME = "paraglot-key";

export const heldKey = () => sessionStorage.getItem(NAME) ?? "";

export const holdKey = (key) => sessionStorage.setItem(NAME, key);

export const headers = () => (heldKey() ? { "X-API-Key": heldKey() } : {});

/** Saves what a link leads to with the key of this tab, which no address shall hold. */
export async function save(link) {
  const answer = await fetch(link.href, { headers: headers() });
  if (!answer.ok) throw new Error(answer.statusText);
  const file = document.createElement("a");
  file.href = URL.createObjectURL(await answer.blob());
  file.download = link.pathname.split("/").pop();
  file.click();
  URL.revokeObjectURL(file.href);
}

/** Takes a key out of the page's address, form and links, and keeps it. */
export function takeKey(form) {
  form.elements.namedItem("key")?.remove();
  const key = new URL(location.href).searchParams.get("key");
  if (!key) return;
  holdKey(key);
  history.replaceState(null, "", withoutKey(location.href));
  for (const link of document.querySelectorAll("[href*='key=']")) {
    const address = new URL(link.href);
    address.searchParams.delete("key");
    const stays = address.pathname === location.pathname || link.id === "table";
    if (stays) link.href = address;
    else link.remove(); // no other program knows the key of this tab
  }
}

/** An address of this page without a key. */
export function withoutKey(href) {
  const address = new URL(href);
  address.searchParams.delete("key");
  return address.search || "?";
}
