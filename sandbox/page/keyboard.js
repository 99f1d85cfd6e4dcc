// The composer's keys.

import { suggestions } from "./suggestions.js";

/** Handles a key in one of the composer's fields. `fields()` are these in order; the other functions are what the
 *  keys do: send, reset, goTo(field), backspace(field, fieldBefore); tabTakes(field): whether Tab takes a suggestion. What gives false is left to the browser. */
export function keyboard({ send, reset, goTo, backspace, tabTakes, fields }) {
  const beside = (field, by) => fields()[fields().indexOf(field) + by];

  /** At a field's edge the arrow keys go on to the next field. */
  const step = (field, by) => {
    const edge = by < 0 ? 0 : field.value?.length;
    if (field.selectionStart !== edge || field.selectionEnd !== edge) return false;
    return beside(field, by) ? goTo(beside(field, by)) : false;
  };

  /** Takes what is meant, else goes on to the next field, and leaves the text as it is. */
  const tab = (field) => {
    if (tabTakes(field)) return suggestions.take();
    return beside(field, 1) ? goTo(beside(field, 1)) : false;
  };

  const keys = {
    ArrowDown: () => (suggestions.isOpen ? suggestions.move(1) : false),
    ArrowUp: () => (suggestions.isOpen ? suggestions.move(-1) : false),
    ArrowLeft: (field) => step(field, -1),
    ArrowRight: (field) => step(field, 1),
    Backspace: (field) => (field.value === "" ? backspace(field, beside(field, -1)) : false),
    Enter: () => (suggestions.hasChosen ? suggestions.take() : send()),
    Escape: () => (suggestions.isOpen ? suggestions.hide() : reset()),
    Tab: (field, event) => (event.shiftKey ? false : tab(field)),
  };

  return (event) => {
    const isOurs = event.key === "Escape" || fields().includes(event.target); // the button sends by itself
    if (event.isComposing || !isOurs || !(event.key in keys)) return;
    if (keys[event.key](event.target, event) !== false) event.preventDefault();
  };
}
