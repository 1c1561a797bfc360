// PINs, checked on the device against their hash: pbkdf2-sha512$rounds$salt$hash.

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export async function pinIs(pin, hash) {
  const [scheme, rounds, salt, wanted] = hash.split("$");
  if (scheme !== "pbkdf2-sha512") return false;
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const length = bytesOf(wanted).length;
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-512", salt: bytesOf(salt), iterations: Number(rounds) }, key, length * 8);
  const found = new Uint8Array(bits);
  return bytesOf(wanted).every((byte, at) => byte === found[at]);
}
