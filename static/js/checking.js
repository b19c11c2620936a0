// The page that checks a field credential: its token stands behind `#` and never leaves the phone, unless the browser
// cannot check it and the school has to. All words stand in the page.
import { canCheck, check, isName } from "./credential.js";

const PATIENCE = 2_500;
const EVERY = 250;
const OLD_LIST = 30;

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const json = (response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status))));

/** The public keys and status lists: fresh ones (`no-cache`), or what this phone keeps, of whatever age. */
async function listsFrom(place, cache) {
  const asked = [place.dataset.keys, place.dataset.status].map((url) => fetch(url, { cache, credentials: "omit" }));
  const [keys, status] = await Promise.all(asked.map(async (answer) => json(await answer)));
  return { keys: keys.keys, rounds: keys.rounds, lists: status.lists };
}

/** Today where the cards are used, whatever zone the phone is set to. */
const todayIn = (timeZone) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date());

/** What is known of a token, told as it becomes known: first what is at hand, then what the network brings late. */
async function verdicts(place, token, tell) {
  const checked = async ({ keys, rounds, lists }) => {
    const verdict = await check(token, keys, lists, todayIn(place.dataset.timeZone));
    return { ...verdict, belongs: async (name) => isName(name, verdict.facts, rounds) };
  };
  const fresh = listsFrom(place, "no-cache").catch(() => null);
  const inTime = await Promise.race([fresh, wait(PATIENCE)]);
  const found = inTime ?? (await listsFrom(place, "force-cache").catch(() => null));
  const first = found && (await checked(found));
  if (first) tell(first);
  const late = inTime === undefined ? await fresh : null;
  const last = late && (await checked(late));
  if (!first && !last) tell({ state: "unknown", reason: "no_network" });
  // the same answer is not told twice: she may be typing the name already
  else if (last && (last.state !== first?.state || last.listAge !== first?.listAge)) tell(last);
}

/** The school's own verdict, for browsers without Ed25519 and for pages that are not on HTTPS. */
async function askSchool(place, token, tell) {
  const ask = async (name) => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ token, name });
    return json(await fetch(place.dataset.check, { method: "POST", headers, body, credentials: "omit" }));
  };
  try {
    tell({ ...(await ask("")), belongs: async (name) => (await ask(name)).belongs === true });
  } catch (problem) {
    tell({ state: "unknown", reason: problem.message === "429" ? "wait" : "cannot" });
  }
}

function ageInWords(words, days) {
  if (days < 2) return days ? words.yesterday : words.today;
  return words.days.replace("%n", days);
}

function dateInWords(day) {
  const language = document.body.lang || document.documentElement.lang;
  const style = new Intl.DateTimeFormat([`${language}-GT`, "es-GT"], { dateStyle: "long", timeZone: "UTC" });
  return style.format(new Date(day));
}

const SHOWN = {
  issuer: (facts) => facts.issuer,
  code: ({ code }) => (code.length === 10 ? `${code.slice(0, 5)} ${code.slice(5)}` : code),
  role: (facts) => facts.role,
  place: (facts) => facts.place,
  validFrom: (facts) => dateInWords(facts.validFrom),
  validTo: (facts) => dateInWords(facts.validTo),
};

function fill(answer, { reason, facts, listAge }) {
  for (const cell of answer.querySelectorAll("[data-fact]")) {
    cell.textContent = SHOWN[cell.dataset.fact](facts);
    if (["role", "place"].includes(cell.dataset.fact)) cell.lang = facts.language;
    cell.closest("[data-row]").hidden = !cell.textContent;
  }
  for (const why of answer.querySelectorAll("[data-reason]")) why.hidden = why.dataset.reason !== reason;
  for (const age of answer.querySelectorAll("[data-list-age]")) age.textContent = ageInWords(age.dataset, listAge);
  for (const old of answer.querySelectorAll("[data-list-old]")) old.hidden = !(listAge > OLD_LIST);
}

/** What a card shows and what it does not stands below every answer, with whose training it is. */
function addStatement(answer, statement, facts) {
  const words = statement.querySelector("[data-by]");
  words.textContent = facts ? words.dataset.by.replace("%issuer", facts.issuer) : words.dataset.anybody;
  answer.append(statement);
}

