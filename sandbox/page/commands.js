// The registered commands as they are typed: one entry a subcommand.

import { KIND } from "./sources.js";

const SUB_COMMAND = 1;
const GROUP = 2;

/** `[{path: "insights health", description, options}]`, in alphabetical order. */
export function flatten(commands) {
  return commands.flatMap((command) => leaves(command.name, command)).sort((a, b) => a.path.localeCompare(b.path));
}

function leaves(path, { description, options = [] }) {
  const inner = options.filter((option) => option.type === SUB_COMMAND || option.type === GROUP);
  if (inner.length === 0) return [{ path, description, options }];
  return inner.flatMap((option) => leaves(`${path} ${option.name}`, option));
}

/** A command typed out with text after it, “insights event Sunday” or “event Sunday”: `{command, text}` of those
 *  that begin with a text. */
export function withText(all, typed) {
  const words = typed.trim().split(/\s+/);
  const heads = words.map((_word, at) => words.slice(0, at).join(" ").toLowerCase());
  const calls = ({ path }, head) => head !== "" && (path === head || path.endsWith(` ${head}`));
  return all.filter(firstText).flatMap((command) => {
    const length = heads.findIndex((head) => calls(command, head));
    return length < 0 ? [] : [{ command, text: words.slice(length).join(" ") }];
  });
}

/** The option that text goes into which is typed right after the command. */
export function firstText({ options }) {
  const asked = options.filter((option) => option.required);
  const first = asked[0] ?? (options.length === 1 ? options[0] : undefined);
  return first?.type === KIND.STRING && !first.choices?.length ? first : undefined;
}

/** Those that fit what was typed after the slash; whose words begin so come first. */
export function matching(all, typed) {
  const words = typed.toLowerCase().trim().split(/\s+/).filter(Boolean);
  const begins = (path, word) => path.split(" ").some((part) => part.startsWith(word));
  const rank = ({ path }) => (words.every((word) => begins(path, word)) ? 0 : 1);
  return all
    .filter(({ path }) => words.every((word) => path.includes(word)))
    .sort((a, b) => rank(a) - rank(b));
}
