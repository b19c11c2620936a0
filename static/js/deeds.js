// What a person did, kept on the phone until the school has it. Plain rules, no page: tested with `node --test`.
export const MOST_KEPT = 400;
const LEARNER = "school.learner";
const SEVERAL = "school.several";
const DEVICE = "school.device";
const outbox = (learner) => `school.outbox.${learner}`;
const SIGNED_OUT = "school.signed-out";

/** A list kept in the browser's storage; broken or missing storage reads as empty. */
function read(storage, key) {
  try {
    const found = JSON.parse(storage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function write(storage, key, list) {
  if (list.length) storage.setItem(key, JSON.stringify(list.slice(-MOST_KEPT)));
  else storage.removeItem(key);
}

/** This device's own random name, made once. */
export function device(storage) {
  const found = storage.getItem(DEVICE);
  if (found) return found;
  const made = crypto.randomUUID();
  storage.setItem(DEVICE, made);
  return made;
}

/** Who learns on this phone now, or null. */
export function learner(storage) {
  return storage.getItem(LEARNER);
}

/** Somebody signed in here. A second person makes this a shared phone: nothing done signed out is offered any more. */
export function signedIn(storage, uuid) {
  const last = storage.getItem("school.last-learner");
  if (last && last !== uuid) storage.setItem(SEVERAL, "yes");
  storage.setItem("school.last-learner", uuid);
  storage.setItem(LEARNER, uuid);
  if (storage.getItem(SEVERAL)) write(storage, SIGNED_OUT, []);
}

/** She signed out; what is not yet sent stays until she comes back. */
export function signedOut(storage) {
  storage.removeItem(LEARNER);
}

/** She was erased: nothing of hers stays on this phone. */
export function forget(storage) {
  const uuid = storage.getItem(LEARNER);
  if (uuid) storage.removeItem(outbox(uuid));
  storage.removeItem(LEARNER);
}

/** One deed as the school takes it. */
export function deed(kind, activity, { edition, language, data = {}, at = new Date() }) {
  return { uuid: crypto.randomUUID(), kind, activity, edition, language, at: at.toISOString(), data };
}

/** Keep a deed: in the learner's outbox, or apart when nobody is signed in. A finished lesson is kept once. */
export function keep(storage, event) {
  const uuid = learner(storage);
  const key = uuid ? outbox(uuid) : SIGNED_OUT;
  const kept = read(storage, key);
  const again =
    event.kind === "lesson_completed" &&
    kept.some((other) => other.kind === event.kind && other.activity === event.activity);
  if (!again) write(storage, key, [...kept, event]);
  return Boolean(uuid);
}

/** The deeds of somebody signed out on this phone. */
export function unclaimed(storage) {
  return read(storage, SIGNED_OUT);
}

/** «Did you do these?»: yes puts them into the learner's outbox, no lets them go. */
export function claim(storage, yes) {
  const uuid = learner(storage);
  if (yes && uuid) write(storage, outbox(uuid), [...read(storage, outbox(uuid)), ...unclaimed(storage)]);
  write(storage, SIGNED_OUT, []);
}

/** What waits to be sent for the learner of this phone. */
export function waiting(storage) {
  const uuid = learner(storage);
  return uuid ? read(storage, outbox(uuid)) : [];
}

/** Take away what the school has answered for; what it did not name stays. */
export function settled(storage, answer) {
  const uuid = learner(storage);
  if (!uuid) return;
  const done = new Set([...answer.accepted, ...answer.duplicate, ...answer.quarantined.map((row) => row.uuid)]);
  write(
    storage,
    outbox(uuid),
    read(storage, outbox(uuid)).filter((event) => !done.has(event.uuid)),
  );
}

/** Send what waits, halving the batch when the school says it is too large; returns whether all was sent. */
export async function send(storage, post, most = 100) {
  let size = most;
  for (let events = waiting(storage); events.length; events = waiting(storage)) {
    const response = await post({ device: device(storage), learner: learner(storage), events: events.slice(0, size) });
    if (response.status === 413 && size > 1) {
      size = Math.ceil(size / 2);
      continue;
    }
    if (!response.ok) return response.status;
    settled(storage, await response.json());
  }
  return 200;
}
