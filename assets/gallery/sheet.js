// A page on the stage: fetched as sharp as it is shown, zoomed, panned, rotated.

// The widths that are asked for, in pixels; the server draws no wider.
const widths = [800, 1200, 1800, 2700, 4000, 6000, 8000];
const largest = 40, smallest = 0.05;
const pointsToPixels = 96 / 72;

export class Sheet {
  constructor(stage, tell) {
    this.stage = stage;
    this.tell = tell;
    this.mode = "fit";
    this.turns = 0;
    new ResizeObserver(() => this.layout()).observe(stage);
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.drag(event));
    stage.addEventListener("dblclick", () => this.page && this.setMode(this.mode === "fit" ? "actual" : "fit"));
  }

  clear() {
    this.under?.abort();
    if (this.image) URL.revokeObjectURL(this.image.src);
    this.box = this.image = this.page = null;
    this.turns = 0;
    this.mode = "fit";
  }

  // show brings a page onto the stage. It returns why it failed, "stopped" when another came between, or nothing.
  async show(page) {
    const { mode, turns } = this;
    this.clear();
    [this.mode, this.turns] = [mode, turns]; // they stay from page to page; another file begins with clear
    this.page = page;
    this.damaged = false;
    this.drawn = 0;
    this.box = document.createElement("div");
    this.box.className = "sheet";
    this.image = document.createElement("img");
    this.image.alt = page.alt;
    this.image.draggable = false;
    this.box.append(this.image);
    this.stage.replaceChildren(this.box);
    this.stage.scrollTo(0, 0);
    this.layout(false);
    return this.fetch();
  }

  // actual is the page's own size in CSS pixels: one pixel of the page on one of the screen, or as on paper.
  actual() {
    const [w, h] = this.page.size ?? [1, 1];
    const one = this.page.scalable ? pointsToPixels : 1 / devicePixelRatio;
    return [w * one, h * one];
  }

  // scale multiplies the actual size.
  scale() {
    if (typeof this.mode === "number") return this.mode;
    if (this.mode === "actual") return 1;
    const [w, h] = this.turned(this.actual());
    const width = this.stage.clientWidth / w;
    return this.mode === "width" ? width : Math.min(width, this.stage.clientHeight / h);
  }

  turned([w, h]) { return this.turns % 2 ? [h, w] : [w, h]; }

  // layout gives the page its place; it asks for a sharper one where that shows.
  layout(sharpen = true) {
    if (!this.page) return;
    const scale = this.scale();
    const [w, h] = this.actual().map((side) => side * scale);
    const [boxW, boxH] = this.turned([w, h]);
    Object.assign(this.image.style, { width: w + "px", height: h + "px", transform: `translate(-50%, -50%) rotate(${this.turns * 90}deg)` });
    Object.assign(this.box.style, { width: Math.floor(boxW) + "px", height: Math.floor(boxH) + "px" });
    this.tell({ percent: Math.round(scale * 100), mode: this.mode });
    if (sharpen && this.wanted() > this.drawn) this.fetch();
  }

  // wanted is the width to ask for.
  wanted() {
    const shown = this.actual()[0] * this.scale() * devicePixelRatio;
    const step = widths.find((width) => width >= shown) ?? widths.at(-1);
    return this.page.scalable ? step : Math.min(step, this.page.size?.[0] ?? step);
  }

  async fetch() {
    const page = this.page, width = this.wanted();
    this.under?.abort();
    this.under = new AbortController();
    const { signal } = this.under;
    this.drawn = width;
    let sharper;
    try {
      const answer = await fetch(`${page.address}?w=${width}`, { signal });
      if (!answer.ok) return (await answer.text()).trim();
      const full = answer.headers.get("X-Page-Size")?.split("x").map(Number);
      this.damaged = answer.headers.has("X-Page-Damaged");
      sharper = URL.createObjectURL(await answer.blob());
      if (signal.aborted) throw signal.reason;
      const decoded = new Image();
      decoded.src = sharper;
      await decoded.decode();
      if (signal.aborted) throw signal.reason;
      if (full) page.size = full;
    } catch {
      if (sharper) URL.revokeObjectURL(sharper);
      return signal.aborted ? "stopped" : "network";
    }
    URL.revokeObjectURL(this.image.src);
    this.image.src = sharper;
    this.layout();
  }

  // zoomTo keeps the point of the page that is under x, y of the window where it is.
  zoomTo(scale, x, y) {
    if (!this.page) return;
    const before = this.box.getBoundingClientRect();
    const [partX, partY] = [(x - before.left) / before.width, (y - before.top) / before.height];
    this.mode = Math.min(largest, Math.max(smallest, scale));
    this.layout();
    const after = this.box.getBoundingClientRect();
    this.stage.scrollBy(after.left + partX * after.width - x, after.top + partY * after.height - y);
  }

  // zoom keeps the middle of the stage.
  zoom(factor) {
    const r = this.stage.getBoundingClientRect();
    if (this.page) this.zoomTo(this.scale() * factor, r.left + r.width / 2, r.top + r.height / 2);
  }

  setMode(mode) {
    this.mode = mode;
    this.layout();
  }

  rotate(quarters) {
    this.turns = (this.turns + quarters) % 4;
    this.layout();
  }

  // pan moves by a key and reports whether there was anywhere to go.
  pan(key) {
    const { stage } = this;
    const across = key === "ArrowLeft" || key === "ArrowRight";
    const room = across ? stage.scrollWidth > stage.clientWidth : stage.scrollHeight > stage.clientHeight;
    const step = (key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1) * 0.25 * (across ? stage.clientWidth : stage.clientHeight);
    if (room) stage.scrollBy(across ? step : 0, across ? 0 : step);
    return room;
  }

  wheel(event) {
    if (!this.page || event.shiftKey || !this.box.contains(event.target) && event.target !== this.stage) return;
    event.preventDefault();
    this.zoomTo(this.scale() * Math.exp(-Math.sign(event.deltaY) * 0.18), event.clientX, event.clientY);
  }

  drag(event) {
    if (!this.page || event.button !== 0 || event.pointerType === "touch" || !this.box.contains(event.target)) return;
    const { stage } = this;
    const [x, y, left, top] = [event.clientX, event.clientY, stage.scrollLeft, stage.scrollTop];
    const move = (now) => stage.scrollTo(left - now.clientX + x, top - now.clientY + y);
    stage.setPointerCapture(event.pointerId);
    stage.addEventListener("pointermove", move);
    stage.addEventListener("lostpointercapture", () => stage.removeEventListener("pointermove", move), { once: true });
  }
}
