// What can be chosen for an option: its fixed choices, people, channels, or what the bot suggests.

import { act, ask } from "./api.js";
import { store } from "./store.js";

export const KIND = { STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7 };
const WORDS = { 3: "text", 4: "a whole number", 5: "True or False", 6: "a person", 7: "a channel", 8: "a role", 10: "a number" };
const VOICE = 2;

export const kindWords = (option) => WORDS[option.type] ?? "a value";

/** Whether a value must be one of the suggestions: then only choosing one gives it. */
export const isClosed = (option) =>
  Boolean(option.choices?.length) || [KIND.BOOLEAN, KIND.USER, KIND.CHANNEL].includes(option.type);

export const hasSuggestions = (option) => Boolean(option.autocomplete) || isClosed(option);

/** The bot is asked a moment after the last key; everything else is at hand. */
export const waitMs = (option) => (option.autocomplete ? 250 : option.type === KIND.USER ? 120 : 0);

/** `{entries, trouble}` for what was typed. `command`: its path, and the other options' values. */
export async function suggest(option, typed, command) {
  if (option.autocomplete) return asked(option, typed, command);
  if (option.choices?.length) return { entries: fitting(option.choices, typed) };
  if (option.type === KIND.BOOLEAN) return { entries: fitting([{ name: "True", value: true }, { name: "False", value: false }], typed) };
  if (option.type === KIND.CHANNEL) return { entries: fitting(channels(option), typed.replace(/^#/, "")) };
  const people = (await ask("/people", { typed })) ?? [];
  return { entries: people.map(({ id, name }) => ({ name: `@${name}`, value: id })) };
}

async function asked(option, typed, { path, options }) {
  const answer = await act("/autocomplete", { channel: store.shown, command: path, focused: option.name, typed, options });
  return { entries: answer.choices ?? [], trouble: answer.trouble };
}

function fitting(entries, typed) {
  const wanted = typed.toLowerCase();
  return entries.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 25);
}

function channels({ channel_types: kinds }) {
  const fits = (kind) => !kinds?.length || kinds.includes(kind);
  const text = fits(0) ? store.channels.text : [];
  const voice = fits(VOICE) ? store.channels.voice : [];
  return [...text, ...voice].map(({ id, name }) => ({ name: `#${name}`, value: id }));
}
