// Practice questions inside a lesson: feedback at once, in the same place (assessments/feedback.py says the same).
import { answerFrom } from "./answering.js";
import { cleanAnswer, grade, nearness, split } from "./grading.js";
import { record } from "./progress.js";

const MOST_RECORDED = 20;
const standing = (isRight) => (isRight ? "right" : "wrong");

function optionsStand({ options }, chosen) {
  const byId = new Map(options.map((option) => [option.id, option]));
  return chosen.map((id) => [id, standing(byId.get(id).correct)]);
}

function stepsStand({ options }, order) {
  const ids = options.map((option) => option.id);
  return order.map((id, place) => [
    id,
    standing((ids[ids.indexOf(id) - 1] ?? null) === (place ? order[place - 1] : null)),
  ]);
}

function pairsStand({ options }, found) {
  const right = new Map(options.map((option) => [option.id, option.match]));
  return split(found).map(([id, match]) => [id, standing(right.get(id) === match)]);
}

function gapsStand(question, found) {
  if (!question.typed) return pairsStand(question, found);
  const accepted = new Map(question.options.map((option) => [option.id, option.accepted]));
  return split(found).map(([gap, word]) => {
    const points = nearness(word, accepted.get(gap));
    return [gap, points > 0 && points < 1 ? "near" : standing(points)];
  });
}

const STANDINGS = {
  ordering: stepsStand,
  matching: pairsStand,
  gaps: gapsStand,
  number: (question, typed) => [[standing(grade(question, typed))]],
};

/** Which parts of an answer are right: a Map of their ids to `right`, `near` or `wrong`. */
export function standings(question, chosen) {
  return new Map((STANDINGS[question.type] ?? optionsStand)(question, chosen));
}

/** What of an answer may be recorded: ids, never what was typed. */
export function idsOnly(question, chosen) {
  if (question.type === "number") return [];
  return (question.typed ? split(chosen).map(([gap]) => gap) : chosen).slice(0, MOST_RECORDED);
}

function unmark(form) {
  for (const sign of form.querySelectorAll(".option__sign")) sign.remove();
  for (const card of form.querySelectorAll(".option")) card.classList.remove("option--right", "option--wrong");
}

/** Mark the chosen cards by a sign and a word. */
function mark(form, box, stands) {
  for (const input of form.querySelectorAll(".option input:checked")) {
    const isRight = stands.get(input.value) === "right";
    if (!stands.has(input.value)) continue;
    const kind = isRight ? "right" : "again";
    const sign = document.createElement("span");
    sign.className = "option__sign";
    sign.append(...box.querySelector(`[data-sign=${kind}]`).cloneNode(true).childNodes);
    sign.append(box.querySelector(`[data-word=${kind}]`).textContent);
    const card = input.closest(".option");
    card.classList.add(`option--${standing(isRight)}`);
    card.append(sign);
  }
}

function show(form, stands, points) {
  const box = form.querySelector("[data-feedback-box]");
  const kind = points === 1 ? "right" : "again";
  const word = points > 0 && points < 1 ? "partly" : kind;
  box.hidden = false;
  box.className = `feedback feedback--${kind}`;
  for (const part of box.querySelectorAll("[data-sign]")) part.hidden = part.dataset.sign !== kind;
  for (const part of box.querySelectorAll("[data-word]")) part.hidden = part.dataset.word !== word;
  for (const part of box.querySelectorAll("[data-part]")) {
    const stand = stands.get(part.dataset.part);
    part.hidden = !stands.has(part.dataset.part);
    for (const words of part.querySelectorAll("[data-standing]")) words.hidden = words.dataset.standing !== stand;
  }
  box.querySelector("[data-solution]").hidden = points === 1;
  mark(form, box, stands);
}

function answering(form, main) {
  const question = JSON.parse(form.dataset.key);
  form.addEventListener("change", () => unmark(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = cleanAnswer(question, answerFrom([...new FormData(form)], "answer"));
    form.querySelector("[data-nothing]").hidden = chosen.length > 0;
    if (!chosen.length) {
      form.querySelector("fieldset :is(input, select:not([hidden]), .option--step)").focus();
      return;
    }
    const points = grade(question, chosen);
    unmark(form);
    show(form, standings(question, chosen), points);
    record(main, "practice_answered", { block: form.dataset.practice, chosen: idsOnly(question, chosen), points });
  });
}

function tellingUnclear(form, main) {
  const button = form.querySelector("[data-unclear]");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    record(main, "question_unclear", { block: form.dataset.practice });
    const told = form.querySelector("[data-unclear-told]");
    told.textContent = told.dataset.thanks;
    button.hidden = true;
  });
}

/** Answer every practice form of the page here instead of on a page of its own. */
export function startPractice(page, main) {
  for (const form of page.querySelectorAll("[data-practice]")) {
    answering(form, main);
    tellingUnclear(form, main);
  }
}
