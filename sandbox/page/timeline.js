// The channel's messages in the middle, kept equal to what the server tells.

import { act } from "./api.js";
import { longDay } from "./dates.js";
import { Kept, arrange, make } from "./make.js";
import { refreshMoments } from "./markdown.js";
import { dayItem, messageItem } from "./message.js";
import { attemptItems, attempts } from "./attempts.js";
import { awaitAnswer, letGo, readFrom } from "./reading.js";
import { messagesOf, now, shownChannel, store, watch, zone } from "./store.js";

const NEAR_THE_END_PX = 80;
const ABOVE_AN_ANSWER_PX = 8;
const SCROLLING_KEYS = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "]);
const TO_TRY = "To try: type\u00a0/\u00a0for the bot’s commands, join a voice channel, open an event.";
const TO_WATCH = " Recording, at the top, shows what the bot writes down.";
const byId = (id) => document.getElementById(id);
const scroller = byId("scroller");
const list = byId("messages");
const newest = byId("newest");
const kept = new Kept();
const seen = new Map(); // channel id → the newest message that was shown there
let answer = null; // the item whose beginning stays in sight

export function startTimeline() {
  watch((changed) => {
    if (changed.has("everything")) kept.clear();
    const opened = changed.has("shown");
    if (opened || changed.has("messages") || changed.has("channels")) show(opened);
    if (changed.has("clock")) refreshMoments(list, now());
  });
  attempts.watch(() => show(false, true));
  newest.addEventListener("click", () => {
    goOn();
    scrollToEnd();
  });
  for (const kind of ["wheel", "touchmove", "pointerdown"]) scroller.addEventListener(kind, movesAway, { passive: true });
  scroller.addEventListener("keydown", (event) => { if (SCROLLING_KEYS.has(event.key)) movesAway(event); });
  scroller.addEventListener("scroll", () => { newest.hidden = nearTheEnd(2 * NEAR_THE_END_PX); });
  // A composer that grows, or a keyboard that comes up, must not push the end out of sight.
  let atTheEnd = true;
  scroller.addEventListener("scroll", () => { atTheEnd = nearTheEnd(NEAR_THE_END_PX); });
  new ResizeObserver(() => { if (answer || atTheEnd) settle(); }).observe(scroller);
  // Nor must a picture that arrives late.
  list.addEventListener("load", (event) => {
    if (answer || nearTheEnd(NEAR_THE_END_PX + (event.target.offsetHeight ?? 0))) settle();
  }, true);
}

/** Whether a channel holds messages that came after it was last looked at. */
export function isUnread(channelId) {
  const last = messagesOf(channelId).at(-1)?.id;
  return Boolean(last && seen.has(channelId) && BigInt(last) > BigInt(seen.get(channelId)));
}

function show(opened, own = false) {
  const channel = shownChannel();
  if (opened) goOn();
  const stays = opened || own || nearTheEnd(NEAR_THE_END_PX);
  const messages = channel ? messagesOf(channel.id).filter((message) => !dismissed().has(message.id)) : [];
  for (const { id } of store.channels.text) if (!seen.has(id) || id === channel?.id) seen.set(id, messagesOf(id).at(-1)?.id ?? "0");
  showHeading(channel, messages.length === 0);
  keepingFocus(() => arrange(list, [...items(messages), ...attemptItems(channel?.id, messages)]));
  const from = readFrom(channel?.id, messages);
  answer = from && byId(`message-${from}`);
  if (answer || stays) settle();
}

function showHeading(channel, isEmpty) {
  const name = channel?.name ?? "no channel";
  document.title = `#${name} · ${store.server.name}`;
  byId("channel").textContent = name;
  byId("beginning").hidden = !isEmpty;
  byId("beginning").querySelector(".channel-name").textContent = name;
  const isHome = channel?.id === store.server.home;
  byId("waiting").textContent = isHome ? store.server.waiting : TO_TRY + (store.server.recording ? TO_WATCH : "");
}

function items(messages) {
  const view = { zone: zone(), now: now(), press, dismiss };
  const day = (moment) => longDay(moment, view.zone);
  const today = day(view.now);
  let before = null;
  return messages.flatMap((message) => {
    const itsDay = day(new Date(message.timestamp));
    const previous = before?.day === itsDay ? before.message : undefined;
    before = { day: itsDay, message };
    const item = kept.item(message.id, [message, previous, today], () => messageItem(message, previous, view));
    if (previous) return [item];
    return [kept.item(`day ${itsDay}`, [], () => dayItem(new Date(message.timestamp), view.zone)), item];
  });
}

async function press(message, component, values) {
  awaitAnswer(store.shown);
  return (await act("/press", { message: message.id, component, values })).trouble;
}

/** A button that was pressed may be built again with its message; whoever uses the keyboard stays on it. */
function keepingFocus(change) {
  const focused = document.activeElement;
  const id = focused?.closest?.(".message")?.id;
  const component = focused?.dataset?.component;
  change();
  if (!id || !component || document.activeElement === focused) return;
  const again = [...(byId(id)?.querySelectorAll("[data-component]") ?? [])];
  again.find((one) => one.dataset.component === component)?.focus();
}

// ---- dismissed answers stay so for their person, as long as this tab lives
const dismissedKey = () => `insights.dismissed.${store.server.you}`;
const dismissed = () => new Set(JSON.parse(sessionStorage.getItem(dismissedKey()) ?? "[]"));

function dismiss(messageId) {
  sessionStorage.setItem(dismissedKey(), JSON.stringify([...dismissed().add(messageId)]));
  show(false);
}

// ---- scrolling
const nearTheEnd = (withinPx) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < withinPx;

/** To the beginning of what was asked for, else to the end. */
function settle() {
  if (!answer) return scrollToEnd();
  scroller.scrollTop += answer.getBoundingClientRect().top - scroller.getBoundingClientRect().top - ABOVE_AN_ANSWER_PX;
  newest.hidden = nearTheEnd(2 * NEAR_THE_END_PX);
}

function goOn() {
  letGo();
  answer = null;
}

/** Pressing a button is no scrolling; taking hold of the scroll bar is. */
function movesAway(event) {
  if (event.type !== "pointerdown" || event.target === scroller) goOn();
}

function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  newest.hidden = true;
}

/** Words in place of the messages, such as “The sandbox is not answering”. */
export function tell(sentence) {
  byId("trouble").textContent = sentence;
  byId("trouble").hidden = !sentence;
}
