import assert from "node:assert/strict";
import { test } from "node:test";

const kept = new Map();
globalThis.localStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
};

const { deed, keep, signedIn, waiting } = await import("../../static/js/deeds.js");
const { flush, retry } = await import("../../static/js/progress.js");

test("signal that comes back while a sending fails is not missed", async () => {
  signedIn(localStorage, "7c0e8f0a-0d0c-4a51-9a43-2b8b4f3a3a10");
  keep(localStorage, deed("lesson_completed", "a", { edition: 1, language: "es" }));
  let tries = 0;
  globalThis.fetch = async (_address, { body }) => {
    tries += 1;
    if (tries === 1) {
      await null;
      flush(); // what the `online` event asks for, before the first try has failed
      throw new TypeError("no signal");
    }
    const accepted = JSON.parse(body).events.map((event) => event.uuid);
    return { ok: true, status: 200, json: async () => ({ accepted, duplicate: [], quarantined: [] }) };
  };
  await flush();
  assert.equal(tries, 2);
  assert.deepEqual(waiting(localStorage), []);
});

test("a request that hangs since the signal was lost is given up when it is back", async () => {
  keep(localStorage, deed("lesson_completed", "b", { edition: 1, language: "es" }));
  let tries = 0;
  globalThis.fetch = (_address, { body, signal }) => {
    tries += 1;
    if (tries === 1) return new Promise((_done, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
    const accepted = JSON.parse(body).events.map((event) => event.uuid);
    return Promise.resolve({
      ok: true,
      status: 200,
      json: async () => ({ accepted, duplicate: [], quarantined: [] }),
    });
  };
  flush();
  await retry();
  assert.equal(tries, 2);
  assert.deepEqual(waiting(localStorage), []);
});
