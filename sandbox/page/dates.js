// Moments as Discord writes them, in the community's zone (undefined: the reader's).

const format = (moment, zone, parts) =>
  new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone }).format(moment);

const dayNumber = (moment, zone) => {
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(moment).split("-").map(Number);
  return Date.UTC(year, month - 1, day) / 86_400_000;
};

export const longDay = (moment, zone) => format(moment, zone, { day: "numeric", month: "long", year: "numeric" });

/** “Today at 09:00”, “Yesterday at 09:00”, “17/11/2025 09:00”. */
export function when(moment, now, zone) {
  const clock = format(moment, zone, { hour: "2-digit", minute: "2-digit" });
  const days = dayNumber(now, zone) - dayNumber(moment, zone);
  if (days === 0) return `Today at ${clock}`;
  if (days === 1) return `Yesterday at ${clock}`;
  return `${format(moment, zone, { day: "2-digit", month: "2-digit", year: "numeric" })} ${clock}`;
}
