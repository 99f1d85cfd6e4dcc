// One option of the command that is being typed: its name, and the field for its value.

import { make } from "./make.js";
import { hasSuggestions, isClosed, KIND } from "./sources.js";
import { listing } from "./suggestions.js";

export class Chip {
  #chosen = null;

  constructor(option) {
    this.option = option;
    this.field = make("input");
    this.field.autocomplete = "off";
    this.field.spellcheck = false;
    this.field.setAttribute("autocapitalize", "off");
    this.field.enterKeyHint = "send";
    if (option.type === KIND.INTEGER) this.field.inputMode = "numeric";
    const label = `${option.name}${option.required ? ", required" : ""}: ${option.description}`;
    if (hasSuggestions(option)) listing(this.field, label);
    else this.field.setAttribute("aria-label", label);
    this.field.addEventListener("input", () => {
      this.#chosen = null;
      this.mark("");
      this.#fit();
    });
    const name = make("span", option.required ? "option required" : "option", option.name);
    this.element = make("label", "chip", [name, this.field]);
    this.element.title = option.description;
    this.#fit();
  }

  /** Take a suggestion. */
  choose(entry) {
    this.#chosen = entry;
    this.field.value = entry.name;
    this.mark("");
    this.#fit();
  }

  /** As if it had been typed. */
  type(text) {
    this.field.value = text;
    this.#fit();
  }

  get isChosen() {
    return this.#chosen !== null;
  }

  get isEmpty() {
    return this.field.value === "";
  }

  /** What is sent: of a chosen suggestion its value, else the text as it was typed. */
  get value() {
    return this.#chosen ? this.#chosen.value : this.field.value.trim();
  }

  /** Whether the text is only half of something that has to be chosen. */
  get isHalf() {
    return isClosed(this.option) && !this.isEmpty && !this.isChosen;
  }

  mark(trouble) {
    this.element.classList.toggle("wrong", Boolean(trouble));
    if (trouble) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }

  /** As wide as its text, so that the chips stay one line as long as they can. */
  #fit() {
    this.field.size = Math.min(Math.max(this.field.value.length + 1, 4), 32);
  }
}
