// The entry of every page. It is served as `js/school.js`, joined with what it imports (cms/assets.py); what only some
// pages use is fetched there.
import { startPractice } from "./practice.js";
import { startProgress } from "./progress.js";
import { startVoice } from "./voice.js";

document.documentElement.classList.add("js");

const main = document.getElementById("content");

if (document.querySelector("[data-recording],[data-say],[data-say-block],[data-say-all],[data-say-step]")) {
  startVoice(document);
}
if (
  document.querySelector("[data-activity],[data-learner],[data-progress],[data-sign-out],[data-erased],[data-offline]")
) {
  startProgress(document, main);
}
startPractice(document, main);
if (document.querySelector("[data-ordering],[data-number],[data-spots],[data-case],[data-speaking]")) {
  import("./questions.js").then((questions) => questions.startQuestions(document));
}
if (document.querySelector("[data-quiz],[data-attempt-sent]")) {
  import("./quiz.js").then((quiz) => quiz.start(document, main));
}
if (document.querySelector("[data-picture-secret]")) {
  import("./pictures.js").then((pictures) => pictures.start(document));
}
