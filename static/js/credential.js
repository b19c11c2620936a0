// The verdict on a field credential, without a network: the same as the school's own gives
// (certificates/credentials/checking.py, where signing.py tells the format); tests/vectors/credentials.json holds both.
const MOST_TOKEN_BYTES = 512;
const LIST_BYTES = 131_072 / 8;
const MOST_LIST_BYTES = LIST_BYTES + 256;
const MOST_DEPTH = 4;
const COSE_SIGN1 = 18;
const EDDSA = -8;
const CREDENTIAL = 1;
const STATUS_LIST = 2;
const DAY = 86_400;
const LAST_DAY = 2_932_896; // 31 December 9999
const ED25519 = { name: "Ed25519" };
const ANY_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"; // the example of RFC 8037

class Refused extends Error {}

function hold(isSo) {
  if (!isSo) throw new Refused();
}

/** The bytes of base64url without padding. */
function bytesOf(text) {
  hold(/^[A-Za-z0-9_-]+$/.test(text) && text.length % 4 !== 1);
  const found = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  hold(textOf(found) === text);
  return found;
}

function textOf(bytes) {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * What CBOR says, in its one deterministic form only (RFC 8949, 4.2.1): shortest numbers, definite lengths, rising keys,
 * nothing left over. Numbers, bytes, texts, lists, maps with small numbers as keys, and tags; nothing else.
 */
export function readCbor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  const take = (length) => {
    hold(at + length <= bytes.length);
    at += length;
    return bytes.subarray(at - length, at);
  };

  const argument = (short) => {
    if (short < 24) return short;
    hold(short <= 26);
    const [width, least] = { 24: [1, 24], 25: [2, 256], 26: [4, 65_536] }[short];
    take(width);
    const value = width === 1 ? view.getUint8(at - 1) : width === 2 ? view.getUint16(at - 2) : view.getUint32(at - 4);
    hold(value >= least);
    return value;
  };

  const map = (length, depth) => {
    const found = new Map();
    let last = -1;
    for (let entry = 0; entry < length; entry += 1) {
      const key = item(depth);
      hold(Number.isInteger(key) && key > last);
      last = key;
      found.set(key, item(depth));
    }
    return found;
  };

  const list = (length, depth) => {
    const found = [];
    while (found.length < length) found.push(item(depth));
    return found;
  };

  const item = (depth) => {
    hold(depth <= MOST_DEPTH);
    const head = take(1)[0];
    const kind = head >> 5;
    hold(kind < 7);
    const value = argument(head & 31);
    if (kind === 0) return value;
    if (kind === 1) return -1 - value;
    if (kind === 2) return take(value);
    if (kind === 3) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(value));
    if (kind === 4) return list(value, depth + 1);
    if (kind === 5) return map(value, depth + 1);
    return { tag: value, value: item(depth + 1) };
  };

  try {
    const found = item(0);
    hold(at === bytes.length);
    return found;
  } catch (problem) {
    throw problem instanceof Refused ? problem : new Refused(problem.message);
  }
}

const isBytes = (thing, length) => thing instanceof Uint8Array && (length === undefined || thing.length === length);
const isText = (thing) => typeof thing === "string" && thing !== "";
const isNumber = (most) => (thing) => Number.isInteger(thing) && thing >= 0 && thing <= most;
const hasKeys = (map, keys) => map instanceof Map && [...map.keys()].join() === keys.join();

function lengthHead(kind, length) {
  if (length < 24) return [kind | length];
  return length < 256 ? [kind | 24, length] : [kind | 25, length >> 8, length & 255];
}

/** What is signed: the list ["Signature1", protected header, no bytes, payload] in CBOR. */
function toBeSigned(header, payload) {
  const title = new TextEncoder().encode("Signature1");
  const parts = [[0x84, 0x6a], title, lengthHead(0x40, header.length), header, [0x40]];
  return Uint8Array.from([...parts, lengthHead(0x40, payload.length), payload].flatMap((part) => [...part]));
}

