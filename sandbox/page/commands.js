// The registered commands as they are typed: one entry a subcommand.

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

/** Those that fit what was typed after the slash; whose words begin so come first. */
export function matching(all, typed) {
  const words = typed.toLowerCase().trim().split(/\s+/).filter(Boolean);
  const begins = (path, word) => path.split(" ").some((part) => part.startsWith(word));
  const rank = ({ path }) => (words.every((word) => begins(path, word)) ? 0 : 1);
  return all
    .filter(({ path }) => words.every((word) => path.includes(word)))
    .sort((a, b) => rank(a) - rank(b));
}
