// The big view of one file: its pages, what is known about it, the way to the next.
import { Sheet } from "./sheet.js";

const keys = {
  n: "next", p: "previous", "]": "pageOn", "[": "pageBack", PageDown: "pageOn", PageUp: "pageBack", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut",
  0: "fit", w: "width", 1: "actual", r: "rotate", R: "rotateBack", i: "facts", v: "native", s: "save",
};

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export class Viewer {
  constructor(dialog, island, left) {
    this.dialog = dialog;
    this.files = island.files;
    this.words = island.words;
    this.parts = Object.fromEntries([...dialog.querySelectorAll("[id]")].map((part) => [part.id, part]));
    this.sheet = new Sheet(this.parts.stage, (state) => this.zoomed(state));
    this.at = 0;
    dialog.addEventListener("close", () => {
      this.clear();
      left(this.files[this.at].index);
    });
  }

  get isOpen() { return this.dialog.open; }

  // open shows the file whose number in addresses is given.
  open(index) {
    this.dialog.showModal();
    this.show(this.files.findIndex((file) => file.index === index));
  }

  key(event) {
    if (event.key in keys) return this.do(keys[event.key]), true;
    if (!event.key.startsWith("Arrow") || event.target.closest("video")) return false;
    if (this.about?.shown === "pages" && this.sheet.pan(event.key)) return true;
    if (event.key === "ArrowLeft") this.do("previous");
    if (event.key === "ArrowRight") this.do("next");
    return true;
  }

  do(act) {
    switch (act) {
      case "next": return this.show(this.at + 1);
      case "previous": return this.show(this.at - 1);
      case "pageOn": return this.turn(this.page + 1);
      case "pageBack": return this.turn(this.page - 1);
      case "zoomIn": return this.sheet.zoom(1.25);
      case "zoomOut": return this.sheet.zoom(1 / 1.25);
      case "fit": case "width": case "actual": return this.sheet.setMode(act);
      case "rotate": return this.sheet.rotate(1);
      case "rotateBack": return this.sheet.rotate(3);
      case "native": return this.about?.pdf && this.native(!this.isNative);
      case "save": return this.parts.save.click();
      case "close": return this.dialog.close();
      case "facts":
        this.parts.facts.hidden = !this.parts.facts.hidden;
        this.press("facts", !this.parts.facts.hidden);
        return this.sheet.layout();
    }
  }

  press(act, on) { this.dialog.querySelector(`[data-act="${act}"]`).setAttribute("aria-pressed", String(on)); }

  // clear ends what is under way and empties the stage.
  clear() {
    this.under?.abort();
    this.sheet.clear();
    this.parts.stage.replaceChildren();
    this.parts.stage.classList.remove("full");
    this.about = null;
    this.isNative = false;
  }

  say(text) { this.parts.status.textContent = text; }

  // message is what the stage says instead of a picture.
  message(text) {
    const p = document.createElement("p");
    p.textContent = text;
    this.parts.stage.classList.remove("full");
    this.parts.stage.replaceChildren(p);
  }

  why(word) { return this.words["why_" + word] ?? this.words.failed; }

  async show(at) {
    if (at < 0 || at >= this.files.length) return;
    this.clear();
    this.under = new AbortController();
    const { signal } = this.under;
    const { parts } = this;
    const file = this.files[at];
    this.at = at;
    this.page = 1;
    parts.caption.textContent = parts.caption.title = file.title;
    parts.position.textContent = fill(this.words.position, { n: at + 1, all: this.files.length });
    parts.save.href = "save/" + file.index;
    this.dialog.querySelector('[data-act="previous"]').disabled = at === 0;
    this.dialog.querySelector('[data-act="next"]').disabled = at === this.files.length - 1;
    parts.paging.hidden = parts.zooming.hidden = parts.native.hidden = true;
    this.describe(file.facts, []);
    this.say(this.words.loading);
    try {
      const answer = await fetch("about/" + file.index, { signal });
      if (!answer.ok) throw new Error((await answer.text()).trim());
      this.about = await answer.json();
    } catch (error) {
      if (signal.aborted) return;
      this.say("");
      return this.message(this.why(error.message));
    }
    this.describe([...(this.about.facts ?? []), ...file.facts], this.about.others ?? []);
    this.say("");
    parts.native.hidden = !this.about.pdf;
    if (this.about.shown === "pages") await this.turn(1);
    else if (this.about.shown === "video") this.video();
    else this.message(this.about.why === "unsupported" ? this.words.outside : this.why(this.about.why));
  }

  describe(facts, others) {
    this.parts.facts.querySelector("dl").replaceChildren(...facts.flatMap(([label, value]) => {
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      [dt.textContent, dd.textContent] = [label, value];
      return [dt, dd];
    }));
    this.parts.warning.textContent = others.length > 0 ? fill(this.words.same_bytes, { accounts: others.join(", ") }) : "";
  }

  // turn shows a page, counted from 1.
  async turn(page) {
    const { about, parts } = this;
    if (about?.shown !== "pages" || page < 1 || page > about.pages) return;
    if (this.isNative) this.native(false);
    this.page = page;
    parts.zooming.hidden = false;
    parts.paging.hidden = about.pages < 2;
    parts.page.textContent = fill(this.words.page_of, { n: page, all: about.pages });
    this.dialog.querySelector('[data-act="pageBack"]').disabled = page === 1;
    this.dialog.querySelector('[data-act="pageOn"]').disabled = page === about.pages;
    this.say(this.words.loading);
    const file = this.files[this.at];
    const failure = await this.sheet.show({
      address: `page/${file.index}/${page}`, alt: file.title + " " + parts.page.textContent,
      size: about.sizes?.[page - 1] ?? about.sizes?.[0], scalable: about.scalable,
    });
    if (this.about !== about || this.page !== page) return;
    if (failure === "stopped") return;
    this.say(this.sheet.damaged ? this.words.damaged : "");
    if (failure) this.message(this.why(failure));
  }

  // zoomed shows how large the page stands there.
  zoomed({ percent, mode }) {
    this.parts.zoom.textContent = percent + "%";
    for (const one of ["fit", "width", "actual"]) this.press(one, one === mode);
  }

  // native hands a PDF to the browser's own viewer, or takes it back.
  native(on) {
    this.isNative = on;
    this.press("native", on);
    this.parts.stage.classList.toggle("full", on);
    if (!on) return this.about.shown === "pages" ? this.turn(this.page) : this.message(this.why(this.about.why));
    this.sheet.clear();
    this.parts.zooming.hidden = this.parts.paging.hidden = true;
    const frame = document.createElement("iframe");
    frame.title = this.files[this.at].title;
    frame.src = "file/" + this.files[this.at].index;
    this.parts.stage.replaceChildren(frame);
  }

  video() {
    const video = document.createElement("video");
    video.controls = true;
    video.preload = "metadata";
    video.setAttribute("aria-label", this.files[this.at].title);
    video.addEventListener("error", () => video.isConnected && this.message(this.words.video_failed));
    video.src = "file/" + this.files[this.at].index;
    this.parts.stage.classList.add("full");
    this.parts.stage.replaceChildren(video);
  }
}
