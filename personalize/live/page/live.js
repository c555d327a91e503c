// Frames of a camera or a film go to the program, and are shown when its answers come.

import { Drawing, readAnswer } from "./draw.js";

const SIDE = 640; // pixels of a frame's longer side, at most
const HERE = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
const QUALITY = 0.9; // of the JPEG of a frame that goes further than this machine
const STORED = 8; // frames that wait for their answers
const SECOND = 1000; // milliseconds over which rates are taken

const $ = (id) => document.getElementById(id);
const [video, view] = [$("video"), $("view")];
const state = {
  socket: null, drawing: null, stream: null, number: 0, sending: false, running: false,
  waiting: new Map(), // canvases of frames by their number, oldest first
  free: [], shown: [], delays: [], recording: 0, answers: 0, last: null,
};
window.live = state; // for whoever looks at it from outside: a test

connect();

function connect() {
  const socket = new WebSocket(new URL("socket", location.href.replace(/^http/, "ws")));
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : answer(data));
  socket.onclose = () => {
    turnOff();
    $("about").textContent = "not connected";
    if ($("message").hidden) say("The program has ended, or was started anew: open its new link.", true);
    $("camera").disabled = $("file").disabled = true;
  };
  state.socket = socket;
}

function hear(message) {
  if (message.say === "hello") {
    state.drawing = new Drawing(view, message);
    $("about").textContent = `${message.person}, ${message.engine}`;
  } else if (message.say === "dropped") {
    release(message.number);
  } else if (message.say === "error") {
    if (message.number !== undefined) release(message.number);
    say(message.sentence, true);
    recorded(false);
  } else if (message.say === "closed") {
    say(message.sentence, true);
  } else if (message.say === "recording") {
    recorded(true);
  } else if (message.say === "writing") {
    recorded(false);
    $("record").disabled = true;
    say(`Writing ${message.frames} frames …`);
  } else if (message.say === "written") {
    $("record").disabled = !state.running;
    say(`Written: ${message.folder} (${message.frames} frames), with its report.`);
  }
}

function say(sentence, wrong = false) {
  $("message").textContent = sentence;
  $("message").className = wrong ? "wrong" : "";
  $("message").hidden = !sentence;
}

// frames out

async function useCamera() {
  try {
    const wanted = { width: { ideal: SIDE }, frameRate: { ideal: 30 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    turnOff();
    state.stream = stream;
    video.srcObject = stream;
    await turnOn();
  } catch (error) {
    const why = navigator.mediaDevices ? error.message : "a page without https may not use it";
    say(`The camera cannot be used (${why}); open a video instead.`, true);
  }
}

async function useFile(file) {
  turnOff();
  video.src = URL.createObjectURL(file);
  video.loop = true;
  try {
    await turnOn();
  } catch (error) {
    say(`${file.name}: this browser cannot play it (${error.message}).`, true);
  }
}

async function turnOn() {
  await video.play();
  say("");
  state.running = true;
  $("start").hidden = true;
  $("record").disabled = $("stop").disabled = false;
  next();
}

function turnOff() {
  if (state.recording) state.socket.send(JSON.stringify({ do: "stop" }));
  state.running = false;
  state.stream?.getTracks().forEach((track) => track.stop());
  if (video.src) URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.srcObject = state.stream = null;
  video.loop = false;
  $("start").hidden = false;
  $("record").disabled = $("stop").disabled = true;
  $("seen").textContent = "nothing to see yet";
  $("seen").className = "";
  state.shown = [];
  state.delays = [];
  $("rate").textContent = $("delay").textContent = $("took").textContent = "–";
}

function next() {
  if (!state.running) return;
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(capture);
  else requestAnimationFrame(capture);
}

async function capture(now) {
  next();
  if (state.sending || !video.videoWidth || state.socket.readyState !== WebSocket.OPEN) return;
  const canvas = state.free.pop() ?? (state.waiting.size < STORED ? document.createElement("canvas") : null);
  if (!canvas) return; // too many wait: this frame is left out
  state.sending = true;
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  const [width, height] = [video.videoWidth, video.videoHeight].map((side) => even(side * scale));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: HERE });
  context.drawImage(video, 0, 0, width, height);
  const number = ++state.number, time = performance.now();
  state.waiting.set(number, canvas);
  const picture = HERE ? context.getImageData(0, 0, width, height).data : await code(canvas);
  const message = new Uint8Array(16 + picture.length), head = new DataView(message.buffer);
  head.setUint32(0, number, true);
  head.setFloat64(4, time, true);
  head.setUint16(12, HERE ? width : 0, true);
  head.setUint16(14, HERE ? height : 0, true);
  message.set(picture, 16);
  if (state.socket.readyState === WebSocket.OPEN) state.socket.send(message);
  state.sending = false;
}

