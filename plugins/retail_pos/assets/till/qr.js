// QR codes (ISO/IEC 18004) of short texts: bytes, error correction M, versions 1 to 10, which is 213 bytes. Made without a connection.

// Per version: codewords of error correction in each block, and how many data codewords the blocks hold.
const BLOCKS = [
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]],
  [16, [27, 27, 27, 27]], [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
];
const CENTRES = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]]; // of alignment patterns
const MASKS = [
  (y, x) => (y + x) % 2, (y) => y % 2, (_, x) => x % 3, (y, x) => (y + x) % 3,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2, (y, x) => ((y * x) % 2) + ((y * x) % 3),
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2, (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2,
];

// Multiply in the field of 256 elements over x⁸ + x⁴ + x³ + x² + 1.
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

// The codewords of Reed and Solomon for some data.
function corrections(data, count) {
  const divisor = [...Array(count - 1).fill(0), 1];
  let root = 1;
  for (let turn = 0; turn < count; turn += 1) {
    for (let at = 0; at < count; at += 1) divisor[at] = times(divisor[at], root) ^ (divisor[at + 1] ?? 0);
    root = times(root, 2);
  }
  const rest = Array(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((each, at) => (rest[at] ^= times(each, factor)));
  }
  return rest;
}

// All codewords of a text, those of the blocks one after the other, and the version that they fit into.
function codewords(text) {
  const bytes = new TextEncoder().encode(text);
  const room = BLOCKS.map(([, sizes]) => sizes.reduce((total, size) => total + size, 0));
  const version = room.findIndex((size, at) => bytes.length + (at < 9 ? 2 : 3) <= size) + 1;
  if (!version) throw new Error("The text is too long for a code.");
  const bits = [];
  const put = (value, count) => { for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >>> bit) & 1); };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => put(byte, 8));
  put(0, Math.min(4, room[version - 1] * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const data = [];
  for (let at = 0; at < bits.length; at += 8) data.push(parseInt(bits.slice(at, at + 8).join(""), 2));
  for (let filler = 0xec; data.length < room[version - 1]; filler ^= 0xec ^ 0x11) data.push(filler);
  const [count, sizes] = BLOCKS[version - 1];
  let from = 0;
  const blocks = sizes.map((size) => data.slice(from, (from += size)));
  const checks = blocks.map((block) => corrections(block, count));
  const woven = [];
  for (const lists of [blocks, checks]) for (let at = 0; at < Math.max(...lists.map((list) => list.length)); at += 1) for (const list of lists) if (at < list.length) woven.push(list[at]);
  return [version, woven];
}

// What a mask leaves to be seen badly: runs, blocks, patterns like the corners', and too much of one colour.
function penalty(rows) {
  const size = rows.length;
  let points = 0;
  let dark = 0;
  for (const turned of [false, true])
    for (let y = 0; y < size; y += 1) {
      const line = Array.from({ length: size }, (_, x) => (turned ? rows[x][y] : rows[y][x])).join("");
      for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
      for (let x = 0; x + 11 <= size; x += 1) if (["10111010000", "00001011101"].includes(line.slice(x, x + 11))) points += 40;
      if (!turned) dark += line.split("1").length - 1;
    }
  for (let y = 0; y + 1 < size; y += 1)
    for (let x = 0; x + 1 < size; x += 1) if (rows[y][x] === rows[y][x + 1] && rows[y][x] === rows[y + 1][x] && rows[y][x] === rows[y + 1][x + 1]) points += 3;
  return points + Math.floor(Math.abs((dark * 20) / (size * size) - 10)) * 10;
}

// Rows of modules, 1 where one is dark; `forced` says which mask.
export function modules(text, forced) {
  const [version, words] = codewords(text);
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => Array(size).fill(0));
  const taken = Array.from({ length: size }, () => Array(size).fill(false));
  const set = (y, x, dark) => {
    if (y < 0 || x < 0 || y >= size || x >= size) return;
    rows[y][x] = Number(dark);
    taken[y][x] = true;
  };
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const square = (y, x, reach, dark) => { for (let dy = -reach; dy <= reach; dy += 1) for (let dx = -reach; dx <= reach; dx += 1) set(y + dy, x + dx, dark(Math.max(Math.abs(dy), Math.abs(dx)))); };
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(y, x, 4, (far) => far !== 2 && far !== 4);
  const centres = CENTRES[version - 1];
  for (const y of centres) for (const x of centres) if (!((y === 6 && (x === 6 || x === centres.at(-1))) || (x === 6 && y === centres.at(-1)))) square(y, x, 2, (far) => far !== 1);
  const format = (mask) => {
    let rest = mask; // correction M is 00
    for (let turn = 0; turn < 10; turn += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((mask << 10) | rest) ^ 0x5412;
    const bit = (at) => (bits >>> at) & 1;
    for (let at = 0; at < 15; at += 1) {
      set(at < 6 ? at : at < 8 ? at + 1 : at === 8 ? 8 : 8, at < 8 ? 8 : at === 8 ? 7 : 14 - at, bit(at));
      set(at < 8 ? 8 : size - 15 + at, at < 8 ? size - 1 - at : 8, bit(at));
    }
    set(size - 8, 8, 1);
  };
  format(0);
  if (version >= 7) {
    let rest = version;
    for (let turn = 0; turn < 12; turn += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (version << 12) | rest;
    for (let at = 0; at < 18; at += 1) {
      const [far, near] = [size - 11 + (at % 3), Math.floor(at / 3)];
      set(near, far, (bits >>> at) & 1);
      set(far, near, (bits >>> at) & 1);
    }
  }
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1)
      for (const x of [right, right - 1]) {
        const y = (right + 1) & 2 ? step : size - 1 - step;
        if (!taken[y][x] && bit < words.length * 8) rows[y][x] = (words[bit >>> 3] >>> (7 - (bit++ & 7))) & 1;
      }
  }
  const masked = (mask) => {
    format(mask);
    return rows.map((row, y) => row.map((dark, x) => (taken[y][x] ? dark : dark ^ Number(MASKS[mask](y, x) === 0))));
  };
  if (Number.isInteger(forced)) return masked(forced);
  return MASKS.map((_, mask) => masked(mask)).reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

// A code as a picture that scales, dark on white.
export function picture(text) {
  const rows = modules(text);
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const dark = rows.flatMap((row, y) => row.flatMap((each, x) => (each ? `M${x + 4} ${y + 4}h1v1h-1z` : [])));
  made.setAttribute("viewBox", `0 0 ${rows.length + 8} ${rows.length + 8}`);
  made.setAttribute("shape-rendering", "crispEdges");
  made.setAttribute("class", "qr");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", text);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", dark.join(""));
  path.setAttribute("fill", "#000");
  made.append(path);
  return made;
}
