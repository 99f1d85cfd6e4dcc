// Elements, without markup in strings: text only ever becomes text nodes.

const SVG = "http://www.w3.org/2000/svg";

/** `content`: text, a node, or a list of them. */
export function make(name, kind = "", content = []) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...[content].flat());
  return made;
}

/** A button that says what it does; `kind` is its class. */
export function makeButton(kind, content, onClick) {
  const made = make("button", kind, content);
  made.type = "button";
  if (onClick) made.addEventListener("click", onClick);
  return made;
}

/** A sign from icons.svg. It is decoration: whatever carries it says in words what it means. */
export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/page/icons.svg#${name}`);
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  made.append(use);
  return made;
}

/** Words for a screen reader, where a sign is enough for the eye. */
export const unseen = (words) => make("span", "unseen", words);

/** A person's initial on a colour that is always theirs. */
export function avatar(id, name) {
  const made = make("span", `initial tint-${Number(BigInt(id) % 6n)}`, [...name][0]?.toUpperCase() ?? "?");
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** Make a parent's children equal to `items` and touch only those that differ: focus and scrolling stay. */
export function arrange(parent, items) {
  const wanted = new Set(items);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  items.forEach((item, at) => {
    if (parent.children[at] !== item) parent.insertBefore(item, parent.children[at] ?? null);
  });
}

/** Items by key that are built again only when something that they depend on has changed. */
export class Kept {
  #items = new Map();

  item(key, dependsOn, build) {
    const known = this.#items.get(key);
    if (known && known.dependsOn.every((value, at) => value === dependsOn[at])) return known.item;
    const item = build();
    this.#items.set(key, { dependsOn, item });
    return item;
  }

  clear() {
    this.#items.clear();
  }
}
