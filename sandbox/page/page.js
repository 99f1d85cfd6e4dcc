// Puts the page together.

import { startColumn } from "./column.js";
import { startComposer } from "./composer.js";
import { dayAndTime } from "./dates.js";
import { startEvents } from "./events.js";
import { startPersona } from "./persona.js";
import { startRecording } from "./recording.js";
import { look, now, store, watch, zone } from "./store.js";
import { startTimeline, tell } from "./timeline.js";

const clock = document.getElementById("clock");

startTimeline();
startColumn();
startPersona();
startEvents();
startComposer();
startRecording();

watch((changed) => {
  if (changed.has("connected")) {
    tell(store.connected ? "" : "The sandbox is not answering. This page goes on by itself as soon as it does.");
  }
  const words = `${store.quick ? "» " : ""}${dayAndTime(now(), zone())}`;
  clock.title = store.quick ? "Nothing is on: time passes quicker until the next thing happens" : "The sandbox's time";
  if (clock.textContent !== words) clock.textContent = words;
});

look();
