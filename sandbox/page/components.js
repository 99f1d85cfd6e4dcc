// Buttons and menus under a message, with what happens while one is pressed and when that fails.

import { make, makeButton, unseen } from "./make.js";
import { peopleMenu } from "./people_menu.js";

const BUTTON = 2;
const STRING_MENU = 3;
const PEOPLE_MENU = 5;
const LINK = 5;
const KINDS = { 1: "primary", 2: "", 3: "success", 4: "danger" };

export function componentRow(row, message, view) {
  const box = make("div", "buttons");
  for (const component of row.components ?? []) box.append(item(component, message, view));
  return box;
}

function item(component, message, view) {
  if (component.type === STRING_MENU) return menu(component, message, view);
  if (component.type === PEOPLE_MENU) {
    return peopleMenu(component, (made, values) => use(made, () => view.press(message, component.custom_id, values)));
  }
  if (component.type !== BUTTON) return make("span", "menu", component.placeholder ?? "Make a selection");
  return component.style === LINK ? linkButton(component) : button(component, message, view);
}

const label = (component) => [component.emoji?.id ? "" : component.emoji?.name, component.label].filter(Boolean).join(" ");

function linkButton(component) {
  const link = make("a", "link-button", `${label(component)} ↗`);
  Object.assign(link, { href: component.url, target: "_blank", rel: "noopener noreferrer" });
  return link;
}

function button(component, message, view) {
  const made = makeButton(`component ${KINDS[component.style] ?? ""}`, make("span", "label", label(component)));
  made.disabled = Boolean(component.disabled);
  made.dataset.component = component.custom_id;
  made.addEventListener("click", () => use(made, () => view.press(message, component.custom_id, [])));
  return made;
}

function menu(component, message, view) {
  const made = make("select", "menu", option("", component.placeholder ?? "Make a selection"));
  made.append(...(component.options ?? []).map((one) => option(one.value, one.label, one.default)));
  made.disabled = Boolean(component.disabled);
  made.dataset.component = component.custom_id;
  made.setAttribute("aria-label", component.placeholder ?? "Make a selection");
  made.addEventListener("change", () => made.value && use(made, () => view.press(message, component.custom_id, [made.value])));
  return made;
}

function option(value, words, chosen = false) {
  const made = make("option", "", words);
  Object.assign(made, { value, selected: Boolean(chosen) });
  return made;
}

/** One at a time: while the bot has not answered, the message's other components wait. */
async function use(made, press) {
  const message = made.closest(".message");
  if (message.querySelector("[aria-busy=true]")) return;
  message.querySelector(".failed")?.remove();
  made.setAttribute("aria-busy", "true");
  made.classList.add("loading");
  const dots = make("span", "dots", [make("i"), make("i"), make("i"), unseen("Waiting for the answer")]);
  if (made.tagName === "BUTTON") made.append(dots);
  const trouble = await press();
  dots.remove();
  made.removeAttribute("aria-busy");
  made.classList.remove("loading");
  if (trouble) made.closest(".buttons").after(failed(trouble));
}

function failed(trouble) {
  const made = make("div", "failed", trouble);
  made.setAttribute("role", "alert");
  return made;
}
