// The part of Discord's markdown that messages here use. Text only ever becomes text nodes.

import { relative } from "./dates.js";
import { make } from "./make.js";

const INLINE = [
  [/^\\([\\*_~`|<>\[\]()#@:+.-])/, (m) => m[1]],
  [/^`([^`\n]+)`/, (m) => make("code", "", m[1])],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m, view) => make("strong", "", inline(m[1], view))],
  [/^__([\s\S]+?)__(?!_)/, (m, view) => make("u", "", inline(m[1], view))],
  [/^~~([\s\S]+?)~~/, (m, view) => make("s", "", inline(m[1], view))],
  [/^\*(?![\s*])((?:\*\*[^*]+\*\*|\\.|[^*\\])+?)\*(?!\*)/, (m, view) => make("em", "", inline(m[1], view))],
  [/^_((?:\\.|[^_\\])+?)_(?!\w)/, (m, view) => make("em", "", inline(m[1], view))],
  [/^\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/, (m, view) => link(m[2], inline(m[1], view))],
  [/^https?:\/\/[^\s<>)]+/, (m) => link(m[0], m[0])],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (m, view) => moment(Number(m[1]), m[2] ?? "f", view)],
  [/^<(@!?|@&|#)(\d+)>/, (m, view) => mention(m[1].replace("!", ""), m[2], view)],
  [/^@everyone\b|^@here\b/, (m) => make("span", "mention", m[0])],
];

const LINES = [
  [/^(#{1,3}) (.+)$/, (m, view) => make(`h${m[1].length + 2}`, "md", inline(m[2], view))],
  [/^-# (.+)$/, (m, view) => make("div", "small-print", inline(m[1], view))],
  [/^> (.*)$/, (m, view) => make("blockquote", "", inline(m[1], view))],
  [/^(\s*)[-*] (.+)$/, (m, view) => listed("UL", m[1], m[2], view)],
  [/^(\s*)\d+\. (.+)$/, (m, view) => listed("OL", m[1], m[2], view)],
];

/** Nodes for a message's text. `view`: zone and now of moments, names of mentions. */
export function markdown(text, view) {
  return text.split(/```(?:\w+\n|\n)?([\s\S]+?)```/).flatMap((part, at) =>
    at % 2 ? [make("pre", "code-block", part.replace(/\n$/, ""))] : blocks(at ? part.replace(/^\n/, "") : part, view));
}

function blocks(text, view) {
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push(...inline(plain.join("\n"), view));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const [found, build] = LINES.map(([pattern, of]) => [line.match(pattern), of]).find(([match]) => match) ?? [];
    if (!found) {
      plain.push(line);
      continue;
    }
    flush();
    const block = build(found, view);
    if (block.tagName.endsWith("L") && nodes.at(-1)?.tagName === block.tagName) nodes.at(-1).append(...block.children);
    else nodes.push(block);
  }
  flush();
  return nodes;
}

function listed(kind, indent, text, view) {
  return make(kind, "", make("li", indent.length > 1 ? "deep" : "", inline(text, view)));
}

function inline(text, view) {
  const nodes = [];
  let rest = text;
  let before = "";
  while (rest) {
    const found = starts(before, rest) && INLINE.map(([p, of]) => [rest.match(p), of]).find(([m]) => m);
    if (found) {
      push(nodes, found[1](found[0], view));
      before = found[0][0].at(-1);
      rest = rest.slice(found[0][0].length);
    } else {
      before = String.fromCodePoint(rest.codePointAt(0));
      push(nodes, before);
      rest = rest.slice(before.length);
    }
  }
  return nodes;
}

// An underscore or address within a word is no markup.
const starts = (before, rest) => !(/\w/.test(before) && /^(_(?!_)|https?:)/.test(rest));

function push(nodes, node) {
  if (typeof node === "string" && typeof nodes.at(-1) === "string") nodes[nodes.length - 1] += node;
  else nodes.push(node);
}

/** A pill with the name. It pings nobody: nothing here can. */
function mention(sign, id, view) {
  const name = view.names?.[`${sign}${id}`];
  const unknown = { "@": "unknown-user", "@&": "unknown-role", "#": "unknown" }[sign];
  return make("span", "mention", `${sign[0]}${name ?? unknown}`);
}

function link(address, children) {
  const made = make("a", "", children);
  Object.assign(made, { href: address, target: "_blank", rel: "noopener noreferrer" });
  return made;
}

const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

function moment(seconds, style, view) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return `<t:${seconds}>`;
  const written = (parts) => new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: view.zone }).format(at);
  const made = make("time", "moment", style === "R" ? relative(at, view.now) : written(FORMATS[style]));
  if (style === "R") made.dataset.relative = "";
  made.title = written(FORMATS.F);
  made.dateTime = at.toISOString();
  return made;
}

/** Relative moments go on with time. */
export function refreshMoments(root, now) {
  for (const made of root.querySelectorAll("time[data-relative]")) {
    const written = relative(new Date(made.dateTime), now);
    if (made.textContent !== written) made.textContent = written;
  }
}
