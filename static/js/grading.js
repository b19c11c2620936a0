// Points for practice answers, by the same rule as the school's own (assessments/grading.py); shared vectors hold both.

/** Points from 0 to 1. `options` are `{id, correct}`, `chosen` option ids. */
export function grade(type, options, chosen) {
  const right = new Set(options.filter((option) => option.correct).map((option) => option.id));
  const known = new Set(options.map((option) => option.id));
  const picked = [...new Set(chosen)].filter((id) => known.has(id));
  if (type !== "multiple_choice") return picked.length === 1 && right.has(picked[0]) ? 1 : 0;
  const hits = picked.filter((id) => right.has(id)).length;
  return right.size ? Math.max(0, (hits - (picked.length - hits)) / right.size) : 0;
}
