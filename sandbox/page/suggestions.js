// The list above the composer: commands, values of an option, further options.
// The field keeps the focus; which entry is chosen is told by aria-activedescendant.

import { make } from "./make.js";

const byId = (id) => document.getElementById(id);
const popover = byId("popover");
const list = byId("suggestions");
let shown = null; // {field, entries, choose, active}

export const suggestions = {
  /** `entries`: [{name, detail, value}]. With `first` the first is chosen already, else none is. */
  show(field, title, entries, choose, { first = true } = {}) {
    if (shown && shown.field !== field) release(shown.field);
    byId("popover-title").textContent = title;
    shown = { field, entries, choose, active: -1, picked: false };
    list.replaceChildren(...entries.map(item));
    list.hidden = entries.length === 0;
    popover.hidden = false;
    field.setAttribute("aria-expanded", String(entries.length > 0));
    activate(first && entries.length ? 0 : -1);
  },

  hide() {
    if (shown) release(shown.field);
    shown = null;
    popover.hidden = true;
  },

  get isOpen() {
    return Boolean(shown);
  },

  isOpenFor(field) {
    return shown?.field === field && shown.entries.length > 0;
  },

  /** The list stays until the next comes, but Enter takes nothing of it. */
  letGo() {
    if (shown) activate(-1);
  },

  get hasChosen() {
    return Boolean(shown && shown.active >= 0);
  },

  /** Whether the entry was gone to, and not only the first. */
  get isPicked() {
    return Boolean(shown?.picked);
  },

  move(by) {
    const count = shown?.entries.length ?? 0;
    if (!count) return;
    shown.picked = true;
    activate(shown.active < 0 && by < 0 ? count - 1 : (shown.active + by + count) % count);
  },

  take() {
    const { entries, active, choose } = shown;
    choose(entries[active]);
  },
};

/** Makes an input one that lists suggestions. */
export function listing(field, label) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "suggestions");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-label", label);
  return field;
}

function item(entry, at) {
  const made = make("li", "suggestion", [make("span", "name", entry.name), make("span", "detail", entry.detail ?? "")]);
  made.id = `suggestion-${at}`;
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", "false");
  made.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  made.addEventListener("pointermove", () => { if (shown.active !== at) activate(at, false); });
  made.addEventListener("click", () => {
    activate(at);
    suggestions.take();
  });
  return made;
}

function activate(at, intoView = true) {
  shown.active = at;
  [...list.children].forEach((made, n) => made.setAttribute("aria-selected", String(n === at)));
  if (at < 0) {
    shown.picked = false;
    shown.field.removeAttribute("aria-activedescendant");
    return;
  }
  shown.field.setAttribute("aria-activedescendant", `suggestion-${at}`);
  if (intoView) list.children[at].scrollIntoView({ block: "nearest" });
}

function release(field) {
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}
