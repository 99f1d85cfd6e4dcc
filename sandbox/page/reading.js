// The beginning of an answer comes into sight for whoever asked, and stays there while its pictures arrive.

import { messagesOf } from "./store.js";

let awaited = null; // {channelId, after}: what somebody did here, whose answer is not there yet
let read = null; // the id of the message that is read from its beginning

/** Something was asked in a channel. */
export function awaitAnswer(channelId) {
  awaited = { channelId, after: BigInt(messagesOf(channelId).at(-1)?.id ?? "0") };
  read = null;
}

/** Whoever scrolls, or looks elsewhere, is not moved again. */
export function letGo() {
  awaited = read = null;
}

/** The message whose beginning belongs in sight, if there is one. */
export function readFrom(channelId, messages) {
  if (awaited && awaited.channelId === channelId) {
    const answer = messages.find((message) => BigInt(message.id) > awaited.after);
    if (answer) {
      read = answer.id;
      awaited = null;
    }
  }
  return messages.some((message) => message.id === read) ? read : null;
}
