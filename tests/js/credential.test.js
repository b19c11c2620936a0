// The verdict on field credentials, by the vectors shared with the school's own (tests/certificates/credentials).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { canCheck, check, isName, read, readCbor, searchKey } from "../../static/js/credential.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/credentials.json", import.meta.url), "utf-8"));
const { keys, lists, rounds, cases, facts, card, names, folds } = vectors;
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));

for (const { promise, token, today, lists: other, state, reason, listAge } of cases) {
  test(promise, async () => {
    const found = await check(token, keys, other ?? lists, today);
    assert.deepEqual([found.state, found.reason, found.listAge], [state, reason, listAge]);
  });
}

test("a good card says its facts", async () => {
  const { salt, commitment, ...said } = await read(cases[0].token, keys);
  assert.deepEqual(said, facts);
  assert.deepEqual([salt, commitment], [bytes(card.salt), bytes(card.commitment)]);
});

for (const { typed, belongs } of names) {
  test(`the name «${typed}» ${belongs ? "belongs" : "does not belong"} to the card`, async () => {
    const own = { salt: bytes(card.salt), commitment: bytes(card.commitment) };
    assert.equal(await isName(typed, own, rounds), belongs);
  });
}

test("names are folded as the school folds them", () => {
  for (const { text, key } of folds) assert.equal(searchKey(text), key);
});

test("reading noise ends in a verdict and nothing else", async () => {
  for (let time = 0; time < 300; time += 1) {
    const noise = crypto.getRandomValues(new Uint8Array(1 + (time % 120)));
    const found = await check(Buffer.from(noise).toString("base64url"), keys, lists, "2026-11-22");
    assert.equal(found.state, "unknown");
  }
});

test("a nest deeper than a card's is refused", () => {
  assert.deepEqual(readCbor(new Uint8Array([0x81, 0x81, 0x01])), [[1]]);
  assert.throws(() => readCbor(new Uint8Array(20).fill(0x81)));
});

test("this browser says that it can check", async () => {
  assert.equal(await canCheck(), true);
});
