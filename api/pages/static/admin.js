// The key goes as a header, so forms are sent from here and the answer's content takes the place of the page's.
import { headers, heldKey, holdKey } from "./keys.js";

const main = () => document.querySelector("main");

/** Shows the content of an answer; one that is no page leaves what is there, and is told of. */
async function show(answer) {
  if (answer.headers.get("content-type")?.startsWith("text/html")) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("h1").replaceWith(page.querySelector("h1"));
    main().replaceWith(page.querySelector("main"));
    (document.querySelector("#outcome, #key") ?? main()).focus();
  } else {
    tell((await answer.json()).detail);
  }
}

function tell(text) {
  document.querySelector("#outcome")?.remove();
  const told = Object.assign(document.createElement("div"), { id: "outcome", className: "failed", tabIndex: -1 });
  told.setAttribute("role", "alert");
  told.append(Object.assign(document.createElement("p"), { textContent: text }));
  main().prepend(told);
  told.focus();
}

async function ask(options = {}) {
  main().setAttribute("aria-busy", "true");
  try {
    await show(await fetch(location.pathname, { ...options, headers: headers() }));
  } catch {
    tell("The service did not answer. Try again.");
  }
  main().removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === "keys") {
    holdKey(form.elements.namedItem("key").value);
    ask();
  } else {
    ask({ method: "POST", body: new URLSearchParams(new FormData(form)) });
  }
});

if (main().hasAttribute("data-shut") && heldKey()) ask();
