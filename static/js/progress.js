// The lesson's end, the marks on the path, and sending what was done.
import { claim, deed, forget, keep, learner, send, signedIn, signedOut, unclaimed } from "./deeds.js";

const storage = globalThis.localStorage;

const PATIENCE = 60_000;

let sending = null;
let isAskedAgain = false;
let underWay = null;

/** Post a batch. A lost signal can leave a request hanging for ever: it is given up after a minute, or by `retry`. */
async function post(batch) {
  underWay = new AbortController();
  const clock = setTimeout(() => underWay?.abort(), PATIENCE);
  try {
    return await fetch("/api/sync/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(batch),
      signal: underWay.signal,
    });
  } finally {
    clearTimeout(clock);
    underWay = null;
  }
}

async function sendWaiting() {
  do {
    isAskedAgain = false;
    try {
      const status = await send(storage, post);
      if (status === 401 || status === 403) signedOut(storage);
    } catch {
      // no signal: the deeds stay in the outbox
    }
  } while (isAskedAgain);
  sending = null;
}

/**
 * Send what waits, once at a time; no network is no error, it is sent next time. Asked while a sending is under way,
 * it tries once more afterwards: the signal may have come back just before that one fails.
 */
export function flush() {
  isAskedAgain = Boolean(sending);
  sending ??= sendWaiting();
  return sending;
}

/** The signal is back: what hangs is given up and sent anew (the school takes each deed once). */
export function retry() {
  underWay?.abort();
  return flush();
}

function context(main) {
  return { edition: Number(main.dataset.edition), language: main.dataset.language };
}

/** Keep a deed of this lesson and try to send it; returns whether somebody is signed in. */
export function record(main, kind, data) {
  const isKept = keep(storage, deed(kind, main.dataset.activity, { ...context(main), data }));
  flush();
  return isKept;
}

function finishing(page, main) {
  const form = page.querySelector("[data-finish]");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const isKept = record(main, "lesson_completed");
    form.hidden = true;
    const after = page.querySelector("[data-finished]");
    after.hidden = false;
    page.querySelector("[data-signed-out]").hidden = isKept;
    after.querySelector("[role=status]").scrollIntoView({ block: "center" });
  });
}

function claiming(page) {
  const box = page.querySelector("[data-claim]");
  const deeds = unclaimed(storage);
  if (!box || !deeds.length) return;
  box.hidden = false;
  page.querySelector("[data-claim-count]").textContent = String(new Set(deeds.map((event) => event.activity)).size);
  const answer = async (yes) => {
    claim(storage, yes);
    box.hidden = true;
    if (yes) {
      await flush();
      location.reload();
    }
  };
  page.querySelector("[data-claim-yes]").addEventListener("click", () => answer(true));
  page.querySelector("[data-claim-no]").addEventListener("click", () => answer(false));
}

async function marking(page) {
  if (!learner(storage)) return;
  try {
    const response = await fetch("/api/me/");
    if (!response.ok) return;
    const done = new Set((await response.json()).done);
    for (const step of page.querySelectorAll("[data-progress] [data-key]")) {
      step.classList.toggle("is-done", done.has(step.dataset.key));
    }
  } catch {
    // no signal: the path is shown without marks
  }
}

/** Wire up whatever this page has. */
export function startProgress(page, main) {
  if (main.dataset.learner) signedIn(storage, main.dataset.learner);
  if ("erased" in main.dataset) forget(storage);
  page.querySelector("[data-sign-out]")?.addEventListener("submit", () => signedOut(storage));
  if (main.dataset.activity) {
    finishing(page, main);
    if (learner(storage)) record(main, "lesson_opened");
  }
  claiming(page);
  if (page.querySelector("[data-progress]")) marking(page);
  addEventListener("online", retry);
  page.addEventListener("visibilitychange", () => page.visibilityState === "visible" && flush());
  flush();
}
