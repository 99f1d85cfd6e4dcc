// The panel that shows recording follow what people do: what kind of thing, and when. Never who.

import { ask } from "./api.js";
import { clock } from "./dates.js";
import { Kept, arrange, make } from "./make.js";
import { store, watch, zone } from "./store.js";

const EVERY_MS = 1000;
const NAMES = {
  VOICE_STATE_UPDATE: "Voice",
  GUILD_MEMBER_ADD: "Member joined",
  GUILD_MEMBER_REMOVE: "Member left",
  GUILD_MEMBER_UPDATE: "Roles changed",
  SNAPSHOT_MEMBER: "Taking stock: a member",
  SNAPSHOT_MEMBERS_END: "Taking stock: members done",
  SNAPSHOT_VOICE_STATE: "Taking stock: voice",
  SNAPSHOT_VOICE_END: "Taking stock: voice done",
  SNAPSHOT_SCHEDULED_EVENT: "Taking stock: an event",
  SNAPSHOT_SCHEDULED_EVENTS_END: "Taking stock: events done",
  SNAPSHOT_RSVP: "Taking stock: who is interested",
  SNAPSHOT_RSVPS_END: "Taking stock: interest done",
  GUILD_CREATE: "Connected to the server",
  GUILD_UPDATE: "Server changed",
  COVERAGE: "What was recorded until now",
  ACCESS_CHECKED: "Access checked",
  COMMAND_COMPLETED: "Command answered",
  EVENT_DECLARED: "Event declared afterwards",
  INTERACTION_CREATE: "Command used",
  MESSAGE_CREATE: "Message, without its text",
  GUILD_SCHEDULED_EVENT_CREATE: "Event created",
  GUILD_SCHEDULED_EVENT_UPDATE: "Event changed",
  GUILD_SCHEDULED_EVENT_DELETE: "Event deleted",
  GUILD_SCHEDULED_EVENT_USER_ADD: "Interested",
  GUILD_SCHEDULED_EVENT_USER_REMOVE: "Interest withdrawn",
  GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE: "One date changed",
  GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE: "One date changed",
  GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE: "One date as planned again",
};
const byId = (id) => document.getElementById(id);
const panel = byId("recording");
const toggle = byId("toggle-recording");
const SHOWN_LINES = 20;
const kept = new Kept();
let timer = null;
let shownUntil = null; // the newest row that is shown; what was there as the panel opened is no news

export function startRecording() {
  watch((changed) => {
    if (changed.has("server")) toggle.hidden = !store.server.recording;
  });
  toggle.addEventListener("click", () => setOpen(panel.hidden));
  byId("close-recording").addEventListener("click", () => setOpen(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") setOpen(false);
  });
}

function setOpen(open) {
  panel.hidden = !open;
  toggle.setAttribute("aria-expanded", String(open));
  clearInterval(timer);
  if (open) {
    kept.clear();
    shownUntil = null;
    timer = setInterval(refresh, EVERY_MS);
    refresh();
  } else {
    toggle.focus();
  }
}

async function refresh() {
  const recorded = await ask("/recording");
  if (recorded) show(recorded);
}

/** “GUILD_ROLE_CREATE” → “Guild role create”, for what has no name of its own. */
const named = (type) => NAMES[type] ?? type.charAt(0) + type.slice(1).toLowerCase().replaceAll("_", " ");

function show({ total, counts, latest }) {
  byId("recorded-total").textContent = total.toLocaleString("en-GB");
  const merged = new Map();
  for (const [type, count] of Object.entries(counts)) merged.set(named(type), (merged.get(named(type)) ?? 0) + count);
  const news = shownUntil === null ? "" : "news";
  const ordered = [...merged].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  arrange(byId("recorded-counts"), ordered.map(([name, count]) =>
    kept.item(`count ${name}`, [count], () => make("li", news, [make("span", "name", name), make("b", "", count.toLocaleString("en-GB"))]))));
  byId("nothing-yet").hidden = ordered.length > 0;
  arrange(byId("recorded-rows"), runs(latest).slice(0, SHOWN_LINES).map((run) =>
    kept.item(`row ${run.first}`, [run.newest.position], () => runItem(run, news))));
  shownUntil = latest[0]?.position ?? 0;
}

/** Rows of one type in a row, as one line: `{newest, first, count}`. */
function runs(latest) {
  const found = [];
  for (const row of latest) {
    const last = found.at(-1);
    if (last?.newest.type === row.type) Object.assign(last, { first: row.position, count: last.count + 1 });
    else found.push({ newest: row, first: row.position, count: 1 });
  }
  return found;
}

function runItem({ newest, count }, news) {
  const at = new Date(newest.at_ms);
  const time = make("time", "", clock(at, zone()));
  time.dateTime = at.toISOString();
  const many = count > 1 ? make("b", "times", ` × ${count}`) : "";
  const item = make("li", news, [time, make("span", "name", [named(newest.type), many]), make("code", "", newest.type)]);
  item.title = `${count > 1 ? "Up to row" : "Row"} ${newest.position.toLocaleString("en-GB")} of the log`;
  return item;
}
