// Reading aloud: a human recording where there is one (fetched on tap), else the phone's own Spanish voice, at no cost.
const synthesis = globalThis.speechSynthesis;
let playing = null;

/** The phone's own Spanish voice; voices that need the network cost data and are not used. */
export function localVoice(voices) {
  const spanish = voices.filter((voice) => voice.localService && voice.lang.toLowerCase().startsWith("es"));
  return spanish.find((voice) => /^es[-_](gt|mx|us|419)/i.test(voice.lang)) ?? spanish[0] ?? null;
}

/** Text cut into pieces that old phones can say without stopping: sentences of at most 180 letters. */
export function sentences(text) {
  const found =
    text
      .replace(/\s+/g, " ")
      .trim()
      .match(/[^.?:;]+[.?:;]?/g) ?? [];
  return found.flatMap((piece) => piece.trim().match(/.{1,180}(?:\s|$)|\S{180}/g) ?? []).map((piece) => piece.trim());
}

const SKIPPED =
  "button, summary, .sources, .awaits-review, .fallback-sign, [hidden], [data-feedback-box][hidden], .field__help, input, textarea, svg, nav";

/** What a person would read of an element: Spanish only, without buttons and sources. */
export function readable(element) {
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll(SKIPPED)) part.remove();
  // the same list of choices stands beside each part of a question: once is enough
  for (const list of [...copy.querySelectorAll("select")].slice(1)) list.remove();
  for (const part of copy.querySelectorAll("[lang]")) if (!part.lang.startsWith("es")) part.remove();
  for (const part of copy.querySelectorAll("h1,h2,h3,p,li,legend,label,blockquote,option")) part.append(". ");
  return copy.textContent.replace(/([.?:])\s*\.\s/g, "$1 ");
}

function stop() {
  synthesis?.cancel();
  playing?.audio?.pause();
  playing?.button.setAttribute("aria-pressed", "false");
  playing = null;
}

function say(button, text, voice) {
  const wasPlaying = playing?.button === button;
  stop();
  if (wasPlaying) return;
  playing = { button };
  button.setAttribute("aria-pressed", "true");
  const pieces = sentences(text);
  pieces.forEach((piece, place) => {
    const utterance = new SpeechSynthesisUtterance(piece);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.9;
    if (place === pieces.length - 1) utterance.onend = () => playing?.button === button && stop();
    synthesis.speak(utterance);
  });
}

function playRecording(button) {
  const wasPlaying = playing?.button === button;
  stop();
  if (wasPlaying) return;
  const audio = new Audio(button.dataset.recording);
  playing = { button, audio };
  button.setAttribute("aria-pressed", "true");
  audio.onended = stop;
  audio.play().catch(stop);
}

function textFor(button, page) {
  if (button.dataset.say) return readable(page.querySelector(button.dataset.say));
  if ("sayAll" in button.dataset) {
    return [page.querySelector("h1"), ...page.querySelectorAll(".block")].map(readable).join(" ");
  }
  return readable(button.closest("[data-step], .block, form"));
}

function offer(page, voice) {
  for (const button of page.querySelectorAll("[data-say],[data-say-block],[data-say-all],[data-say-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if ("marksHeard" in button.dataset) page.querySelector("[name=heard]").value = "1";
      say(button, textFor(button, page), voice);
    });
  }
  for (const note of page.querySelectorAll("[data-voice-note]")) note.hidden = false;
}

/** Offer listening wherever this phone can: recordings always, the machine voice where there is a local one. */
export function startVoice(page) {
  for (const button of page.querySelectorAll("[data-recording]")) {
    button.hidden = false;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      playRecording(button);
    });
  }
  if (!synthesis) return;
  let offered = false;
  const look = () => {
    const voice = localVoice(synthesis.getVoices());
    if (voice && !offered) {
      offered = true;
      offer(page, voice);
    }
  };
  look();
  synthesis.addEventListener?.("voiceschanged", look);
  addEventListener("pagehide", stop);
}
