// What the page knows: the server tells everything once, then what has changed.

const REMEMBERED = { persona: "insights.persona", channel: "insights.channel" }; // the channel of each persona
const listeners = [];
let events = null;
let clockAhead = 0;

export const store = {
  server: null,
  channels: { text: [], voice: [] },
  voice: {},
  events: [],
  may_create: false,
  commands: [],
  messages: new Map(), // channel id → Map(message id → message), oldest first
  shown: null,
  connected: true,
  quick: false, // whether the sandbox's time is passing quicker, because nothing is on
};

/** `listener(changed)` is called with the set of what has changed: names of the store, "clock",
 *  "shown" (another channel), "person" (somebody else looks), "everything" (all of it was told again). */
export const watch = (listener) => listeners.push(listener);

/** The sandbox's time, which may run faster than the reader's. */
export const now = () => new Date(Date.now() + clockAhead);

export const zone = () => store.server?.zone ?? undefined;

export const you = () => store.server.personas.find((persona) => persona.id === store.server.you);

export const messagesOf = (channelId) => [...(store.messages.get(channelId)?.values() ?? [])];

export const shownChannel = () => store.channels.text.find((channel) => channel.id === store.shown);

/** The voice channel that a person sits in, and they as they sit there. */
export function seatOf(personId) {
  for (const channel of store.channels.voice) {
    const person = store.voice[channel.id]?.find((one) => one.id === personId);
    if (person) return { channel, person };
  }
  return null;
}

/** Look with a persona's eyes from now on; without one, as whoever looked before in this tab. */
export function look(persona = sessionStorage.getItem(REMEMBERED.persona)) {
  events?.close();
  events = new EventSource(persona ? `/stream?persona=${persona}` : "/stream");
  let first = true;
  events.addEventListener("message", (event) => {
    take(JSON.parse(event.data), first);
    first = false;
  });
  events.addEventListener("error", () => {
    first = true; // whoever answers next tells everything again
    store.connected = false;
    tell(["connected"]);
    // A tab may remember somebody of another demo, whom this server does not offer.
    if (persona && events.readyState === EventSource.CLOSED) look(null);
  });
}

// Leaving the page is no loss of the server.
addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", (event) => { if (event.persisted) look(); });

export function showChannel(channelId) {
  store.shown = channelId;
  sessionStorage.setItem(channelKey(), channelId);
  tell(["shown"]);
}

const channelKey = () => `${REMEMBERED.channel}.${store.server.you}`;

function take(news, everything) {
  const changed = ["clock"];
  const isSomebodyElse = everything && store.server?.you !== news.server.you;
  if (everything) {
    sessionStorage.setItem(REMEMBERED.persona, news.server.you);
    store.messages.clear();
    changed.push("everything", "messages");
  }
  for (const name of ["server", "channels", "voice", "events", "may_create", "commands"]) {
    if (!(name in news)) continue;
    store[name] = news[name];
    changed.push(name);
  }
  if (isSomebodyElse) {
    store.shown = sessionStorage.getItem(channelKey()); // where this person was
    changed.push("person", "shown");
  }
  if (news.put || news.gone) changed.push("messages");
  for (const [channelId, messages] of Object.entries(news.put ?? {})) put(channelId, messages);
  for (const id of news.gone ?? []) for (const known of store.messages.values()) known.delete(id);
  store.quick = news.quick;
  clockAhead = new Date(news.now) - Date.now();
  if (!store.connected) changed.push("connected");
  store.connected = true;
  if (!shownChannel()) {
    store.shown = (store.channels.text.find((one) => one.id === store.server.home) ?? store.channels.text[0])?.id ?? null;
    changed.push("shown");
  }
  tell(changed);
}

function put(channelId, messages) {
  if (!store.messages.has(channelId)) store.messages.set(channelId, new Map());
  const known = store.messages.get(channelId);
  for (const message of messages) known.set(message.id, message);
}

function tell(changed) {
  const names = new Set(changed);
  for (const listener of listeners) listener(names);
}
