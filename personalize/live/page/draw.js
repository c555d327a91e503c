// What is drawn: a frame, what was found in it, and whatever is to be behind the person.
// The maps of an answer are those of the canvas that the network looked at; they are enlarged here.

const RIGHT = "rgb(255,170,40)", LEFT = "rgb(60,190,255)", MIDDLE = "#fff", DARK = "rgb(20,20,20)";
const SURE = 0.3, HIDDEN = 0.05; // confidence of joints that are drawn whole, and at all
const TINT = 0.45; // opacity of parts
const HALF = 127.5; // coverage from which a pixel is the silhouette's
const BLUR = 14; // times that a blurred background is smaller in between

export function readAnswer(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const [cols, rows] = answer.canvas, size = cols * rows;
  answer.coverage = new Uint8Array(buffer, 4 + length, size);
  answer.labels = new Uint8Array(buffer, 4 + length + size, size);
  return answer;
}

export class Drawing {
  constructor(view, hello) {
    this.view = view;
    this.context = view.getContext("2d", { alpha: false });
    this.limbs = hello.limbs;
    this.sides = hello.joints.map((name) =>
      name.startsWith("right_") ? RIGHT : name.startsWith("left_") ? LEFT : MIDDLE);
    // words of blue, green and red, below the byte of opacity
    this.palette = Uint32Array.from(hello.parts, ({ colour: [r, g, b] }) => (b << 16) | (g << 8) | r);
    [this.mask, this.tint, this.person, this.small] = [0, 0, 0, 0].map(() =>
      document.createElement("canvas"));
    this.picture = null;
  }

  show(frame, answer, wish) {
    const { context } = this, [width, height] = [frame.width, frame.height];
    if (this.view.width !== width || this.view.height !== height) {
      this.view.width = width;
      this.view.height = height;
    }
    const [left, top, right, bottom] = answer.edges;
    const place = [left, top, right - left, bottom - top];
    if (wish.background === "keep") {
      context.drawImage(frame, 0, 0);
    } else {
      this.background(frame, wish);
      this.cutOut(frame, answer, place);
      context.drawImage(this.person, 0, 0);
    }
    const unit = Math.max(1, Math.min(width, height) / 240);
    if (wish.style === "parts") {
      this.paint(answer);
      context.drawImage(this.tint, ...place);
    }
    if (wish.style !== "none") this.outline(answer, unit);
    if (wish.joints) this.skeleton(answer.joints, unit);
    if (wish.crop && answer.seen !== "no") {
      context.setLineDash([8, 6]);
      context.strokeStyle = "#fffc";
      context.lineWidth = 2;
      context.strokeRect(...place);
      context.setLineDash([]);
    }
  }

  background(frame, wish) {
    const { context } = this, [width, height] = [frame.width, frame.height];
    if (wish.background === "blur") {
      const small = resize(this.small, Math.ceil(width / BLUR), Math.ceil(height / BLUR));
      small.drawImage(frame, 0, 0, this.small.width, this.small.height);
      context.imageSmoothingQuality = "high";
      context.drawImage(this.small, 0, 0, width, height);
    } else if (wish.background === "picture" && this.picture) {
      const scale = Math.max(width / this.picture.width, height / this.picture.height);
      const [w, h] = [this.picture.width * scale, this.picture.height * scale];
      context.drawImage(this.picture, (width - w) / 2, (height - h) / 2, w, h);
    } else {
      context.fillStyle = wish.colour;
      context.fillRect(0, 0, width, height);
    }
  }

  // The person alone, with soft edges, as large as the frame.
  cutOut(frame, { coverage, canvas: [cols, rows] }, place) {
    const mask = resize(this.mask, cols, rows), image = mask.createImageData(cols, rows);
    const words = new Uint32Array(image.data.buffer);
    for (let k = 0; k < words.length; k++) words[k] = coverage[k] << 24;
    mask.putImageData(image, 0, 0);
    const person = resize(this.person, frame.width, frame.height);
    person.globalCompositeOperation = "copy";
    person.drawImage(this.mask, ...place);
    person.globalCompositeOperation = "source-in";
    person.drawImage(frame, 0, 0);
  }

