// Practice questions inside a lesson: feedback at once, in the same place.
import { grade } from "./grading.js";
import { record } from "./progress.js";

function show(form, inputs, isRight) {
  const box = form.querySelector("[data-feedback-box]");
  box.hidden = false;
  box.className = `feedback feedback--${isRight ? "right" : "again"}`;
  for (const part of box.querySelectorAll("[data-sign-right],[data-word-right]")) part.hidden = !isRight;
  for (const part of box.querySelectorAll("[data-sign-again],[data-word-again]")) part.hidden = isRight;
  const said = inputs
    .filter((input) => input.checked)
    .map((input) => {
      const line = document.createElement("p");
      line.textContent = input.dataset.feedback;
      return line;
    });
  box.querySelector("[data-feedback-text]").replaceChildren(...said);
}

/** Answer every practice form of the page here instead of on a page of its own. */
export function startPractice(page, main) {
  for (const form of page.querySelectorAll("[data-practice]")) {
    const inputs = [...form.querySelectorAll("input[name=option]")];
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
      if (!chosen.length) {
        inputs[0].focus();
        return;
      }
      const options = inputs.map((input) => ({ id: input.value, correct: input.dataset.right === "yes" }));
      const points = grade(form.dataset.type, options, chosen);
      for (const input of inputs) {
        const label = input.closest(".option");
        label.classList.toggle("option--right", input.checked && input.dataset.right === "yes");
        label.classList.toggle("option--wrong", input.checked && input.dataset.right === "no");
      }
      show(form, inputs, points === 1);
      record(main, "practice_answered", { block: form.dataset.practice, chosen, points });
    });
  }
}
