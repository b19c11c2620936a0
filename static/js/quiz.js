// An evaluation one question at a time. Answers are kept on this phone until the school has them, so that nothing is
// lost; the school gets them on the way, so that she can go on with another phone.
const PATIENCE = 60_000;
const storage = globalThis.localStorage;
const key = (attempt) => `school.attempt.${attempt}`;
const MINUTE = 60_000;

/** What a form or a step of it would send, without empty fields and files. */
function fieldsOf(step) {
  const controls = [...step.querySelectorAll("input, select, textarea")].filter((control) => control.type !== "file");
  return controls
    .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
    .map((control) => [control.name, control.value])
    .filter(([, value]) => value.trim());
}

function isAnswered(step) {
  const voice = step.querySelector("input[type=file]");
  return fieldsOf(step).some(([name]) => !name.endsWith(".seconds")) || Boolean(voice?.files.length);
}

/** Answers by step that the school has not confirmed yet, as this phone keeps them. */
function unsentOf(attempt) {
  try {
    const kept = JSON.parse(storage.getItem(key(attempt)) ?? "{}");
    return Array.isArray(kept) ? {} : kept;
  } catch {
    storage.removeItem(key(attempt));
    return {};
  }
}

function fill(step, fields) {
  const wanted = new Set(fields.map(([name, value]) => `${name}=${value}`));
  const values = new Map(fields);
  for (const control of step.querySelectorAll("input:not([type=file]), select, textarea")) {
    if (["radio", "checkbox"].includes(control.type)) control.checked = wanted.has(`${control.name}=${control.value}`);
    else control.value = values.get(control.name) ?? "";
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Keep what changes on the phone, and save it to the school; returns the function that saves. */
function keeping(form) {
  const unsent = unsentOf(form.dataset.quiz);
  const write = () => {
    if (Object.keys(unsent).length) storage.setItem(key(form.dataset.quiz), JSON.stringify(unsent));
    else storage.removeItem(key(form.dataset.quiz));
  };
  for (const step of form.querySelectorAll("[data-step]")) {
    if (unsent[step.dataset.step]) fill(step, unsent[step.dataset.step]);
    const note = () => {
      unsent[step.dataset.step] = fieldsOf(step);
      write();
    };
    step.addEventListener("change", note);
    step.addEventListener("input", note);
  }
  let isSaving = false;
  return async () => {
    const sent = Object.entries(unsent);
    if (!sent.length || isSaving || !form.isConnected) return;
    isSaving = true;
    const emptied = sent.filter(([, fields]) => !fields.length).map(([prefix]) => [prefix, ""]);
    const token = ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value];
    const body = new URLSearchParams([token, ...emptied, ...sent.flatMap(([, fields]) => fields)]);
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body, keepalive: true });
      for (const [prefix, fields] of answer.status === 204 ? sent : []) {
        if (unsent[prefix] === fields) delete unsent[prefix];
      }
      if (form.isConnected) write();
    } catch {
      // no signal: the answers stay on the phone
    }
    isSaving = false;
  };
}

/** Count how long each question is looked at; returns the function that takes the time of the one shown. */
function timing() {
  const isVisible = () => document.visibilityState === "visible";
  let since = performance.now();
  return (step) => {
    const now = performance.now();
    const input = step.querySelector("input[name$='.seconds']");
    const before = Number(step.dataset.milliseconds ?? 1000 * Number(input.value));
    const total = before + (since === null ? 0 : now - since);
    step.dataset.milliseconds = String(total);
    input.value = String(Math.round(total / 1000));
    since = isVisible() ? now : null;
  };
}

function stepping(form, save) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const part = (name) => form.querySelector(`[data-quiz-${name}]`);
  const takeTime = timing();
  let at = Math.max(
    0,
    steps.findIndex((step) => !isAnswered(step)),
  );
  const show = () => {
    const isLast = at === steps.length - 1;
    steps.forEach((step, place) => {
      step.hidden = place !== at;
    });
    part("count").textContent = form.dataset.count.replace("%n", at + 1).replace("%all", steps.length);
    part("progress").value = at + 1;
    part("back").hidden = at === 0;
    part("next").hidden = isLast;
    part("send").hidden = !isLast;
    part("missing").hidden = !isLast || steps.every((step, place) => place === at || isAnswered(step));
  };
  const go = (by) => {
    takeTime(steps[at]);
    save();
    at = Math.min(Math.max(at + by, 0), steps.length - 1);
    show();
    const prompt = steps[at].querySelector("legend");
    prompt.tabIndex = -1;
    prompt.focus({ preventScroll: true });
    form.scrollIntoView();
  };
  part("next").addEventListener("click", () => go(1));
  part("back").addEventListener("click", () => go(-1));
  // Enter in a field would press the form's first button: it goes on to the next question instead
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    if (at < steps.length - 1) go(1);
  });
  document.addEventListener("visibilitychange", () => {
    takeTime(steps[at]);
    if (document.visibilityState === "hidden") save();
  });
  addEventListener("pagehide", save);
  part("count").hidden = part("progress").hidden = false;
  show();
  return () => takeTime(steps[at]);
}

