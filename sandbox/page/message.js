// One message object as Discord shows it.

import { markdown } from "./markdown.js";
import { longDay, when } from "./dates.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const GROUPED_WITHIN_MS = 7 * 60_000;
const BUTTON = 2;
const LINK = 5;
const BUTTON_KINDS = { 1: "primary", 2: "", 3: "success", 4: "danger" };

/** `view`: zone, now, canPress, press(message, customId), dismiss(message). */
export function messageItem(message, previous, view) {
  const item = make("li", "message");
  item.id = `message-${message.id}`;
  const grouped = continues(message, previous);
  item.classList.toggle("grouped", grouped);
  item.classList.toggle("private", isPrivate(message));
  if (!grouped) item.append(...heading(message, view));
  item.append(...body(message, view));
  if (isPrivate(message)) item.append(onlyYou(message, view));
  return item;
}

export function dayItem(message, zone) {
  return make("li", "day", longDay(new Date(message.timestamp), zone));
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
  const byline = make("div", "byline");
  byline.append(make("span", "author", author.username));
  if (author.bot) byline.append(make("span", "badge", "APP"));
  const time = make("time", "", when(new Date(timestamp), view.now, view.zone));
  time.dateTime = timestamp;
  byline.append(time);
  const parts = [avatar(author), byline];
  if (used(message)) {
    const line = make("div", "used");
    line.append(make("b", "", message.interaction.user.username), " used ", make("span", "command", `/${used(message)}`));
    parts.splice(1, 0, line);
  }
  return parts;
}

function avatar(author) {
  if (!author.bot) return make("div", "avatar initial", author.username.slice(0, 1).toUpperCase());
  const image = make("img", "avatar");
  image.src = "/page/avatar.svg";
  image.alt = "";
  return image;
}

function body(message, view) {
  if (message.flags & LOADING) return [make("div", "thinking", `${message.author.username} is thinking`)];
  const parts = [];
  if (message.content) parts.push(text("div", "content", message.content, view));
  if (message.edited_timestamp && !isPrivate(message)) (parts.at(-1) ?? make("div")).append(" ", make("span", "edited", "(edited)"));
  const inEmbeds = new Set(message.embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]));
  const shown = message.attachments.filter((file) => !inEmbeds.has(`attachment://${file.filename}`));
  parts.push(...shown.map(attachment));
  parts.push(...message.embeds.map((embed) => embedItem(embed, message.attachments, view)));
  parts.push(...(message.components ?? []).map((row) => buttonRow(row, message, view)));
  return parts;
}

const address = (file) => `/attachments/${file.id}/${encodeURIComponent(file.filename)}`;

function attachment(file) {
  return file.content_type?.startsWith("image/") ? picture(address(file), file.description ?? file.filename) : download(file);
}

function picture(source, description) {
  const link = make("a", "picture");
  Object.assign(link, { href: source, target: "_blank", rel: "noopener", title: "Open in full size" });
  const image = make("img");
  Object.assign(image, { src: source, alt: description });
  link.append(image);
  return link;
}

function download(file) {
  const box = make("div", "file");
  const link = make("a", "", file.filename);
  Object.assign(link, { href: address(file), download: file.filename });
  box.append(link, make("small", "", `${(file.size / 1024).toFixed(1)} KB`));
  return box;
}

function embedItem(embed, attachments, view) {
  const box = make("article", "embed");
  if (embed.color !== undefined && embed.color !== null) box.style.borderLeftColor = `#${embed.color.toString(16).padStart(6, "0")}`;
  if (embed.author?.name) box.append(make("div", "embed-author", embed.author.name));
  if (embed.title) box.append(text("div", "title", embed.title, view));
  if (embed.description) box.append(text("div", "description", embed.description, view));
  if (embed.fields?.length) box.append(fields(embed.fields, view));
  const image = attachments.find((file) => `attachment://${file.filename}` === embed.image?.url);
  if (image) box.append(picture(address(image), image.description ?? image.filename));
  if (embed.footer?.text) box.append(make("div", "foot", embed.footer.text));
  return box;
}

function fields(all, view) {
  const box = make("div", "fields");
  for (const field of all) {
    const part = make("div", field.inline ? "field inline" : "field");
    part.append(text("b", "", field.name, view), text("div", "description", field.value, view));
    box.append(part);
  }
  return box;
}

function buttonRow(row, message, view) {
  const box = make("div", "buttons");
  for (const component of row.components ?? []) {
    if (component.type !== BUTTON) box.append(make("span", "menu", component.placeholder ?? "Make a selection"));
    else if (component.style === LINK) box.append(linkButton(component));
    else box.append(button(component, message, view));
  }
  return box;
}

const label = (component) => [component.emoji?.id ? "" : component.emoji?.name, component.label].filter(Boolean).join(" ");

function linkButton(component) {
  const link = make("a", "link-button", `${label(component)} ↗`);
  Object.assign(link, { href: component.url, target: "_blank", rel: "noopener noreferrer" });
  return link;
}

function button(component, message, view) {
  const made = make("button", BUTTON_KINDS[component.style] ?? "", label(component));
  made.type = "button";
  made.disabled = Boolean(component.disabled) || !view.canPress;
  if (!view.canPress) made.title = "Nobody is logged in here who could press it";
  made.addEventListener("click", async () => {
    made.disabled = true;
    const trouble = await view.press(message, component.custom_id);
    made.disabled = false;
    made.closest(".message").querySelector(".failed")?.remove();
    if (trouble) made.closest(".buttons").after(make("div", "failed", trouble));
  });
  return made;
}

function onlyYou(message, view) {
  const line = make("div", "only-you", "👁 Only you can see this · ");
  const dismiss = make("button", "", "Dismiss message");
  dismiss.type = "button";
  dismiss.addEventListener("click", () => view.dismiss(message));
  line.append(dismiss);
  return line;
}

function text(name, kind, written, view) {
  const made = make(name, kind);
  made.append(...markdown(written, view.zone));
  return made;
}

export function make(name, kind = "", content = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (content) made.textContent = content;
  return made;
}
