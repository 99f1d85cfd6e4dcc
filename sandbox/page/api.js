// What the page asks of its server, always in the name of the person who is played.

import { store } from "./store.js";

const AWAY = "The sandbox is not answering. Try again in a moment.";

/** Do something. The answer has a `trouble`: a sentence, empty when all went well. */
export async function act(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ persona: store.server.you, ...body }),
    });
    return answer.ok ? await answer.json() : { trouble: await answer.text() };
  } catch {
    return { trouble: AWAY };
  }
}

/** Look something up; null where there is no answer. */
export async function ask(path, query = {}) {
  try {
    const answer = await fetch(`${path}?${new URLSearchParams({ persona: store.server.you, ...query })}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
