// At the column's foot: who one is here, and the way to be somebody else.

import { avatar, icon, make, makeButton } from "./make.js";
import { look, store, watch, you } from "./store.js";

const byId = (id) => document.getElementById(id);
const button = byId("you");
const menu = byId("personas");

export function startPersona() {
  watch((changed) => {
    if (changed.has("server")) show();
  });
  button.addEventListener("click", () => setOpen(menu.hidden));
  menu.addEventListener("keydown", move);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#you-panel")) setOpen(false);
  });
}

function show() {
  const me = you();
  button.replaceChildren(avatar(me.id, me.name), words(me, `You are ${me.name}`), icon("swap"));
  button.setAttribute("aria-label", `You are ${me.name}, ${me.role}. Switch person`);
  menu.replaceChildren(...store.server.personas.map(item));
}

const words = (persona, name) => make("span", "words", [make("b", "name", name), make("span", "role", persona.role)]);

function item(persona) {
  const isMe = persona.id === store.server.you;
  const made = makeButton("persona", [avatar(persona.id, persona.name), words(persona, persona.name)], () => {
    setOpen(false);
    if (!isMe) look(persona.id);
  });
  made.setAttribute("role", "menuitemradio");
  made.setAttribute("aria-checked", String(isMe));
  if (isMe) made.append(icon("check"));
  return made;
}

function setOpen(open) {
  if (open === !menu.hidden) return;
  menu.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  if (open) menu.querySelector("[aria-checked=true]").focus();
  else button.focus();
}

function move(event) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") setOpen(false);
  if (event.key === "Escape") event.stopPropagation();
  if (to === undefined) return;
  event.preventDefault();
  items[(to + items.length) % items.length].focus();
}
