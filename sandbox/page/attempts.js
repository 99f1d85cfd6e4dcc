// Commands on their way, and those that nobody answered: shown at the channel's end until the answer is there.

import { Kept, make } from "./make.js";
import { face, onlyYou, usedLine } from "./message.js";
import { messagesOf, store, watch, you } from "./store.js";

const SHOWN_AFTER_MS = 150; // most answers are quicker
const GIVEN_UP_AFTER_MS = 2000; // an answer that was deleted at once never shows
const kept = new Kept();
let all = [];
let number = 0;
let listener = () => {};

export const attempts = {
  watch(changed) {
    listener = changed;
  },

  /** A command is sent from a channel. */
  begin(channelId, command) {
    const after = messagesOf(channelId).at(-1)?.id ?? "0";
    const attempt = { key: `attempt-${(number += 1)}`, channelId, command, after, state: "new", trouble: "" };
    all.push(attempt);
    setTimeout(() => { if (attempt.state === "new") turn(attempt, "sending"); }, SHOWN_AFTER_MS);
    return attempt;
  },

  /** It was answered, or failed with a sentence. */
  end(attempt, trouble = "") {
    attempt.trouble = trouble;
    if (trouble) turn(attempt, "failed");
    else if (attempt.state === "new") drop(attempt);
    else setTimeout(() => drop(attempt), GIVEN_UP_AFTER_MS);
  },

  cancel: drop,
};

watch((changed) => {
  if (changed.has("person")) all = [];
});

function turn(attempt, state) {
  attempt.state = state;
  listener();
}

function drop(attempt) {
  all = all.filter((one) => one !== attempt);
  listener();
}

/** Items of a channel's attempts, without those whose answer is among the messages. */
export function attemptItems(channelId, messages) {
  const answered = (attempt) => attempt.state !== "failed" && messages.some((message) =>
    message.interaction?.name === attempt.command && message.interaction.user.id === store.server.you &&
    BigInt(message.id) > BigInt(attempt.after));
  return all
    .filter((attempt) => attempt.channelId === channelId && attempt.state !== "new" && !answered(attempt))
    .map((attempt) => kept.item(attempt.key, [attempt.state], () => attemptItem(attempt)));
}

function attemptItem(attempt) {
  const { id, name } = you();
  const failed = attempt.state === "failed";
  const item = make("li", failed ? "message private" : "message", [
    face({ bot: true }),
    usedLine({ id, username: name }, attempt.command),
    make("div", "byline", [make("span", "author", store.server.bot), make("span", "badge", "APP")]),
    make("div", failed ? "failed" : "thinking", failed ? attempt.trouble : "Sending command"),
  ]);
  if (failed) item.append(onlyYou(() => drop(attempt)));
  return item;
}
