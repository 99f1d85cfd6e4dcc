// Typing commands: “/” lists them, a chosen one takes its options as chips, Enter sends.

import { act } from "./api.js";
import { attempts } from "./attempts.js";
import { Chip } from "./chip.js";
import { flatten, matching } from "./commands.js";
import { keyboard } from "./keyboard.js";
import { make } from "./make.js";
import { awaitAnswer } from "./reading.js";
import { hasSuggestions, kindWords, suggest, waitMs } from "./sources.js";
import { shownChannel, store, watch } from "./store.js";
import { listing, suggestions } from "./suggestions.js";

const ONLY_COMMANDS = "Only commands can be sent here: type / to see them.";
const byId = (id) => document.getElementById(id);
const composer = byId("composer");
const fields = byId("fields");
const say = listing(make("input"), "Commands");
let command = null; // the one whose options are typed
let chips = [];
let asked = 0; // the latest question for suggestions: answers to earlier ones come too late

export function startComposer() {
  Object.assign(say, { id: "say", autocomplete: "off", spellcheck: false, enterKeyHint: "send" });
  say.setAttribute("autocapitalize", "off");
  fields.append(say);
  byId("line").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  composer.addEventListener("keydown", keyboard({ send, reset, backspace, goTo, fields: () => [...chips.map((chip) => chip.field), say] }));
  composer.addEventListener("input", (event) => (event.target === say ? typed() : suggestFor(chipOf(event.target))));
  composer.addEventListener("focusin", onFocus);
  composer.addEventListener("focusout", (event) => { if (!composer.contains(event.relatedTarget)) suggestions.hide(); });
  watch((changed) => {
    if (changed.has("person") || changed.has("shown")) reset();
    if (["channels", "shown", "server"].some((name) => changed.has(name))) invite();
  });
}

const chipOf = (field) => chips.find((chip) => chip.field === field);

function invite() {
  const channel = shownChannel();
  say.disabled = !channel;
  if (!command) say.placeholder = channel ? `Type / for commands in #${channel.name}` : "There is no channel here for this person";
}

function reset() {
  command = null;
  chips = [];
  say.value = "";
  suggestions.hide();
  trouble("");
  draw();
}

function draw() {
  const name = command ? [make("span", "command", `/${command.path}`)] : [];
  const focused = document.activeElement;
  fields.replaceChildren(...name, ...chips.map((chip) => chip.element), say);
  if (fields.contains(focused)) focused.focus();
  byId("send").hidden = !command;
  composer.classList.toggle("filling", Boolean(command));
  composer.classList.toggle("complete", Boolean(command) && !further().length);
  say.placeholder = command && further().length ? `+${further().length} more` : "";
  say.setAttribute("aria-label", command ? `/${command.path}: further options, Enter sends` : "Commands");
  if (!command) invite();
}

function trouble(sentence) {
  byId("composer-trouble").textContent = sentence;
  byId("composer-trouble").hidden = !sentence;
}

// ---- choosing a command, or a further option of the chosen one
const further = () => command.options.filter((option) => !chips.some((chip) => chip.option.name === option.name));

function typed() {
  trouble("");
  if (command) offerFurther();
  else if (say.value.startsWith("/")) offerCommands();
  else suggestions.hide();
}

function offerCommands() {
  const all = matching(flatten(store.commands), say.value.slice(1));
  const entries = all.map((one) => ({ name: `/${one.path}`, detail: one.description, value: one }));
  const title = all.length ? store.server.bot : "No command is called like that.";
  suggestions.show(say, title, entries, ({ value }) => begin(value));
}

function begin(chosen) {
  command = chosen;
  chips = chosen.options.filter((option) => option.required).map((option) => new Chip(option));
  say.value = "";
  suggestions.hide();
  draw();
  goTo(chips[0]?.field ?? say);
}

function offerFurther() {
  const wanted = say.value.trim().toLowerCase();
  const entries = further()
    .filter((option) => option.name.includes(wanted))
    .map((option) => ({ name: option.name, detail: option.description, value: option }));
  if (!entries.length) suggestions.hide();
  else suggestions.show(say, "Further options", entries, ({ value }) => add(value), { first: wanted !== "" });
}

function add(option) {
  const chip = new Chip(option);
  chips.push(chip);
  say.value = "";
  suggestions.hide();
  draw();
  goTo(chip.field);
}

function remove(chip) {
  chips = chips.filter((one) => one !== chip);
  draw();
  goTo(chips.at(-1)?.field ?? say);
}

/** In an empty field: an option that may be missing goes, else the field before is next, else the command goes. */
function backspace(field, before) {
  const chip = chipOf(field);
  if (!command) return false;
  if (chip && !chip.option.required) return remove(chip);
  return before ? goTo(before) : unchoose();
}

/** Back from the options to the choice of a command. */
function unchoose() {
  say.value = `/${command.path}`;
  command = null;
  chips = [];
  draw();
  goTo(say);
  offerCommands();
}

// ---- values
function onFocus({ target }) {
  if (target === say) typed();
  else if (chipOf(target)) suggestFor(chipOf(target));
  else suggestions.hide();
}

async function suggestFor(chip) {
  trouble("");
  const question = (asked += 1);
  const { option, field } = chip;
  const title = `${option.name}: ${option.description}`;
  if (!hasSuggestions(option) || chip.isChosen) {
    suggestions.show(field, `${title} (${kindWords(option)})`, [], () => {});
    return;
  }
  if (!suggestions.isOpen || !field.hasAttribute("aria-activedescendant")) suggestions.show(field, `${title} …`, [], () => {});
  await new Promise((resume) => { setTimeout(resume, waitMs(option)); });
  if (question !== asked) return;
  field.setAttribute("aria-busy", "true");
  const { entries, trouble: failure } = await suggest(option, field.value, { path: command?.path, options: values(chip) });
  field.removeAttribute("aria-busy");
  if (question !== asked || document.activeElement !== field) return;
  const said = failure || (entries.length ? title : `${title}: nothing fits`);
  suggestions.show(field, said, entries, (entry) => take(chip, entry));
}

function take(chip, entry) {
  chip.choose(entry);
  suggestions.hide();
  const next = chips.find((one) => one.option.required && one.isEmpty);
  goTo(next?.field ?? say);
}

function goTo(field) {
  if (document.activeElement === field) onFocus({ target: field });
  else field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

const values = (except) =>
  Object.fromEntries(chips.filter((chip) => chip !== except && !chip.isEmpty).map((chip) => [chip.option.name, chip.value]));

// ---- sending
async function send() {
  if (!command) {
    if (say.value.startsWith("/") && suggestions.hasChosen) suggestions.take();
    else if (say.value) trouble(ONLY_COMMANDS);
    return;
  }
  const half = chips.find((chip) => chip.isHalf);
  if (half) {
    refuse(half, `Choose one of the suggestions for “${half.option.name}”.`);
    return;
  }
  const draft = { command, chips };
  const channel = store.shown;
  const options = values();
  awaitAnswer(channel);
  const attempt = attempts.begin(channel, command.path);
  reset();
  const answer = await act("/command", { channel, command: draft.command.path, options });
  if (answer.option && !command && !say.value) {
    attempts.cancel(attempt);
    ({ command, chips } = draft);
    draw();
    refuse(chips.find((chip) => chip.option.name === answer.option), answer.trouble);
  } else {
    attempts.end(attempt, answer.trouble);
  }
}

function refuse(chip, sentence) {
  goTo(chip?.field ?? say);
  chip?.mark(sentence);
  trouble(sentence);
}
