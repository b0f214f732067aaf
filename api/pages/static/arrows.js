// Arrow keys: down and up between the box, the hits and the pages; forward opens "why", back closes it; Escape returns.
const stops = () => [...document.querySelectorAll("#results .hit, #results .paging a")];

/** Follows the arrow keys; `box` is the field of the query. */
export function followArrows(box) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") return escape(box);
    const at = stops().findIndex((stop) => stop.contains(document.activeElement));
    if (document.activeElement !== box && at < 0) return;
    if (event.key === "ArrowDown") go(event, stops()[at + 1]);
    else if (event.key === "ArrowUp" && at >= 0) go(event, at ? stops()[at - 1] : box);
    else if (at >= 0 && event.key.startsWith("Arrow")) open(event, stops()[at]);
    else if (event.key === "Enter" && document.activeElement === stops()[at]) enter(stops()[at]);
  });
  document.addEventListener("pointerover", () => document.body.classList.remove("quiet-tips"));
  document.addEventListener("focusin", () => document.body.classList.remove("quiet-tips"));
}

function go(event, target) {
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function open(event, hit) {
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const why = hit.querySelector(".why");
  if (!why) return;
  event.preventDefault();
  why.open = event.key === forward;
}

const enter = (hit) => hit.querySelector("h2 a")?.click();

function escape(box) {
  const sheet = document.querySelector("#filters:target");
  if (sheet && getComputedStyle(sheet).position === "fixed") {
    location.hash = "results";
    return;
  }
  if (document.activeElement?.matches(".aligned") || document.querySelector(".aligned:hover")) {
    document.body.classList.add("quiet-tips");
    return;
  }
  box.focus();
}
