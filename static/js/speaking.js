// Answering with one's voice: record, stop, listen, delete. The recording becomes the file of the field that is there
// without script; phones that cannot record here keep that field.

const MOST_MILLISECONDS = 60_000;
const BITS_A_SECOND = 24_000;

function tools(box) {
  const find = (name) => box.querySelector(`[data-${name}]`);
  const input = box.querySelector("input[type=file]");
  const told = find("told");
  const first = told.textContent;
  let recorder = null;
  let player = null;

  const show = (state) => {
    find("record").hidden = state !== "empty";
    find("stop").hidden = state !== "recording";
    find("hear").hidden = find("delete").hidden = state !== "kept";
  };
  const keep = (pieces, type) => {
    const file = new File(pieces, "voz", { type });
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
    told.textContent = told.dataset.recorded.replace("%size", String(Math.ceil(file.size / 1000)));
    show("kept");
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const record = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const pieces = [];
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_A_SECOND });
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      keep(pieces, recorder.mimeType);
    });
    recorder.start();
    setTimeout((running) => running.state === "recording" && running.stop(), MOST_MILLISECONDS, recorder);
    told.textContent = told.dataset.recordingNow;
    show("recording");
  };
  const hush = () => {
    player?.close();
    player = null;
  };
  const hear = async () => {
    hush();
    player = new AudioContext();
    const source = player.createBufferSource();
    source.buffer = await player.decodeAudioData(await input.files[0].arrayBuffer());
    source.connect(player.destination);
    source.onended = hush;
    source.start();
  };

  find("record").addEventListener("click", () =>
    record().catch(() => {
      told.textContent = told.dataset.refused;
    }),
  );
  find("stop").addEventListener("click", () => recorder.stop());
  find("hear").addEventListener("click", () => (player ? hush() : hear()));
  find("delete").addEventListener("click", () => {
    hush();
    input.value = "";
    told.textContent = first;
    show("empty");
    find("record").focus();
  });
  find("speaking-file").hidden = true;
  find("speaking-tools").hidden = false;
  show("empty");
}

/** Offer recording where the phone can and may. */
export function startSpeaking(page) {
  if (!globalThis.MediaRecorder || !navigator.mediaDevices?.getUserMedia) return;
  for (const box of page.querySelectorAll("[data-speaking]")) tools(box);
}
