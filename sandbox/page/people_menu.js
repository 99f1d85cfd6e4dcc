// A menu from which people of the server are chosen, several at once.

import { ask } from "./api.js";
import { make, makeButton } from "./make.js";

/** `choose(menu, values)` is called with the ids, once it is said that all are chosen. */
export function peopleMenu(component, choose) {
  const words = component.placeholder ?? "Make a selection";
  const made = make("details", "menu people-menu", make("summary", "", words));
  const search = make("input");
  const list = make("ul");
  const chosen = new Map(); // id → name
  const done = makeButton("component primary", make("span", "label", "Done"), () => {
    made.open = false;
    choose(made, [...chosen.keys()]);
  });
  Object.assign(search, { type: "search", placeholder: "Search", autocomplete: "off" });
  search.setAttribute("aria-label", `${words}: search`);
  made.append(search, list, done);
  made.dataset.component = component.custom_id;
  const most = component.max_values ?? 1;

  function count() {
    done.disabled = chosen.size < (component.min_values ?? 1);
    made.querySelector("summary").textContent = chosen.size ? [...chosen.values()].join(", ") : words;
    for (const box of list.querySelectorAll("input")) box.disabled = !box.checked && chosen.size >= most;
  }

  async function look() {
    const typed = search.value;
    const people = (await ask("/people", { typed })) ?? [];
    if (typed !== search.value) return; // something else was typed meanwhile
    list.replaceChildren(...people.map((person) => entry(person, chosen, count)));
    count();
  }

  search.addEventListener("input", look);
  made.addEventListener("toggle", () => made.open && look());
  count();
  return made;
}

function entry({ id, name }, chosen, count) {
  const box = make("input");
  Object.assign(box, { type: "checkbox", checked: chosen.has(id) });
  box.addEventListener("change", () => {
    if (box.checked) chosen.set(id, name);
    else chosen.delete(id);
    count();
  });
  return make("li", "", make("label", "", [box, name]));
}