/** The payload of COSE_Sign1 and the listed key that signed it. */
async function opened(token, keys) {
  const outer = readCbor(token);
  hold(outer.tag === COSE_SIGN1 && Array.isArray(outer.value) && outer.value.length === 4);
  const [header, open, payload, signature] = outer.value;
  hold(isBytes(header) && hasKeys(open, []) && isBytes(payload) && isBytes(signature, 64));
  const named = readCbor(header);
  hold(hasKeys(named, [1, 4]) && named.get(1) === EDDSA && isBytes(named.get(4)));
  const id = Array.from(named.get(4), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const key = keys.find((listed) => listed.id === id);
  hold(key);
  const verifier = await crypto.subtle.importKey("raw", bytesOf(key.key), ED25519, false, ["verify"]);
  hold(await crypto.subtle.verify(ED25519, verifier, signature, toBeSigned(header, payload)));
  return { facts: readCbor(payload), key };
}

const LABELS = [
  [0, "kind", (thing) => thing === CREDENTIAL],
  [1, "issuer", isText],
  [2, "code", isText],
  [3, "role", isText],
  [4, "validFrom", isNumber(LAST_DAY)],
  [5, "validTo", isNumber(LAST_DAY)],
  [6, "salt", (thing) => isBytes(thing, 16)],
  [7, "commitment", (thing) => isBytes(thing, 16)],
  [8, "statusIndex", isNumber(8 * LIST_BYTES - 1)],
  [9, "language", isText],
  [10, "place", isText],
];

const isoDay = (day) => new Date(1000 * DAY * day).toISOString().slice(0, 10);

/** What a card says, once a listed key has signed it. */
export async function read(text, keys) {
  const token = bytesOf(text);
  hold(token.length <= MOST_TOKEN_BYTES);
  const { facts: said, key } = await opened(token, keys);
  hold(said instanceof Map);
  const labels = said.has(10) ? LABELS : LABELS.slice(0, -1);
  const numbers = labels.map(([label]) => label);
  hold(hasKeys(said, numbers) && labels.every(([label, , fits]) => fits(said.get(label))));
  hold(said.get(4) <= said.get(5));
  const { kind: _kind, ...facts } = Object.fromEntries(labels.map(([label, name]) => [name, said.get(label)]));
  const days = { validFrom: isoDay(facts.validFrom), validTo: isoDay(facts.validTo) };
  return { place: "", ...facts, ...days, organisation: key.issuer };
}

/** Never unpacks more than there should be, whatever comes. */
async function unpacked(packed) {
  const bits = new Uint8Array(LIST_BYTES);
  let length = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    hold(length + part.value.length <= LIST_BYTES);
    bits.set(part.value, length);
    length += part.value.length;
  }
  hold(length === LIST_BYTES);
  return bits;
}

/** A signed status list: whose it is, when it was made (seconds), its bits. */
export async function readStatusList(text, keys) {
  const token = bytesOf(text);
  hold(token.length <= MOST_LIST_BYTES);
  const { facts, key } = await opened(token, keys);
  hold(hasKeys(facts, [0, 1, 2]) && facts.get(0) === STATUS_LIST && isNumber(2 ** 32)(facts.get(1)));
  hold(isBytes(facts.get(2)));
  return { organisation: key.issuer, at: facts.get(1), bits: await unpacked(facts.get(2)) };
}

/** What was asked for, or null where it was refused or cannot be read. */
const orNull = (asked) => asked.catch(() => null);

/**
 * The verdict on a token on a day (`2026-11-22`), by the listed keys and the status lists by organisation: `state` is
 * `valid`, `not_valid` on this date, or `unknown` with its `reason`: `foreign` (nobody we know signed it), `no_list` (of
 * those that count no more), `clock` (the list is of a later day than today). `listAge` is in days.
 */
export async function check(token, keys, statusLists, today) {
  const facts = await orNull(read(token, keys));
  if (!facts) return { state: "unknown", reason: "foreign", listAge: null };
  const list = await orNull(readStatusList(statusLists[facts.organisation] ?? "", keys));
  if (list?.organisation !== facts.organisation) return { state: "unknown", reason: "no_list", facts, listAge: null };
  const age = Date.parse(today) / 1000 / DAY - Math.floor(list.at / DAY);
  if (age < -1) return { state: "unknown", reason: "clock", facts, listAge: null };
  const place = facts.statusIndex;
  const isEnded = Boolean(list.bits[place >> 3] & (128 >> (place & 7)));
  const isValid = facts.validFrom <= today && today <= facts.validTo && !isEnded;
  return { state: isValid ? "valid" : "not_valid", reason: "", facts, listAge: Math.max(0, age) };
}

const LOOK_ALIKES = /['‘’‛ʹʻ′´`Ꞌꞌ՚＇]/g;
// Python's white space, and the letters that it folds further than a browser makes them small
const SPACES = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const FOLDED = { µ: "μ", ß: "ss", ſ: "s", ẛ: "ṡ", ς: "σ", ŉ: "ʼn", ẚ: "aʾ" };
const MARKS = /(?!\u034f)\p{Mn}/gu;

/** The key under which names are equal, as `cms.orthography.search_key`: no accents, glottal signs or capitals. */
export function searchKey(text) {
  const small = text.normalize("NFC").replace(LOOK_ALIKES, "ʼ").toLowerCase();
  const folded = small.replace(/[µßſẛςŉẚ]/g, (letter) => FOLDED[letter]).replace(SPACES, " ");
  return folded.replace(/^ | $/g, "").replaceAll("ʼ", "").normalize("NFD").replace(MARKS, "");
}

/** Whether a typed name is the one on the card. */
export async function isName(typed, { salt, commitment }, rounds) {
  const name = searchKey(typed);
  if (!name) return false;
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(name), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  const made = new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * commitment.length));
  return made.reduce((difference, byte, place) => difference | (byte ^ commitment[place]), 0) === 0;
}

/** Whether this browser can check signatures itself: WebCrypto with Ed25519, on HTTPS. */
export async function canCheck() {
  const imported = () => crypto.subtle.importKey("raw", bytesOf(ANY_KEY), ED25519, false, ["verify"]);
  return Boolean(globalThis.crypto?.subtle && globalThis.DecompressionStream && (await orNull(imported())));
}
