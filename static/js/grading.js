// Points for practice answers, by the same rules as the school's own (assessments/grading.py, which explains them); the
// shared vectors (tests/vectors/grading.json) hold both. A question is `{type, options, matches?, …}`, an answer a list
// of strings.
const ALMOST = 0.5;
const MOST_TYPED = 200;
const LOOK_ALIKES = /['‘’‛ʹʻ′´`Ꞌꞌ՚＇]/g;
const SPACES = /[ \t\n\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+/g;
const MARKS = /[\u0300-\u036f]/g;

/** The key under which typed words are equal: look-alikes of the glottal sign, accents, case, spaces. */
export function typedKey(text) {
  const decomposed = text.replace(LOOK_ALIKES, "ʼ").toLowerCase().normalize("NFD");
  return decomposed.replace(MARKS, "").normalize("NFC").replace(SPACES, " ").replace(/^ | $/g, "");
}

function isOneLetterApart(one, other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start += 1;
  const rest = one.slice(start);
  const otherRest = other.slice(start);
  const same = (left, right) => left.join("") === right.join("");
  return (
    same(rest.slice(1), otherRest.slice(1)) ||
    same(rest.slice(1), otherRest) ||
    same(rest, otherRest.slice(1)) ||
    (same(rest.slice(0, 2), otherRest.slice(0, 2).reverse()) && same(rest.slice(2), otherRest.slice(2)))
  );
}

/** 1 for an accepted word, a half for one with a letter wrong (from four letters on), else 0. */
export function nearness(typed, accepted) {
  const word = typedKey(typed);
  const keys = accepted.map(typedKey);
  if (keys.includes(word)) return 1;
  const near = keys.some((key) => [...key].length >= 4 && isOneLetterApart([...word], [...key]));
  return near ? ALMOST : 0;
}

/** A typed number: «1,500» is a thousand and a half, «1,5» one and a half; null when it is none. */
export function numberOf(text) {
  const bare = text.replace(SPACES, "").replace(/^[Q%]+|[Q%]+$/g, "");
  if (bare.length > 40) return null;
  if (/^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$/.test(bare)) return Number(bare.replaceAll(",", ""));
  return /^[+-]?[0-9]+([.,][0-9]+)?$/.test(bare) ? Number(bare.replace(",", ".")) : null;
}

/** The parts of an answer written `part=value`, as pairs. */
export function split(answer) {
  return answer
    .filter((text) => text.includes("="))
    .map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]);
}

function knownOptions({ options }, answer) {
  return options.map((option) => option.id).filter((id) => answer.includes(id));
}

function inOrder({ options }, answer) {
  const known = new Set(options.map((option) => option.id));
  const places = new Map(split(answer).filter(([step, place]) => known.has(step) && /^[0-9]{1,3}$/.test(place)));
  if (places.size) return [...places.keys()].sort((one, other) => places.get(one) - places.get(other));
  return [...new Set(answer)].filter((id) => known.has(id));
}

function pairs({ options, matches }, answer) {
  const known = new Set(matches.map((match) => match.id));
  const right = new Map(split(answer).filter(([, match]) => known.has(match)));
  return options.filter(({ id }) => right.has(id)).map(({ id }) => `${id}=${right.get(id)}`);
}

function gaps(question, answer) {
  if (!question.typed) return pairs(question, answer);
  const tidy = (word) => [...word.replace(SPACES, " ").replace(/^ | $/g, "")].slice(0, MOST_TYPED).join("");
  const typed = new Map(split(answer).map(([gap, word]) => [gap, tidy(word)]));
  return question.options.filter(({ id }) => typed.get(id)).map(({ id }) => `${id}=${typed.get(id)}`);
}

/** The decisions on the way taken: in each scene reached, the first of its decisions that was chosen. */
export function way({ scenes, options }, answer) {
  const wanted = new Set([...answer, ...split(answer).map(([, decision]) => decision)]);
  const taken = [];
  let scene = scenes[0]?.id ?? null;
  while (scene !== null) {
    const next = options.find((option) => option.scene === scene && wanted.has(option.id));
    if (!next || taken.includes(next)) break;
    taken.push(next);
    scene = next.leads_to;
  }
  return taken.map((option) => option.id);
}

const CLEANERS = {
  ordering: inOrder,
  matching: pairs,
  gaps,
  number: (_question, answer) => (answer.length === 1 && numberOf(answer[0]) !== null ? answer : []),
  case: way,
  open_answer: () => [],
};

/** The part of an answer that means something for the question, in one fixed form. */
export function cleanAnswer(question, answer) {
  return (CLEANERS[question.type] ?? knownOptions)(question, answer);
}

function rightOnes(question) {
  return new Set(question.options.filter((option) => option.correct).map((option) => option.id));
}

function byShares(question, picked) {
  const right = rightOnes(question);
  const hits = picked.filter((id) => right.has(id)).length;
  return right.size ? Math.max(0, (hits - (picked.length - hits)) / right.size) : 0;
}

function byFollowers({ options }, order) {
  const ids = options.map((option) => option.id);
  const hits = order.filter((step, place) => (ids[ids.indexOf(step) - 1] ?? null) === (order[place - 1] ?? null));
  return ids.length ? hits.length / ids.length : 0;
}

function byPairs({ options }, found) {
  const right = new Set(options.map((option) => `${option.id}=${option.match}`));
  return right.size ? found.filter((pair) => right.has(pair)).length / right.size : 0;
}

function byGaps(question, found) {
  if (!question.typed) return byPairs(question, found);
  const accepted = new Map(question.options.map((option) => [option.id, option.accepted]));
  const earned = split(found).reduce((sum, [gap, word]) => sum + nearness(word, accepted.get(gap)), 0);
  return accepted.size ? earned / accepted.size : 0;
}

function byNumber({ answer, tolerance }, [typed]) {
  const value = typed === undefined ? null : numberOf(typed);
  const allowed = tolerance + 1e-9 * Math.max(1, Math.abs(answer));
  return value !== null && Math.abs(value - answer) <= allowed ? 1 : 0;
}

function byWay({ options }, taken) {
  const decisions = taken.map((id) => options.find((option) => option.id === id));
  const good = decisions.filter((option) => option.correct).length;
  const isEnded = decisions.length > 0 && decisions.at(-1).leads_to === null;
  return good / (isEnded ? taken.length : taken.length + 1);
}

function allOrNothing(question, picked) {
  return picked.length === 1 && rightOnes(question).has(picked[0]) ? 1 : 0;
}

const GRADERS = {
  multiple_choice: byShares,
  ordering: byFollowers,
  matching: byPairs,
  gaps: byGaps,
  number: byNumber,
  case: byWay,
  open_answer: () => 0,
};

/** Points from 0 to 1 for an answer. */
export function grade(question, answer) {
  return (GRADERS[question.type] ?? allOrNothing)(question, cleanAnswer(question, answer));
}
