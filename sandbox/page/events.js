// Scheduled events: the coming and running ones in the column, one in detail, and the form for a new one.

import { act } from "./api.js";
import { dayAndTime, relative, whenComing } from "./dates.js";
import { Kept, arrange, icon, make, makeButton } from "./make.js";
import { setOpen } from "./column.js";
import { now, store, watch, zone } from "./store.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("event");
const form = byId("new-event");
const SHOWN_FIRST = 3;
const LONGEST_WAIT_MINUTES = 5 * 365 * 24 * 60; // as the server, which follows Discord
const kept = new Kept();
let all = false; // whether the list shows every event
let detailed = null; // id of the event that the dialog shows

export function startEvents() {
  watch((changed) => {
    if (["events", "clock", "everything"].some((name) => changed.has(name))) show();
    if (changed.has("clock") && form.open) showStart();
    if (changed.has("may_create")) byId("create-event").hidden = !store.may_create;
  });
  byId("create-event").addEventListener("click", openForm);
  byId("more-events").addEventListener("click", () => {
    all = !all;
    show();
  });
  form.querySelector("[name=minutes]").addEventListener("input", showStart);
  form.querySelector("form").addEventListener("submit", create);
  for (const box of [dialog, form]) {
    box.querySelector(".close").addEventListener("click", () => box.close());
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  }
  dialog.addEventListener("close", () => { detailed = null; });
}

// ---- the list
function show() {
  const shown = all ? store.events : store.events.filter((event, at) => event.live || at < SHOWN_FIRST);
  arrange(byId("events"), shown.map((event) => {
    const time = timeWords(event);
    return kept.item(event.id, [JSON.stringify(event), time], () => eventItem(event, time));
  }));
  const more = byId("more-events");
  more.hidden = store.events.length <= SHOWN_FIRST;
  more.setAttribute("aria-expanded", String(all));
  more.textContent = all ? "Show fewer events" : `Show all ${store.events.length} events`;
  byId("no-events").hidden = store.events.length > 0;
  if (detailed) showDetails();
}

const timeWords = (event) => (event.live ? "Happening now" : whenComing(new Date(event.start), now(), zone()));

function eventItem(event, time) {
  const title = make("span", "title", event.title);
  title.title = event.title;
  const meta = make("span", "meta", [event.cancelled ? "Cancelled this time" : time, event.repeats ? icon("repeat") : ""]);
  const open = makeButton("open", [meta, title, make("span", "place", event.place)], () => openDetails(event.id));
  return make("li", event.live ? "event live" : "event", [open, interestButton(event, "bell-button", String(event.interested))]);
}

function interestButton(event, kind, words) {
  const made = makeButton(kind, [icon(event.going ? "check" : "bell"), words], () =>
    change(event, event.going ? "not_interested" : "interested"));
  made.setAttribute("aria-pressed", String(event.going));
  made.setAttribute("aria-label", `Interested in ${event.title}, ${event.interested} interested`);
  made.title = event.going ? "You are interested" : "Interested";
  return made;
}

async function change(event, action) {
  const { trouble } = await act("/event/change", { event: event.id, action });
  say(dialog, trouble);
}

const say = (box, sentence) => {
  box.querySelector(".failed").textContent = sentence;
  box.querySelector(".failed").hidden = !sentence;
};

// ---- one event
function openDetails(id) {
  detailed = id;
  kept.clear();
  say(dialog, "");
  showDetails();
  dialog.showModal();
}

function showDetails() {
  const event = store.events.find((one) => one.id === detailed);
  if (!event) {
    dialog.close(); // it is over
    return;
  }
  const signature = JSON.stringify(event) + timeWords(event) + until(event);
  if (dialog.dataset.shown === signature) return;
  dialog.dataset.shown = signature;
  const focused = document.activeElement?.dataset?.action;
  dialog.querySelector("h2").textContent = event.title;
  dialog.querySelector(".facts").replaceChildren(...facts(event));
  dialog.querySelector(".actions").replaceChildren(...actions(event));
  const again = dialog.querySelector(`[data-action="${focused}"]`) ?? dialog.querySelector(".actions button");
  if (focused) again?.focus();
}

const until = (event) => (event.live ? "" : relative(new Date(event.start), now()));

/** An event may begin earlier than planned, and later. */
function liveWords(event) {
  const began = event.began && new Date(event.began);
  return began ? `Happening now, since ${dayAndTime(began, zone(), now())}` : "Happening now";
}

function facts(event) {
  const start = new Date(event.start);
  const time = event.live ? liveWords(event) : `${dayAndTime(start, zone(), now())} (${until(event)})`;
  const end = event.end ? `Until ${dayAndTime(new Date(event.end), zone(), now())}` : "";
  const lines = [
    ["calendar", event.cancelled ? `${time}: cancelled this time` : time, event.live ? "live" : ""],
    ["calendar", end],
    ["repeat", event.repeats && (event.moved ? `${event.repeats}, moved this time` : event.repeats)],
    ["speaker", event.place],
    ["mic", `Hosted by ${event.host}`],
    ["bell", event.interested === 1 ? "1 person is interested" : `${event.interested} people are interested`],
  ];
  const shown = lines.filter(([, words]) => words).map(([sign, words, kind]) => make("li", kind ?? "", [icon(sign), make("span", "", words)]));
  return event.description ? [...shown, make("li", "description", event.description)] : shown;
}

const ACTIONS = { start: ["Start event", "success"], end: ["End event", "danger"], cancel_once: ["Cancel this time", ""], cancel: ["Cancel event", "danger"] };

function actions(event) {
  const interest = interestButton(event, event.going ? "going" : "", "Interested");
  interest.dataset.action = "interest";
  return [interest, ...event.can.map((action) => actionButton(event, action))];
}

function actionButton(event, action) {
  const [words, kind] = ACTIONS[action];
  const made = makeButton(kind, action === "cancel" && event.repeats ? "Cancel all dates" : words, async () => {
    if (action === "cancel" && !made.dataset.sure) {
      made.dataset.sure = "yes";
      made.textContent = "Really cancel?";
      return;
    }
    await change(event, action);
  });
  made.dataset.action = action;
  return made;
}

// ---- a new one
function openForm() {
  const places = store.channels.voice.map((channel) => {
    const option = make("option", "", channel.name);
    option.value = channel.id;
    return option;
  });
  form.querySelector("form").reset();
  form.querySelector("select").replaceChildren(...places);
  say(form, "");
  showStart();
  form.showModal();
  form.querySelector("input").focus();
}

function showStart() {
  const minutes = Number(form.querySelector("[name=minutes]").value);
  const start = new Date(now().getTime() + minutes * 60_000);
  const words = minutes > LONGEST_WAIT_MINUTES ? "An event starts within five years." : minutes > 0 ? whenComing(start, now(), zone()) : "";
  const preview = form.querySelector("output");
  if (preview.textContent !== words) preview.textContent = words;
}

async function create(event) {
  event.preventDefault();
  const { title, channel, minutes, weekly } = event.target.elements;
  const { trouble } = await act("/event/create", {
    title: title.value, channel: channel.value, minutes: Number(minutes.value), weekly: weekly.checked,
  });
  say(form, trouble);
  if (!trouble) {
    form.close();
    setOpen(true); // where it is listed now
  }
}
