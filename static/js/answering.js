// Reading an answer from a form's fields, by the same names as the school (assessments/answering.py).

/** The answer to one question as grading understands it: a list of strings. `fields` are `[name, value]` pairs. */
export function answerFrom(fields, prefix) {
  const start = `${prefix}.`;
  const words = fields.filter(
    ([name, value]) => typeof value === "string" && value.trim() && name !== `${start}seconds`,
  );
  return [
    ...words.filter(([name]) => name === prefix).map(([, value]) => value),
    ...words.filter(([name]) => name.startsWith(start)).map(([name, value]) => `${name.slice(start.length)}=${value}`),
  ];
}
