// The beginning of an answer comes into sight for whoever asked, and stays there while its pictures arrive. So does
// the newest digest's at first sight: nobody has read it yet.

import { isPrivate } from "./message.js";
import { messagesOf, store } from "./store.js";

const READ_BEFORE = "insights.read";

let awaited = null; // {channelId, after}: what somebody did here, whose answer is not there yet
let read = null; // the id of the message that is read from its beginning
let atFirstSight = sessionStorage.getItem(READ_BEFORE) === null;

/** Something was asked in a channel. */
export function awaitAnswer(channelId) {
  awaited = { channelId, after: BigInt(messagesOf(channelId).at(-1)?.id ?? "0") };
  read = null;
  hasLookedAround();
}

/** Whoever scrolls, or looks elsewhere, is not moved again. */
export function letGo() {
  awaited = read = null;
  hasLookedAround();
}

function hasLookedAround() {
  atFirstSight = false;
  sessionStorage.setItem(READ_BEFORE, "yes");
}

const isDigest = (message) => !message.interaction && !isPrivate(message) && Boolean(message.components?.length);

/** The message whose beginning belongs in sight, if there is one. */
export function readFrom(channelId, messages) {
  if (awaited && awaited.channelId === channelId) {
    const answer = messages.find((message) => BigInt(message.id) > awaited.after);
    if (answer) {
      read = answer.id;
      awaited = null;
    }
  }
  if (atFirstSight && channelId === store.server.home) read = messages.findLast(isDigest)?.id ?? null;
  return messages.some((message) => message.id === read) ? read : null;
}
