// Easier ways to fill in some questions. Each only fills the fields that are there without it, so that whoever reads the
// form, and whoever comes without script, sees the same answer. Pairs and gaps keep the phone's own lists: they are
// tapped, not dragged, and every phone and screen reader knows them.

const NEAR_ENOUGH = 56;

function changed(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

function stepButton({ label, select }) {
  const button = document.createElement("button");
  const place = document.createElement("b");
  button.type = "button";
  button.className = label.className;
  place.className = "option__number";
  button.append(place, ...label.childNodes);
  label.replaceWith(button);
  select.hidden = true;
  return { button, place, select, words: button.textContent.trim() };
}

/** Tap the steps one after another; a second tap takes one back. */
function ordering(list) {
  const told = list.querySelector("[data-said]");
  const steps = [...list.querySelectorAll(".option-row")].map((row) =>
    stepButton({ label: row.querySelector("label"), select: row.querySelector("select") }),
  );
  const inOrder = () =>
    steps.filter((step) => step.select.value).sort((one, other) => one.select.value - other.select.value);
  const draw = () => {
    for (const { button, place, select } of steps) {
      place.textContent = select.value;
      button.setAttribute("aria-pressed", String(Boolean(select.value)));
    }
  };
  const put = (order) => {
    for (const step of steps) step.select.value = String(order.indexOf(step) + 1 || "");
    draw();
  };
  for (const step of steps) {
    step.button.addEventListener("click", () => {
      const order = inOrder();
      const isTaken = order.includes(step);
      put(isTaken ? order.filter((other) => other !== step) : [...order, step]);
      const says = isTaken ? list.dataset.takesBack : list.dataset.says;
      told.textContent = says.replace("%n", step.select.value).replace("%step", step.words);
      changed(list);
    });
  }
  list.addEventListener("change", draw);
  put(inOrder());
}

/** One more, one less. */
function counting(row) {
  const input = row.querySelector("input");
  for (const button of row.querySelectorAll("[data-step-by]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const now = Number(input.value.replace(",", ".")) || 0;
      input.value = String(Math.round((now + Number(button.dataset.stepBy)) * 1000) / 1000);
      changed(input);
    });
  }
}

function distance(spot, { clientX, clientY }) {
  const box = spot.querySelector("circle").getBoundingClientRect();
  return Math.hypot(box.x + box.width / 2 - clientX, box.y + box.height / 2 - clientY);
}

/** A tap on a place of the picture, or near it, chooses its card. */
function pointing(picture) {
  const spots = [...picture.querySelectorAll("[data-spot]")];
  const question = picture.closest("fieldset");
  const inputOf = (spot) => question.querySelector(`input[value="${spot.dataset.spot}"]`);
  const draw = () => {
    for (const spot of spots) spot.classList.toggle("is-chosen", inputOf(spot).checked);
  };
  picture.addEventListener("click", (tap) => {
    const [nearest] = [...spots].sort((one, other) => distance(one, tap) - distance(other, tap));
    if (distance(nearest, tap) <= NEAR_ENOUGH) inputOf(nearest).click();
  });
  question.addEventListener("change", draw);
  draw();
}

/** The scenes of a case one after another: each decision opens the next. */
function telling(box) {
  const scenes = [...box.querySelectorAll("[data-scene]")];
  const told = box.querySelector("[data-said]");
  const again = box.querySelector("[data-from-start]");
  const chosenIn = (scene) => scene.querySelector("input:checked");
  const wayTaken = () => {
    const way = [];
    let scene = scenes[0];
    while (scene) {
      way.push(scene);
      const next = chosenIn(scene)?.dataset.leadsTo;
      scene = next && scenes.find((other) => other.dataset.scene === next);
    }
    return way;
  };
  const draw = () => {
    const way = wayTaken();
    for (const scene of scenes) {
      scene.hidden = !way.includes(scene);
      if (scene.hidden && chosenIn(scene)) chosenIn(scene).checked = false;
      for (const follows of scene.querySelectorAll("[data-follows]")) {
        follows.hidden = follows.dataset.follows !== chosenIn(scene)?.value;
      }
    }
    again.hidden = !chosenIn(scenes[0]);
    return way;
  };
  box.addEventListener("change", () => {
    const isEnded = chosenIn(draw().at(-1));
    told.textContent = isEnded ? told.dataset.ends : told.dataset.says;
  });
  again.addEventListener("click", () => {
    for (const input of box.querySelectorAll("input:checked")) input.checked = false;
    changed(box);
    told.textContent = "";
    scenes[0].querySelector("input").focus();
  });
  draw();
}

const WIDGETS = {
  "[data-ordering]": ordering,
  "[data-number]": counting,
  "[data-spots]": pointing,
  "[data-case]": telling,
};

/** Offer the easier ways wherever this page has a question for them. */
export function startQuestions(page) {
  for (const [selector, widget] of Object.entries(WIDGETS)) {
    for (const element of page.querySelectorAll(selector)) widget(element);
  }
  if (page.querySelector("[data-speaking]")) {
    import("./speaking.js").then((speaking) => speaking.startSpeaking(page));
  }
}
