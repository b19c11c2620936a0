// What was done is kept on the phone until the school has it: once, for the right person, and never lost.
import assert from "node:assert/strict";
import test from "node:test";
import {
  claim,
  deed,
  device,
  forget,
  keep,
  learner,
  MOST_KEPT,
  send,
  settled,
  signedIn,
  signedOut,
  unclaimed,
  waiting,
} from "../../static/js/deeds.js";

const ANA = "11111111-1111-4111-8111-111111111111";
const MARTA = "22222222-2222-4222-8222-222222222222";
const LESSON = "33333333-3333-4333-8333-333333333333";

/** A browser's storage: only texts, null for what is not there. */
function phone(start = {}) {
  const kept = new Map(Object.entries(start));
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, String(value)),
    removeItem: (key) => kept.delete(key),
    all: () => [...kept.values()].join(" "),
  };
}

const finished = (activity = LESSON) => deed("lesson_completed", activity, { edition: 1, language: "es" });
const practised = () => deed("practice_answered", LESSON, { edition: 1, language: "es", data: { points: 1 } });
const uuids = (events) => events.map((event) => event.uuid);

/** A school that answers as `POST /api/sync/` does; `most` events at a time, else 413. */
function school({ most = 500, status = 200, quarantine = [] } = {}) {
  const taken = [];
  const batches = [];
  const post = async (batch) => {
    batches.push(batch.events.length);
    if (status !== 200) return { ok: false, status };
    if (batch.events.length > most) return { ok: false, status: 413 };
    const names = uuids(batch.events);
    taken.push(...names);
    const refused = names.filter((name) => quarantine.includes(name)).map((uuid) => ({ uuid, reason: "unknown kind" }));
    const accepted = names.filter((name) => !quarantine.includes(name));
    return { ok: true, status, json: async () => ({ accepted, duplicate: [], quarantined: refused }) };
  };
  return { post, taken, batches };
}

test("a deed has the shape the school takes", () => {
  const event = deed("lesson_completed", LESSON, { edition: 3, language: "kek", at: new Date("2026-11-21T10:00:00Z") });

  assert.match(event.uuid, /^[0-9a-f-]{36}$/);
  assert.deepEqual(
    { ...event, uuid: "" },
    {
      uuid: "",
      kind: "lesson_completed",
      activity: LESSON,
      edition: 3,
      language: "kek",
      at: "2026-11-21T10:00:00.000Z",
      data: {},
    },
  );
});

test("a phone keeps one name of its own", () => {
  const storage = phone();

  assert.equal(device(storage), device(storage));
  assert.notEqual(device(storage), device(phone()));
});

test("a deed of who is signed in waits to be sent", () => {
  const storage = phone();
  signedIn(storage, ANA);

  assert.equal(keep(storage, finished()), true);

  assert.equal(waiting(storage).length, 1);
  assert.deepEqual(unclaimed(storage), []);
});

test("a deed of who is signed out is kept apart", () => {
  const storage = phone();

  assert.equal(keep(storage, finished()), false);

  assert.equal(unclaimed(storage).length, 1);
  assert.deepEqual(waiting(storage), []);
});

test("a lesson finished twice is kept once, practice every time", () => {
  const storage = phone();
  signedIn(storage, ANA);
  for (const event of [finished(), finished(), practised(), practised()]) keep(storage, event);

  assert.deepEqual(
    waiting(storage).map((event) => event.kind),
    ["lesson_completed", "practice_answered", "practice_answered"],
  );
});

test("what was done signed out is claimed once", () => {
  const storage = phone();
  keep(storage, finished());
  signedIn(storage, ANA);

  claim(storage, true);
  claim(storage, true);

  assert.equal(waiting(storage).length, 1);
  assert.deepEqual(unclaimed(storage), []);
});

test("no lets it go", () => {
  const storage = phone();
  keep(storage, finished());
  signedIn(storage, ANA);

  claim(storage, false);

  assert.deepEqual([waiting(storage), unclaimed(storage)], [[], []]);
});

