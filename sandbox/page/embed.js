// An embed as Discord shows it.

import { make } from "./make.js";
import { markdown } from "./markdown.js";
import { pictures } from "./pictures.js";

export const address = (file) => `/attachments/${file.id}/${encodeURIComponent(file.filename)}`;

export function embedItem(embed, attachments, view) {
  const box = make("article", "embed");
  const color = embed.color ?? null;
  if (color !== null) box.style.borderLeftColor = `#${color.toString(16).padStart(6, "0")}`;
  if (embed.author?.name) box.append(make("div", "embed-author", embed.author.name));
  if (embed.title) box.append(make("div", "title", markdown(embed.title, view)));
  if (embed.description) box.append(make("div", "description", markdown(embed.description, view)));
  if (embed.fields?.length) box.append(make("div", "fields", embed.fields.map((field) => fieldItem(field, view))));
  const image = attachments.find((file) => `attachment://${file.filename}` === embed.image?.url);
  if (image) box.append(pictures([{ source: address(image), description: image.description ?? image.filename }]));
  if (embed.footer?.text) box.append(make("div", "foot", embed.footer.text));
  return box;
}

function fieldItem(field, view) {
  const name = make("b", "", markdown(field.name, view));
  const value = make("div", "description", markdown(field.value, view));
  return make("div", field.inline ? "field inline" : "field", [name, value]);
}
