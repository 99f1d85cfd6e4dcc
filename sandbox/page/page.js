// Keeps the page equal to the channel: the server sends the whole channel whenever it has changed.

import { longDay } from "./dates.js";
import { dayItem, make, messageItem } from "./message.js";

const NEAR_THE_END_PX = 80;
const byId = (id) => document.getElementById(id);
const scroller = byId("scroller");
const list = byId("messages");

const drawn = new Map(); // key of an item → {seen, item}: what has not changed is left alone
const dismissed = new Set();
let channel = null;
let clockAhead = 0;

const events = new EventSource("/events");
events.addEventListener("message", (event) => {
  channel = JSON.parse(event.data);
  clockAhead = channel.now ? new Date(channel.now) - Date.now() : 0;
  tell("");
  show();
});
events.addEventListener("error", () => tell("The sandbox is not answering. This page goes on by itself as soon as it does."));

function tell(sentence) {
  byId("trouble").textContent = sentence;
  byId("trouble").hidden = !sentence;
}

function show() {
  const stays = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_THE_END_PX;
  const messages = channel.messages.filter((message) => !dismissed.has(message.id));
  document.title = `#${channel.name} · Guild Insights`;
  byId("channel").textContent = channel.name;
  byId("beginning").querySelector(".channel-name").textContent = channel.name;
  byId("beginning").hidden = messages.length > 0;
  byId("waiting").textContent = channel.waiting;
  showComposer();
  list.replaceChildren(...items(messages));
  if (stays) scrollToEnd();
}

function items(messages) {
  const view = {
    zone: channel.zone ?? undefined,
    now: new Date(Date.now() + clockAhead),
    canPress: channel.can_act,
    press: (message, customId) => act("/press", { message_id: message.id, custom_id: customId }),
    dismiss: (message) => { dismissed.add(message.id); show(); },
  };
  const day = (message) => message && longDay(new Date(message.timestamp), view.zone);
  return messages.flatMap((message, at) => {
    const sameDay = day(messages[at - 1]) === day(message);
    const previous = sameDay ? messages[at - 1] : undefined;
    const item = kept(message.id, [message, previous?.id, day({ timestamp: view.now }), view.canPress], () => messageItem(message, previous, view));
    return sameDay ? [item] : [kept(`day-${day(message)}`, [], () => dayItem(message, view.zone)), item];
  });
}

function kept(key, dependsOn, build) {
  const seen = JSON.stringify(dependsOn);
  if (drawn.get(key)?.seen !== seen) drawn.set(key, { seen, item: build() });
  return drawn.get(key).item;
}

function showComposer() {
  const composer = byId("composer");
  const wanted = channel.can_act ? channel.commands : [];
  composer.hidden = wanted.length === 0;
  if (composer.dataset.commands === wanted.join()) return;
  composer.dataset.commands = wanted.join();
  composer.replaceChildren(make("span", "hint", `Try a command in #${channel.name}`), ...wanted.map(commandButton));
}

function commandButton(command) {
  const button = make("button", "", `/${command}`);
  button.type = "button";
  button.addEventListener("click", async () => {
    button.disabled = true;
    scrollToEnd();
    tell(await act("/command", { command }));
    button.disabled = false;
  });
  return button;
}

/** Ask the server to act for the person who looks on. The answer is a sentence, empty when all went well. */
async function act(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()).trouble;
  } catch {
    return "The sandbox is not answering. Try again in a moment.";
  }
}

function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

// A picture that arrives late must not push the end out of sight.
list.addEventListener("load", (event) => {
  const height = event.target.offsetHeight ?? 0;
  const stays = scroller.scrollHeight - height - scroller.scrollTop - scroller.clientHeight < NEAR_THE_END_PX;
  if (stays) scrollToEnd();
}, true);
