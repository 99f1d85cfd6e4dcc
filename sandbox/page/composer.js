// Typing commands: “/” lists them, a chosen one takes its options as chips, Enter sends.

import { act } from "./api.js";
import { attempts } from "./attempts.js";
import { Chip } from "./chip.js";
import { firstText, flatten, matching, withText } from "./commands.js";
import { keyboard } from "./keyboard.js";
import { make } from "./make.js";
import { awaitAnswer } from "./reading.js";
import { hasSuggestions, isClosed, kindWords, suggest, waitMs } from "./sources.js";
import { shownChannel, store, watch } from "./store.js";
import { listing, suggestions } from "./suggestions.js";

const ONLY_COMMANDS = "Only commands can be sent here: type / to see them.";
const NO_SUCH_COMMAND = "No command is called like that.";
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
  composer.addEventListener("keydown", keyboard({ send, reset, backspace, goTo, tabTakes, fields: () => [...chips.map((chip) => chip.field), say] }));
  composer.addEventListener("input", (event) => (event.target === say ? typed() : suggestFor(chipOf(event.target))));
  composer.addEventListener("focusin", onFocus);
  composer.addEventListener("focusout", (event) => { if (!composer.contains(event.relatedTarget)) suggestions.hide(); });
  document.addEventListener("keydown", slash);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    goTo(say);
  });
  watch((changed) => {
    if (changed.has("person") || changed.has("shown")) reset();
    if (["channels", "shown", "server"].some((name) => changed.has(name))) invite();
  });
}

const chipOf = (field) => chips.find((chip) => chip.field === field);

/** A slash begins a command wherever one is, unless it is typed into something else. */
function slash(event) {
  const elsewhere = event.target.closest?.("input, select, textarea, dialog") || document.querySelector("dialog[open]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || elsewhere || composer.closest("[inert]")) return;
  event.preventDefault();
  if (!command && !say.value) say.value = "/";
  goTo(chips.at(-1)?.field ?? say);
}

function invite() {
  const channel = shownChannel();
  say.disabled = !channel;
  if (!command) say.placeholder = channel ? `Type / for commands in #${channel.name}` : "There is no channel here for this person";
}

function reset() {
  command = null;
  chips = [];
  asked += 1;
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
  const all = flatten(store.commands);
  const entries = matching(all, say.value.slice(1)).map((one) => ({ name: `/${one.path}`, detail: one.description, value: { command: one } }));
  const begun = withText(all, say.value.slice(1)).map((one) => (
    { name: `/${one.command.path}`, detail: `${firstText(one.command).name}: ${one.text}`, value: one }));
  const offered = entries.length ? entries : begun;
  const title = offered.length ? store.server.bot : NO_SUCH_COMMAND;
  suggestions.show(say, title, offered, ({ value }) => begin(value.command, value.text));
}

/** `text` goes into the option that takes what is typed right after the command. */
function begin(chosen, text = "") {
  const first = firstText(chosen);
  command = chosen;
  chips = chosen.options.filter((option) => option.required || option === first).map((option) => new Chip(option));
  if (text) chips.find((chip) => chip.option === first).type(text);
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
  suggestions.letGo(); // what was suggested for other text is not meant
  if (!hasSuggestions(option) || chip.isChosen) {
    suggestions.show(field, `${title} (${kindWords(option)})`, [], () => {});
    return;
  }
  if (!suggestions.isOpenFor(field)) suggestions.show(field, `${title} …`, [], () => {});
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

/** Whether Tab takes the suggestion: one that was picked, or where only a suggestion is a value. */
function tabTakes(field) {
  const chip = chipOf(field);
  return suggestions.hasChosen && (!chip || suggestions.isPicked || (isClosed(chip.option) && !chip.isEmpty));
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
    else if (say.value.startsWith("/")) trouble(`${NO_SUCH_COMMAND} Type / alone to see all.`);
    else if (say.value) trouble(ONLY_COMMANDS);
    return;
  }
  if (say.value.trim()) {
    refuse(null, unfitting(say.value.trim()));
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

const unfitting = (text) => (further().length
  ? `No option is called “${text}”: choose one of ${further().map(({ name }) => name).join(", ")} first, or delete it.`
  : `/${command.path} takes nothing more: delete “${text}”.`);

function refuse(chip, sentence) {
  goTo(chip?.field ?? say);
  chip?.mark(sentence);
  trouble(sentence);
}
