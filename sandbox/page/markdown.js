// The part of Discord's markdown that messages here use. Text only ever becomes text nodes.

const INLINE = [
  [/^\\([\\*_~`|<>\[\]()#@:+.-])/, (m) => m[1]],
  [/^`([^`\n]+)`/, (m) => element("code", m[1])],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m, zone) => element("strong", inline(m[1], zone))],
  [/^__([\s\S]+?)__(?!_)/, (m, zone) => element("u", inline(m[1], zone))],
  [/^~~([\s\S]+?)~~/, (m, zone) => element("s", inline(m[1], zone))],
  [/^\*(?![\s*])((?:\*\*[^*]+\*\*|\\.|[^*\\])+?)\*(?!\*)/, (m, zone) => element("em", inline(m[1], zone))],
  [/^_((?:\\.|[^_\\])+?)_(?!\w)/, (m, zone) => element("em", inline(m[1], zone))],
  [/^\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/, (m, zone) => link(m[2], inline(m[1], zone))],
  [/^https?:\/\/[^\s<>)]+/, (m) => link(m[0], m[0])],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (m, zone) => moment(Number(m[1]), m[2] ?? "f", zone)],
  [/^<(?:@[!&]?|#)\d+>|^@everyone\b|^@here\b/, (m) => marked("span", "mention", m[0].replace(/^<([@#]).*$/, "$1…"))],
];

const LINES = [
  [/^(#{1,3}) (.+)$/, (m, zone) => marked(`h${m[1].length + 2}`, "md", inline(m[2], zone))],
  [/^-# (.+)$/, (m, zone) => marked("div", "small-print", inline(m[1], zone))],
  [/^> (.*)$/, (m, zone) => element("blockquote", inline(m[1], zone))],
  [/^\s*[-*] (.+)$/, (m, zone) => marked("div", "bullet", ["• ", ...inline(m[1], zone)])],
];

/** Nodes for a message's text. Lines are kept; `zone` is the IANA zone of moments, undefined for the reader's. */
export function markdown(text, zone) {
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push(...inline(plain.join("\n"), zone));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const block = LINES.map(([pattern, make]) => [line.match(pattern), make]).find(([match]) => match);
    if (block) {
      flush();
      nodes.push(block[1](block[0], zone));
    } else {
      plain.push(line);
    }
  }
  flush();
  return nodes;
}

function inline(text, zone) {
  const nodes = [];
  let rest = text;
  let before = "";
  while (rest) {
    const found = starts(before, rest) && INLINE.map(([p, make]) => [rest.match(p), make]).find(([m]) => m);
    if (found) {
      push(nodes, found[1](found[0], zone));
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

function element(name, children) {
  const made = document.createElement(name);
  made.append(...[children].flat());
  return made;
}

function marked(name, kind, children) {
  const made = element(name, children);
  made.className = kind;
  return made;
}

function link(address, children) {
  const made = element("a", children);
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
  R: { dateStyle: "medium", timeStyle: "short" },
};

function moment(seconds, style, zone) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return `<t:${seconds}>`;
  const made = marked("time", "moment", new Intl.DateTimeFormat("en-GB", { ...FORMATS[style], timeZone: zone }).format(at));
  made.dateTime = at.toISOString();
  return made;
}