  // Colours of the parts, in pixels of the canvas.
  paint({ coverage, labels, canvas: [cols, rows] }) {
    const tint = resize(this.tint, cols, rows), image = tint.createImageData(cols, rows);
    const words = new Uint32Array(image.data.buffer);
    for (let k = 0; k < words.length; k++) {
      if (labels[k]) words[k] = ((TINT * coverage[k]) << 24) | this.palette[labels[k]];
    }
    tint.putImageData(image, 0, 0);
  }

  // The line at which half of a pixel is covered: between the centres of every four neighbours
  // (marching squares).
  outline({ coverage, canvas: [cols, rows], edges }, unit) {
    const { context } = this, [left, top, right, bottom] = edges;
    const [dx, dy] = [(right - left) / cols, (bottom - top) / rows];
    const at = new Float64Array(8);
    context.beginPath();
    for (let row = 0, k = 0; row < rows - 1; row++, k++) {
      for (let col = 0; col < cols - 1; col++, k++) {
        const a = coverage[k], b = coverage[k + 1];
        const c = coverage[k + cols + 1], d = coverage[k + cols];
        const above = (a > HALF) + (b > HALF) + (c > HALF) + (d > HALF);
        if (above === 0 || above === 4) continue;
        let n = 0;
        if ((a > HALF) !== (b > HALF)) { at[n++] = (HALF - a) / (b - a); at[n++] = 0; }
        if ((b > HALF) !== (c > HALF)) { at[n++] = 1; at[n++] = (HALF - b) / (c - b); }
        if ((d > HALF) !== (c > HALF)) { at[n++] = (HALF - d) / (c - d); at[n++] = 1; }
        if ((a > HALF) !== (d > HALF)) { at[n++] = 0; at[n++] = (HALF - a) / (d - a); }
        for (let m = 0; m + 3 < n; m += 4) {
          context.moveTo(left + (col + 0.5 + at[m]) * dx, top + (row + 0.5 + at[m + 1]) * dy);
          context.lineTo(left + (col + 0.5 + at[m + 2]) * dx, top + (row + 0.5 + at[m + 3]) * dy);
        }
      }
    }
    context.lineCap = "round";
    context.lineWidth = 0.9 * unit;
    context.strokeStyle = MIDDLE;
    context.stroke();
  }

  skeleton(joints, unit) {
    const { context } = this;
    const sure = joints.map((joint) => joint !== null && joint[2] >= SURE);
    context.lineCap = "round";
    for (const dark of [true, false]) {
      for (const [a, b] of this.limbs) {
        if (!sure[a] || !sure[b]) continue;
        context.strokeStyle = dark ? DARK : this.sides[a] === this.sides[b] ? this.sides[a] : MIDDLE;
        context.lineWidth = (dark ? 3.2 : 1.8) * unit;
        context.beginPath();
        context.moveTo(joints[a][0] + 0.5, joints[a][1] + 0.5);
        context.lineTo(joints[b][0] + 0.5, joints[b][1] + 0.5);
        context.stroke();
      }
    }
    joints.forEach((joint, k) => {
      if (joint === null || joint[2] < HIDDEN) return;
      context.beginPath();
      context.arc(joint[0] + 0.5, joint[1] + 0.5, 2.6 * unit, 0, 2 * Math.PI);
      context.lineWidth = 1.2 * unit;
      context.strokeStyle = sure[k] ? DARK : this.sides[k];
      context.fillStyle = this.sides[k];
      if (sure[k]) context.fill();
      context.stroke();
    });
  }
}

function resize(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return canvas.getContext("2d", { willReadFrequently: false });
}
