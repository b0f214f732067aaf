// An article with a key that this tab holds: the page is fetched with it. Without a key there is nothing to do.
import { headers, heldKey, holdKey, takeKey } from "./keys.js";

takeKey(document.getElementById("search"));

async function read() {
  const response = await fetch(location.href, { headers: headers() }).catch(() => null);
  const page = response && new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page?.getElementById("read");
  if (!main) return;
  document.getElementById("read").replaceWith(document.adoptNode(main));
  document.title = page.title;
  const { hash } = location;
  if (!hash) return;
  history.replaceState(null, "", location.pathname + location.search);
  location.replace(hash); // a fragment marks what was there when it was gone to
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "keys") return;
  event.preventDefault();
  holdKey(event.target.elements.namedItem("key").value);
  read();
});

if (heldKey() && document.getElementById("shut")) read();