async function code(canvas) {
  const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return new Uint8Array(await jpeg.arrayBuffer());
}

function even(side) {
  return 2 * Math.round(side / 2);
}

// answers in

function answer(buffer) {
  const found = readAnswer(buffer), frame = state.waiting.get(found.number);
  if (frame && state.running) {
    state.drawing.show(frame, found, wishes());
    state.answers += 1;
    state.last = found;
    measure(found);
  }
  release(found.number);
}

// Those before have been answered, or dropped.
function release(number) {
  for (const [waiting, canvas] of state.waiting) {
    if (waiting > number) break;
    state.waiting.delete(waiting);
    state.free.push(canvas);
  }
}

function wishes() {
  const chosen = new FormData($("controls"));
  return {
    style: chosen.get("style"), background: chosen.get("background"), colour: $("colour").value,
    joints: $("joints").checked, crop: $("crop").checked,
  };
}

function measure(found) {
  const now = performance.now();
  state.shown.push(now);
  state.delays.push(now - found.time);
  while (state.shown[0] < now - SECOND) {
    state.shown.shift();
    state.delays.shift();
  }
  if (now - (state.told ?? 0) < 250) return; // numbers that flicker cannot be read
  state.told = now;
  const span = now - state.shown[0];
  $("rate").textContent = span > 0 ? (SECOND * (state.shown.length - 1) / span).toFixed(0) : "–";
  $("delay").textContent = middle(state.delays).toFixed(0);
  $("took").textContent = found.took.toFixed(0);
  $("dropped").textContent = found.dropped;
  $("seen").className = found.seen;
  $("seen").textContent = { yes: "following", no: "looking for somebody", doubt: "in doubt" }[found.seen];
  if (state.recording) $("length").textContent = clock((now - state.recording) / SECOND);
}

function middle(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function recorded(on) {
  state.recording = on ? performance.now() : 0;
  $("recording").hidden = !on;
  $("record").lastElementChild.textContent = on ? "Stop recording" : "Record";
}

// buttons

$("camera").onclick = useCamera;
$("file").onchange = ({ target }) => {
  if (target.files.length) useFile(target.files[0]);
  target.value = "";
};
$("stop").onclick = turnOff;
$("record").onclick = () => {
  const wanted = state.recording ? "stop" : "record";
  state.socket.send(JSON.stringify({ do: wanted }));
};
$("picture").onchange = async ({ target }) => {
  if (!target.files.length) return;
  try {
    state.drawing.picture = await createImageBitmap(target.files[0]);
    document.querySelector("[value=picture]").checked = true;
  } catch {
    say(`${target.files[0].name}: this browser cannot read it as a picture.`, true);
  }
};
view.onclick = ({ offsetX, offsetY }) => {
  if (!state.running) return;
  // the picture keeps its shape in the middle of the element
  const scale = Math.min(view.clientWidth / view.width, view.clientHeight / view.height);
  const x = (offsetX - (view.clientWidth - view.width * scale) / 2) / scale;
  const y = (offsetY - (view.clientHeight - view.height * scale) / 2) / scale;
  if (x >= 0 && y >= 0 && x < view.width && y < view.height) {
    state.socket.send(JSON.stringify({ do: "point", x, y }));
  }
};
