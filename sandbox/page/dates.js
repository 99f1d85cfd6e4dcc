// Moments as Discord writes them, in the community's zone (undefined: the reader's).

const MINUTE = 60;
const UNITS = [["year", 365 * 86_400], ["month", 30 * 86_400], ["day", 86_400], ["hour", 3600], ["minute", MINUTE]];

const format = (moment, zone, parts) =>
  new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone }).format(moment);

const dayNumber = (moment, zone) => {
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(moment).split("-").map(Number);
  return Date.UTC(year, month - 1, day) / 86_400_000;
};

export const clock = (moment, zone) => format(moment, zone, { hour: "2-digit", minute: "2-digit" });

export const longDay = (moment, zone) => format(moment, zone, { day: "numeric", month: "long", year: "numeric" });

const year = (moment, zone) => format(moment, zone, { year: "numeric" });

/** “Thu 20 Nov, 14:00”, with its year where that is another than now's. */
export function dayAndTime(moment, zone, now = moment) {
  const itsYear = year(moment, zone);
  const day = format(moment, zone, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
  return `${day}${itsYear === year(now, zone) ? "" : ` ${itsYear}`}, ${clock(moment, zone)}`;
}

/** “Today at 09:00”, “Yesterday at 09:00”, “17/11/2025 09:00”. */
export function when(moment, now, zone) {
  const days = dayNumber(now, zone) - dayNumber(moment, zone);
  if (days === 0) return `Today at ${clock(moment, zone)}`;
  if (days === 1) return `Yesterday at ${clock(moment, zone)}`;
  return `${format(moment, zone, { day: "2-digit", month: "2-digit", year: "numeric" })} ${clock(moment, zone)}`;
}

/** “Today at 20:00”, “Tomorrow at 20:00”, “Thu 20 Nov, 20:00”. */
export function whenComing(moment, now, zone) {
  const days = dayNumber(moment, zone) - dayNumber(now, zone);
  if (days === 0) return `Today at ${clock(moment, zone)}`;
  if (days === 1) return `Tomorrow at ${clock(moment, zone)}`;
  return dayAndTime(moment, zone, now);
}

/** “in 5 minutes”, “2 hours ago”. */
export function relative(moment, now) {
  const seconds = (moment - now) / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(Math.round(seconds / length), unit);
}