/** Milliseconds since the attempt began, by the school's clock and this phone's steady one. */
function spent(form) {
  return 1000 * (Number(form.dataset.now) - Number(form.dataset.started)) + performance.now();
}

function tellTimeLeft(form) {
  const left = form.querySelector("[data-quiz-left]");
  const tell = () => {
    const minutes = Math.ceil(Number(form.dataset.minutes) - spent(form) / MINUTE);
    left.textContent = minutes > 0 ? left.dataset.left.replace("%n", minutes) : left.dataset.over;
    if (minutes > 0) setTimeout(tell, MINUTE - (spent(form) % MINUTE));
  };
  tell();
}

function tellingUnclear(form) {
  for (const button of form.querySelectorAll("[data-unclear]")) {
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      const told = button.parentElement.querySelector("[data-unclear-told]");
      const body = new URLSearchParams({
        unclear: button.value,
        csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
      });
      const headers = { "X-Part": "main" };
      const answer = await fetch(button.formAction, { method: "POST", headers, body }).catch(() => null);
      told.textContent = answer?.ok ? told.dataset.thanks : told.dataset.noSignal;
      button.hidden = Boolean(answer?.ok);
    });
  }
}

function hasVoice(form) {
  return [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
}

/** Send the answers and show the result in place: one short exchange instead of two pages. */
async function send(page, form) {
  const body = hasVoice(form) ? new FormData(form) : new URLSearchParams(fieldsOf(form));
  const patience = new AbortController();
  const clock = setTimeout(() => patience.abort(), PATIENCE);
  const request = { method: "POST", headers: { "X-Part": "main" }, body, signal: patience.signal };
  const answer = await fetch(form.action, request).finally(() => clearTimeout(clock));
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.adoptNode(parsed.querySelector("main"));
  page.getElementById("content").replaceWith(main);
  history.replaceState(null, "", main.dataset.address);
  main.focus();
  scrollTo(0, 0);
  start(page, main);
}

/** The answers as a deed that waits for signal. */
function answeredDeed({ deed }, { answerFrom }, form) {
  const fields = fieldsOf(form);
  const answers = {};
  const seconds = {};
  for (const { dataset } of form.querySelectorAll("[data-step]")) {
    const version = dataset.step.slice(1);
    const [, counted] = fields.find(([name]) => name === `${dataset.step}.seconds`) ?? [];
    answers[version] = answerFrom(fields, dataset.step);
    if (counted) seconds[version] = Number(counted);
  }
  const since = new Date(Date.now() - spent(form)).toISOString();
  return deed("attempt_answered", form.dataset.quizKey, {
    edition: Number(form.dataset.edition),
    language: form.dataset.language,
    data: { attempt: form.dataset.quiz, answers, seconds, since },
  });
}

/** What to do without signal; what it needs is fetched while there is some. */
function waiting(page, form) {
  const say = (name) => {
    form.querySelector(`[data-quiz-${name}]`).hidden = false;
  };
  if (!("offline" in form.dataset)) return () => say("offline");
  const modules = Promise.all([import("./deeds.js"), import("./answering.js")]);
  return async () => {
    if (hasVoice(form)) return say("voice");
    const [deeds, answering] = await modules;
    deeds.keep(storage, answeredDeed(deeds, answering, form));
    const kept = page.querySelector("[data-quiz-kept]");
    form.hidden = true;
    kept.hidden = false;
    kept.focus();
  };
}

function sending(page, form, takeTime) {
  const wait = waiting(page, form);
  let isSent = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSent) return;
    isSent = true;
    takeTime();
    for (const notice of ["offline", "voice"]) form.querySelector(`[data-quiz-${notice}]`).hidden = true;
    await send(page, form).catch((problem) => {
      isSent = false;
      // No signal, or a request that hangs. Anything else (signed out, sent before) the ordinary way says better.
      if (problem instanceof TypeError || problem.name === "AbortError") return wait();
      form.submit();
    });
  });
}

/** Step through the evaluation of this page, or forget the answers of one that was sent. */
export function start(page, main) {
  if (main.dataset.attemptSent) storage.removeItem(key(main.dataset.attemptSent));
  const form = page.querySelector("[data-quiz]");
  if (!form) return;
  const takeTime = stepping(form, keeping(form));
  if (form.dataset.minutes) tellTimeLeft(form);
  tellingUnclear(form);
  sending(page, form, takeTime);
}
