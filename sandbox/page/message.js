// One message object as Discord shows it.

import { componentRow } from "./components.js";
import { longDay, when } from "./dates.js";
import { address, embedItem } from "./embed.js";
import { fileCard } from "./file.js";
import { avatar, icon, make, makeButton } from "./make.js";
import { markdown } from "./markdown.js";
import { isPicture, pictures } from "./pictures.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const GROUPED_WITHIN_MS = 7 * 60_000;

/** `view`: zone, now, press(message, component, values), dismiss(message). */
export function messageItem(message, previous, view) {
  const item = make("li", "message");
  item.id = `message-${message.id}`;
  const grouped = continues(message, previous);
  item.classList.toggle("grouped", grouped);
  item.classList.toggle("private", isPrivate(message));
  if (!grouped) item.append(...heading(message, view));
  item.append(...body(message, { ...view, names: message.names }));
  if (isPrivate(message)) item.append(onlyYou(() => view.dismiss(message.id)));
  return item;
}

export function dayItem(moment, zone) {
  return make("li", "day", longDay(moment, zone));
}

export const isPrivate = (message) => Boolean(message.flags & EPHEMERAL);

const used = (message) => message.interaction?.name;

function continues(message, previous) {
  return Boolean(
    previous && !used(message) && !isPrivate(message) && !isPrivate(previous) &&
    previous.author.id === message.author.id &&
    new Date(message.timestamp) - new Date(previous.timestamp) < GROUPED_WITHIN_MS,
  );
}

function heading(message, view) {
  const { author, timestamp } = message;
  const byline = make("div", "byline", make("span", "author", author.username));
  if (author.bot) byline.append(make("span", "badge", "APP"));
  const time = make("time", "", when(new Date(timestamp), view.now, view.zone));
  time.dateTime = timestamp;
  byline.append(time);
  const parts = [face(author), byline];
  if (used(message)) parts.splice(1, 0, usedLine(message.interaction.user, used(message)));
  return parts;
}

/** “Anna used /insights health”, above what came of it. */
export function usedLine(user, command) {
  const face = avatar(user.id, user.username);
  return make("div", "used", [face, make("b", "", user.username), " used ", make("span", "command", `/${command}`)]);
}

export function face(author) {
  if (!author.bot) {
    const made = avatar(author.id, author.username);
    made.classList.add("avatar");
    return made;
  }
  const image = make("img", "avatar");
  image.src = "/page/avatar.svg";
  image.alt = "";
  return image;
}

function body(message, view) {
  if (message.flags & LOADING) return [make("div", "thinking", `${message.author.username} is thinking`)];
  const parts = [];
  if (message.content) parts.push(make("div", "content", markdown(message.content, view)));
  if (message.edited_timestamp && !isPrivate(message)) (parts.at(-1) ?? make("div")).append(" ", make("span", "edited", "(edited)"));
  const inEmbeds = new Set(message.embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]));
  const shown = message.attachments.filter((file) => !inEmbeds.has(`attachment://${file.filename}`));
  const images = shown.filter(isPicture);
  if (images.length) parts.push(pictures(images.map(asPicture)));
  parts.push(...shown.filter((file) => !isPicture(file)).map((file) => fileCard(file, address(file))));
  parts.push(...message.embeds.map((embed) => embedItem(embed, message.attachments, view)));
  parts.push(...(message.components ?? []).map((row) => componentRow(row, message, view)));
  return parts;
}

const asPicture = (file) => ({ source: address(file), description: file.description ?? file.filename });

/** What an ephemeral answer ends with. */
export function onlyYou(dismiss) {
  return make("div", "only-you", [icon("eye"), "Only you can see this · ", makeButton("text-link", "Dismiss message", dismiss)]);
}