function askingName(answer, belongs) {
  const form = answer.querySelector("form");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = form.elements.name.value.trim();
    if (!typed) return;
    const told = await belongs(typed).then(
      (isHers) => (isHers ? "yes" : "no"),
      () => "unsaid",
    );
    for (const said of form.querySelectorAll("[data-name]")) {
      said.hidden = said.dataset.name !== told;
      const words = said.querySelector("[data-words]");
      words.textContent = words.dataset.words.replace("%name", typed);
    }
  });
}

/** Show a verdict in the template of its kind. */
function showing(place) {
  const answer = place.querySelector("[data-card-answer]");
  const statement = document.querySelector("[data-statement]");
  return (verdict) => {
    const kind = verdict.state === "unknown" && verdict.reason !== "foreign" ? "unsaid" : verdict.state;
    const template = place.querySelector(`template[data-kind="${kind}"]`);
    answer.replaceChildren(template.content.cloneNode(true));
    delete answer.dataset.state;
    if (kind === "waiting") return;
    fill(answer, verdict);
    addStatement(answer, statement, verdict.facts);
    askingName(answer, verdict.belongs);
    answer.dataset.state = verdict.state;
  };
}

/** The camera of this phone, read until a code comes or she stops it. */
async function scan(place, button, found) {
  const camera = place.querySelector("[data-camera]");
  const video = camera.querySelector("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    camera.hidden = true;
    button.hidden = false;
  };
  camera.querySelector("button").addEventListener("click", stop, { once: true });
  addEventListener("pagehide", stop, { once: true });
  camera.hidden = false;
  button.hidden = true;
  video.srcObject = stream;
  await video.play();
  camera.scrollIntoView({ block: "nearest" });
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  while (!camera.hidden) {
    const [code] = await detector.detect(video).catch(() => []);
    if (code) {
      stop();
      found(code.rawValue);
    }
    await wait(EVERY);
  }
}

async function canScan() {
  if (!globalThis.isSecureContext || !navigator.mediaDevices || !globalThis.BarcodeDetector) return false;
  return (await globalThis.BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

async function offerScanning(place, take) {
  const button = place.querySelector("[data-scan]");
  const words = place.querySelector("[data-scan-words]");
  const isPossible = await canScan();
  button.hidden = !isPossible;
  words.hidden = isPossible;
  button.addEventListener("click", async () => {
    try {
      await scan(place, button, take);
    } catch {
      button.hidden = true; // no camera, or she does not let the page use it
      words.hidden = false;
    }
  });
}

/** Start on the checking page: the card in its address, the next card, and keeping the page for when there is no network. */
export function start(place) {
  const show = showing(place);
  let latest = null;
  const look = async (token) => {
    const turn = Symbol(token);
    latest = turn;
    show({ state: "waiting" });
    // what the network brings late of a card before this one is told no more
    await ((await canCheck()) ? verdicts : askSchool)(place, token, (verdict) => latest === turn && show(verdict));
    place.querySelector("[data-card-answer]").scrollIntoView({ block: "nearest" });
  };
  const take = (text) => {
    const page = URL.canParse?.(text) ? new URL(text) : null;
    if (page?.origin === location.origin && !page.hash) location.assign(page);
    else look(text.slice(text.indexOf("#") + 1));
  };
  const takeAddress = () => {
    const token = location.hash.slice(1);
    if (!token || token === "content") return false;
    // no list of cards that were checked stays in a phone's history
    history.replaceState(null, "", location.pathname);
    look(token);
    return true;
  };

  // without a card to check, what is kept is renewed for the next one
  if (!takeAddress()) listsFrom(place, "no-cache").catch(() => null);
  addEventListener("hashchange", takeAddress);
  // the school leads a typed code on: who is still here has the kept page before her
  if (new URLSearchParams(location.search).has("code")) show({ state: "unknown", reason: "typed" });
  offerScanning(place, take);
  navigator.serviceWorker?.register(place.dataset.worker, { scope: place.dataset.scope }).catch(() => null);
}

start(document.querySelector("[data-card-check]"));
