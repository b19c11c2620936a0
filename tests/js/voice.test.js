// Reading aloud: the phone's own Spanish voice only, in pieces that old phones can say.
import assert from "node:assert/strict";
import test from "node:test";
import { localVoice, sentences } from "../../static/js/voice.js";

const voice = (lang, localService = true) => ({ lang, localService });

test("a voice that needs the network is not used", () => {
  assert.equal(localVoice([voice("es-GT", false), voice("es-ES", false)]), null);
});

test("a voice of another language is not used", () => {
  assert.equal(localVoice([voice("en-US"), voice("pt-BR")]), null);
});

test("a voice of the region comes before one from elsewhere", () => {
  const near = voice("es-MX");
  assert.equal(localVoice([voice("es-ES"), near]), near);
});

test("old phones write languages with an underscore", () => {
  const near = voice("es_US");
  assert.equal(localVoice([voice("es_ES"), near]), near);
});

test("any local Spanish voice will do where there is no nearer one", () => {
  const only = voice("es-ES");
  assert.equal(localVoice([voice("en-US"), only]), only);
});

test("a text is said sentence by sentence", () => {
  assert.deepEqual(sentences("Uno. ¿Dos?  Tres:\n cuatro; cinco"), ["Uno.", "¿Dos?", "Tres:", "cuatro;", "cinco"]);
});

test("no piece is longer than 180 letters and no word is lost", () => {
  const text = Array.from({ length: 120 }, (_, number) => `palabra${number}`).join(" ");
  const pieces = sentences(text);

  assert.ok(pieces.every((piece) => piece.length <= 180));
  assert.equal(pieces.join(" "), text);
});

test("a word longer than a piece is not lost", () => {
  const word = "x".repeat(400);

  assert.equal(sentences(word).join(""), word);
});

test("an empty text says nothing", () => {
  assert.deepEqual(sentences("  \n "), []);
});