test("a phone that a second person signed in on offers nothing any more", () => {
  const storage = phone();
  signedIn(storage, ANA);
  signedOut(storage);
  keep(storage, finished());

  signedIn(storage, MARTA);

  assert.deepEqual(unclaimed(storage), []);
  signedOut(storage);
  keep(storage, finished());
  signedIn(storage, ANA);
  assert.deepEqual(unclaimed(storage), []);
});

test("the same person signing in again is no second person", () => {
  const storage = phone();
  signedIn(storage, ANA);
  signedOut(storage);
  keep(storage, finished());

  signedIn(storage, ANA);

  assert.equal(unclaimed(storage).length, 1);
});

test("what one person did waits for her and is not sent for another", () => {
  const storage = phone();
  signedIn(storage, ANA);
  keep(storage, finished());
  signedOut(storage);

  signedIn(storage, MARTA);
  assert.deepEqual(waiting(storage), []);

  signedIn(storage, ANA);
  assert.equal(waiting(storage).length, 1);
});

test("erasing leaves nothing of hers on the phone", () => {
  const storage = phone();
  signedIn(storage, ANA);
  keep(storage, finished());

  forget(storage);

  assert.equal(learner(storage), null);
  assert.equal(storage.all().includes(LESSON), false);
});

test("what the school named is settled, what it did not name stays", () => {
  const storage = phone();
  signedIn(storage, ANA);
  const events = [finished(), practised(), practised(), practised()];
  for (const event of events) keep(storage, event);

  settled(storage, {
    accepted: [events[0].uuid],
    duplicate: [events[1].uuid],
    quarantined: [{ uuid: events[2].uuid, reason: "x" }],
  });

  assert.deepEqual(uuids(waiting(storage)), [events[3].uuid]);
});

test("everything is sent once, in batches", async () => {
  const storage = phone();
  signedIn(storage, ANA);
  for (let number = 0; number < 250; number += 1) keep(storage, practised());
  const { post, taken, batches } = school();

  assert.equal(await send(storage, post), 200);

  assert.deepEqual(batches, [100, 100, 50]);
  assert.equal(new Set(taken).size, 250);
  assert.deepEqual(waiting(storage), []);
});

test("a batch too large is halved until it fits", async () => {
  const storage = phone();
  signedIn(storage, ANA);
  for (let number = 0; number < 30; number += 1) keep(storage, practised());
  const { post, taken, batches } = school({ most: 10 });

  assert.equal(await send(storage, post), 200);

  assert.deepEqual(
    batches.slice(0, 3),
    [30, 30, 25].map((size) => Math.min(size, 30)),
  );
  assert.equal(new Set(taken).size, 30);
});

for (const status of [401, 403, 429, 500]) {
  test(`an answer of ${status} keeps everything for later`, async () => {
    const storage = phone();
    signedIn(storage, ANA);
    keep(storage, finished());

    assert.equal(await send(storage, school({ status }).post), status);

    assert.equal(waiting(storage).length, 1);
  });
}

test("a network that fails keeps everything for later", async () => {
  const storage = phone();
  signedIn(storage, ANA);
  keep(storage, finished());

  await assert.rejects(send(storage, () => Promise.reject(new TypeError("offline"))));

  assert.equal(waiting(storage).length, 1);
});

test("what the school quarantines does not hold up the rest", async () => {
  const storage = phone();
  signedIn(storage, ANA);
  const events = [practised(), practised()];
  for (const event of events) keep(storage, event);

  await send(storage, school({ quarantine: [events[0].uuid] }).post);

  assert.deepEqual(waiting(storage), []);
});

for (const broken of ["{", "7", '"text"', "null", ""]) {
  test(`storage that holds ${JSON.stringify(broken)} reads as empty`, () => {
    const storage = phone({ "school.learner": ANA, [`school.outbox.${ANA}`]: broken });

    assert.deepEqual(waiting(storage), []);
    keep(storage, finished());
    assert.equal(waiting(storage).length, 1);
  });
}

test("a phone without signal for long keeps the newest deeds", () => {
  const storage = phone();
  signedIn(storage, ANA);
  const events = Array.from({ length: MOST_KEPT + 5 }, practised);
  for (const event of events) keep(storage, event);

  assert.deepEqual(uuids(waiting(storage)), uuids(events.slice(-MOST_KEPT)));
});
