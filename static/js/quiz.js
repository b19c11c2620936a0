// An evaluation one question at a time; answers stay on this phone until they are sent, so that nothing is lost.
const storage = globalThis.localStorage;
const key = (attempt) => `school.attempt.${attempt}`;

function answers(form) {
  return [...form.querySelectorAll("fieldset input:checked")].map((input) => [input.name, input.value]);
}

function restore(form, attempt) {
  let kept = [];
  try {
    kept = JSON.parse(storage.getItem(key(attempt)) ?? "[]");
  } catch {
    storage.removeItem(key(attempt));
  }
  const chosen = new Set(kept.map(([name, value]) => `${name}=${value}`));
  for (const input of form.querySelectorAll("fieldset input")) {
    if (chosen.has(`${input.name}=${input.value}`)) input.checked = true;
  }
}

function stepping(form) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const part = (name) => form.querySelector(`[data-quiz-${name}]`);
  const isAnswered = (step) => Boolean(step.querySelector("input:checked"));
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
    part("next").hidden = isLast;
    part("send").hidden = !isLast;
    part("back").hidden = at === 0;
    part("missing").hidden = !isLast || steps.every((step, place) => place === at || isAnswered(step));
  };
  const go = (by) => {
    at = Math.min(Math.max(at + by, 0), steps.length - 1);
    show();
    steps[at].querySelector("input").focus({ preventScroll: true });
    form.scrollIntoView();
  };
  part("next").addEventListener("click", () => go(1));
  part("back").addEventListener("click", () => go(-1));
  part("count").hidden = part("progress").hidden = false;
  show();
}

/** Send the answers and show the result in place: one short exchange instead of two pages. */
async function send(page, form) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "X-Part": "main" },
    body: new URLSearchParams(new FormData(form)),
  });
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.adoptNode(parsed.querySelector("main"));
  page.getElementById("content").replaceWith(main);
  history.replaceState(null, "", main.dataset.address);
  main.focus();
  scrollTo(0, 0);
  start(page, main);
}

function sending(page, form) {
  let isSent = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSent) return;
    isSent = true;
    form.querySelector("[data-quiz-offline]").hidden = true;
    await send(page, form).catch((problem) => {
      isSent = false;
      // fetch's TypeError: no signal. Anything else (signed out, sent before) the ordinary way says better.
      if (problem instanceof TypeError) form.querySelector("[data-quiz-offline]").hidden = false;
      else form.submit();
    });
  });
}

/** Step through the evaluation of this page, or forget the answers of one that was sent. */
export function start(page, main) {
  if (main.dataset.attemptSent) storage.removeItem(key(main.dataset.attemptSent));
  const form = page.querySelector("[data-quiz]");
  if (!form) return;
  restore(form, form.dataset.quiz);
  form.addEventListener("change", () => storage.setItem(key(form.dataset.quiz), JSON.stringify(answers(form))));
  stepping(form);
  sending(page, form);
}
