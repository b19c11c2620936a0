// The rule of points, by the vectors it shares with the school's own (tests/assessments/test_grading.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { grade } from "../../static/js/grading.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/grading.json", import.meta.url), "utf-8"));

for (const { promise, type, options, chosen, points } of vectors) {
  test(promise, () => {
    const known = options.map(([id, correct]) => ({ id, correct }));
    assert.ok(Math.abs(grade(type, known, chosen) - points) < 1e-12);
  });
}
