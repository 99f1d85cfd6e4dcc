// A file that is no picture: a card to download it, and of a text the first lines.

import { icon, make, makeButton } from "./make.js";

const FIRST_LINES = 6;
const MOST_BYTES = 512 * 1024;

export function fileCard(file, address) {
  const link = make("a", "name", file.filename);
  const save = make("a", "save", icon("download"));
  for (const one of [link, save]) Object.assign(one, { href: address, download: file.filename });
  save.setAttribute("aria-label", `Download ${file.filename}`);
  const head = make("div", "head", [icon("file"), make("div", "about", [link, make("small", "", size(file.size))]), save]);
  const card = make("div", "file", head);
  if (isText(file) && file.size <= MOST_BYTES) preview(card, address);
  return card;
}

const isText = (file) => file.content_type?.startsWith("text/") || /\.(csv|tsv|txt|md|json|log)$/i.test(file.filename);

const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`);

async function preview(card, address) {
  const text = make("pre", "preview");
  text.tabIndex = 0; // it scrolls sideways
  text.setAttribute("aria-label", "The first lines");
  card.prepend(text);
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return text.remove();
  const lines = (await answer.text()).replace(/^\uFEFF/, "").trimEnd().split(/\r?\n/);
  const few = lines.slice(0, FIRST_LINES).join("\n");
  text.textContent = few;
  if (lines.length > FIRST_LINES) card.append(expander(text, few, lines));
  return undefined;
}

function expander(text, few, lines) {
  const closed = `Show all ${lines.length} lines`;
  const made = makeButton("text-link expand", closed, () => {
    const expanded = made.getAttribute("aria-expanded") === "true";
    made.setAttribute("aria-expanded", String(!expanded));
    text.textContent = expanded ? few : lines.join("\n");
    made.textContent = expanded ? closed : "Show fewer";
  });
  made.setAttribute("aria-expanded", "false");
  return made;
}
