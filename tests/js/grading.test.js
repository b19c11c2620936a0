// The rules of points, by the vectors they share with the school's own (tests/assessments/test_grading.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cleanAnswer, grade } from "../../static/js/grading.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/grading.json", import.meta.url), "utf-8"));

for (const { promise, question, answer, points } of vectors) {
  test(promise, () => {
    assert.ok(Math.abs(grade(question, answer) - points) < 1e-12);
    assert.equal(grade(question, cleanAnswer(question, answer)), grade(question, answer));
  });
}
