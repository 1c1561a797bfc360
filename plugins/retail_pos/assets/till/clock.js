// The time by the server's clock: how far ours is off is learned from its answers, and time never goes backwards.

export class Clock {
  constructor(offset = 0, last = 0) {
    this.offset = offset; // milliseconds that the server is ahead
    this.last = last;
  }

  learn(server, sent, received) {
    if (Number.isFinite(server)) this.offset = Math.round(server - (sent + received) / 2);
  }

  now() {
    this.last = Math.max(this.last + 1, Date.now() + this.offset);
    return new Date(this.last);
  }

  // Day and time of day in a time zone: {day: "2026-11-22", time: "13:05"}.
  local(timezone, moment = new Date(Math.max(this.last, Date.now() + this.offset))) {
    const parts = new Intl.DateTimeFormat("en-CA", {
      timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).formatToParts(moment);
    const of = (type) => parts.find((part) => part.type === type).value;
    return { day: `${of("year")}-${of("month")}-${of("day")}`, time: `${of("hour")}:${of("minute")}` };
  }
}

// UUID version 7 (RFC 9562, section 5.7).
export function uuid7(milliseconds) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let left = milliseconds;
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = left % 256;
    left = Math.floor(left / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
