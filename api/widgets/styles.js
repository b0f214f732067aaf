// How the elements look. Styles are constructed, so no policy has to allow inline ones.

/** @type {(name: string, light: string, dark?: string) => string} A colour that a page may set, alone or for dark pages, too. */
const colour = (name, light, dark = light) =>
  `light-dark(var(--paraglot-${name}, ${light}), var(--paraglot-${name}-dark, var(--paraglot-${name}, ${dark})))`;

/** @type {(kind: string, light: string, dark: string) => string} Ink that a page does not set is black or white, by its ground. */
const highlight = (kind, light, dark) => `
  --ground: ${colour(kind, light, dark)}; background: var(--ground);
  color: ${colour(`${kind}-color`, "oklch(from var(--ground) clamp(0, (.62 - l) * 999, 1) 0 0)")};
`;

/** @type {(select: (mark: string) => string) => string} Where colours are the reader's, lines tell the two kinds apart. */
const marks = (select) => `
${select("mark")} { background: none; color: inherit; }
${select("mark.semantic")} { ${highlight("semantic", "#d3ecff", "#15405f")} }
${select("mark.keyword")} { ${highlight("keyword", "#ffe28a", "#6b5200")} font-weight: 600; }
@media (forced-colors: active) {
  ${select("mark.semantic")} { text-decoration: underline dotted; }
  ${select("mark.keyword")} { text-decoration: underline; }
}
`;

/** @type {(css: string) => CSSStyleSheet} */
function sheetOf(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

export const sheet = sheetOf(`
:host { display: block; font: var(--paraglot-font, inherit); color: ${colour("color", "currentColor")}; }
:host([hidden]), [hidden] { display: none !important; }
[part=all]:not([lang]) { opacity: 0; }
form { display: flex; flex-wrap: wrap; gap: .5em; }
[part=label] { flex: 1 0 100%; }
[part=box] { flex: 1 1 12em; min-width: 0; position: relative; }
input, select, button {
  font: inherit; padding: .5em .75em; border: 1px solid ${colour("border", "GrayText")};
  border-radius: var(--paraglot-radius, .375em);
}
:host([dialog]) { display: inline-block; }
[part=suggestions], dialog { background: ${colour("background", "Canvas")}; color: ${colour("color", "CanvasText")}; }
[part=suggestions] {
  position: absolute; inset: 100% 0 auto; z-index: 1; margin: 0; border: 1px solid ${colour("border", "GrayText")};
  border-radius: var(--paraglot-radius, .375em);
}
[part=suggestion] { padding: .4em .75em; cursor: pointer; }
[part=suggestion]:hover, [aria-selected=true] { background: Highlight; color: HighlightText; }
dialog { box-sizing: border-box; width: min(45em, 100vw - 1em); margin-top: 5vh; max-height: 90vh; padding: 0; border: 0; border-radius: .5em; }
[part=sheet] { padding: 1em; }
[part~=close] { display: block; margin: 0 0 .5em auto; }
kbd { font-size: .8em; }
fieldset { margin: .5em 0; border: 1px solid ${colour("border", "GrayText")}; min-width: 0; }
[part=filter] { display: flex; flex-wrap: wrap; gap: .25em 1em; }
[part=choice] { display: inline-flex; gap: .4em; align-items: baseline; }
[part=count] { font-size: .8em; }
[type=search] { box-sizing: border-box; width: 100%; }
button, summary { cursor: pointer; }
:focus-visible { outline: 3px solid ${colour("focus", "Highlight")}; outline-offset: 2px; }
p, ol, ul, [part~=title] { margin: .75em 0; padding: 0; }
ol, ul { list-style: none; }
li { overflow-wrap: anywhere; }
[part~=hit] { margin: 0 0 var(--paraglot-gap, 1.25em); }
[part~=hit] p, [part~=title] { margin: .25em 0; }
[part~=title] { font: inherit; font-weight: 600; }
[part~=heading] { font: inherit; }
a { color: ${colour("link", "currentColor")}; }
[part=about], summary { font-size: .875em; }
[part=about] { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1em; }
${marks((mark) => mark)}
`);

/** For hits made from a page's template, which stand in that page; whatever it says of their marks itself goes before. */
export const slottedSheet = sheetOf(
  marks((mark) => `:where(paraglot-search > [slot^=hit-] ${mark}, paraglot-similar > [slot^=hit-] ${mark})`),
);
