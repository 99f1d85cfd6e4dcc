// The left column: channels, who sits in voice, and on a phone the drawer that it is there.

import { act } from "./api.js";
import { Kept, arrange, avatar, icon, make, makeButton, unseen } from "./make.js";
import { seatOf, showChannel, store, watch } from "./store.js";
import { isUnread } from "./timeline.js";

const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 720px)");
const kept = new Kept();

export function startColumn() {
  watch((changed) => {
    if (changed.has("server")) byId("server-name").textContent = store.server.name;
    if (["channels", "shown", "messages", "everything"].some((name) => changed.has(name))) showText();
    if (["channels", "voice", "server", "everything"].some((name) => changed.has(name))) showVoice();
  });
  byId("open-column").addEventListener("click", () => setOpen(true));
  byId("scrim").addEventListener("click", () => setOpen(false));
  byId("close-column").addEventListener("click", () => setOpen(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !document.querySelector("dialog[open]")) setOpen(false);
  });
  narrow.addEventListener("change", () => setOpen(false));
  setOpen(false);
}

// ---- the drawer
const isOpen = () => document.body.classList.contains("column-open");

/** On a phone only one of the column and the channel can be reached at a time. */
export function setOpen(open) {
  const was = isOpen();
  document.body.classList.toggle("column-open", open && narrow.matches);
  byId("middle").inert = narrow.matches && open;
  byId("open-column").setAttribute("aria-expanded", String(open));
  if (open && narrow.matches) byId("close-column").focus();
  else if (was) byId("open-column").focus();
}

// ---- text channels
function showText() {
  arrange(byId("text-channels"), store.channels.text.map((channel) => {
    const chosen = channel.id === store.shown;
    const unread = !chosen && isUnread(channel.id);
    return kept.item(`text ${channel.id}`, [JSON.stringify(channel), chosen, unread], () => textItem(channel, chosen, unread));
  }));
}

function textItem(channel, chosen, unread) {
  const made = makeButton(`channel${chosen ? " chosen" : ""}${unread ? " unread" : ""}`, [
    icon(channel.private ? "lock" : "hash"),
    make("span", "name", channel.name),
  ], () => {
    showChannel(channel.id);
    if (narrow.matches) setOpen(false);
  });
  if (chosen) made.setAttribute("aria-current", "page");
  if (channel.private) made.append(unseen(", only for those whose roles may see it"));
  if (unread) made.append(unseen(", unread"));
  return make("li", "", made);
}

// ---- voice channels
function showVoice() {
  const seat = seatOf(store.server.you);
  arrange(byId("voice-channels"), store.channels.voice.map((channel) => voiceItem(channel, seat?.channel.id === channel.id)));
  showStrips(seat);
}

function voiceItem(channel, isMine) {
  const people = store.voice[channel.id] ?? [];
  const item = kept.item(`voice ${channel.id}`, [JSON.stringify(channel)], () => make("li", "voice", [
    makeButton("channel", [icon(channel.open ? "speaker" : "lock"), make("span", "name", channel.name), make("span", "count")], () => join(channel)),
    make("ul", "sitting"),
  ]));
  const [button, list] = item.children;
  button.classList.toggle("chosen", isMine);
  const words = people.length === 1 ? "1 person there" : `${people.length} people there`;
  button.setAttribute("aria-label", `${channel.name}, voice, ${words}${isMine ? ", you are there" : ", join"}`);
  button.querySelector(".count").textContent = people.length || "";
  list.setAttribute("aria-label", `In ${channel.name}`);
  arrange(list, people.map((person) => kept.item(`${channel.id} ${person.id}`, [JSON.stringify(person), store.server.you], () => personItem(person))));
  return item;
}

function personItem(person) {
  const item = make("li", person.id === store.server.you ? "person me" : "person", [
    avatar(person.id, person.name), make("span", "name", person.name),
  ]);
  item.title = person.name;
  if (person.mute) item.append(icon("mic-off"), unseen(", muted"));
  if (person.deaf) item.append(icon("headset-off"), unseen(", deafened"));
  return item;
}

async function join(channel) {
  const seat = seatOf(store.server.you);
  if (seat?.channel.id === channel.id) return;
  const { trouble } = await act("/voice", { channel: channel.id, mute: seat?.person.mute ?? false, deaf: seat?.person.deaf ?? false });
  sayInVoice(trouble);
}

function sayInVoice(sentence) {
  byId("voice-trouble").textContent = sentence;
  byId("voice-trouble").hidden = !sentence;
}

// ---- where one sits, with the way out: in the column, and on a phone above the composer too
function showStrips(seat) {
  for (const strip of document.querySelectorAll(".voice-strip")) {
    strip.hidden = !seat;
    if (!seat) continue;
    if (!strip.childElementCount) strip.append(...stripParts());
    strip.querySelector(".where").textContent = seat.channel.name;
    showFlags(strip, seat.person);
  }
  sayInVoice("");
}

function stripParts() {
  const leave = makeButton("leave", [icon("hang-up"), "Disconnect"], () => act("/voice", { channel: null }));
  return [make("div", "words", [make("b", "", "Voice connected"), make("span", "where")]), ...FLAGS.map(flagButton), leave];
}

const FLAGS = [["mute", "Mute", "mic"], ["deaf", "Deafen", "headset"]];

function flagButton([flag, words]) {
  const made = makeButton("icon-button flag", "", () => {
    const { channel, person } = seatOf(store.server.you);
    act("/voice", { channel: channel.id, mute: person.mute, deaf: person.deaf, [flag]: !person[flag] });
  });
  made.setAttribute("aria-label", words);
  made.title = words;
  return made;
}

function showFlags(strip, person) {
  FLAGS.forEach(([flag, , sign], at) => {
    const button = strip.querySelectorAll(".flag")[at];
    button.setAttribute("aria-pressed", String(person[flag]));
    button.replaceChildren(icon(person[flag] ? `${sign}-off` : sign));
  });
}
