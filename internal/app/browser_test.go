package app

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	cdpnet "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is a headless Chromium that notes what it complains of and whom it asks.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	hosts      map[string]bool
}

// startBrowser starts the Chromium that IMAGERY_CHROMIUM names.
func startBrowser(t *testing.T, name string) *browser {
	t.Helper()
	if _, err := os.Stat(name); err != nil {
		t.Fatalf("IMAGERY_CHROMIUM: %v. On Debian, apt-get install chromium gives /usr/bin/chromium", err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(name), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 800))
	b := &browser{t: t, hosts: map[string]bool{}}
	deadline, stop := context.WithTimeout(t.Context(), 140*time.Second)
	process, stopProcess := chromedp.NewExecAllocator(deadline, options...)
	ctx, closeTab := chromedp.NewContext(process, chromedp.WithListener(b.note), chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(func() { closeTab(); stopProcess(); stop() })
	b.ctx = ctx
	for _, enable := range []cdp.Command[cdp.Empty, cdp.Empty]{cdplog.Enable, runtime.Enable} {
		if _, err := chromedp.Call(ctx, enable, cdp.Empty{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chromedp.Call(ctx, cdpnet.Enable, cdpnet.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded: // failed requests and CSP violations too
		if e.Entry.Level != cdplog.EntryLevelInfo && e.Entry.Level != cdplog.EntryLevelVerbose || e.Entry.Source == cdplog.EntrySourceSecurity {
			b.complaints = append(b.complaints, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console.%s", e.Type))
	case *cdpnet.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && strings.HasPrefix(u.Scheme, "http") {
			b.hosts[u.Host] = true
		}
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval returns what an expression gives, or promises.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.photograph("failed")
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to become true.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	if !eval[bool](b, `new Promise((done) => {
		const end = Date.now() + 60000, look = () => (`+expression+`) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 20);
		look();
	})`) {
		b.photograph("failed")
		b.mu.Lock()
		defer b.mu.Unlock()
		b.t.Fatalf("not within a minute: %s\n%s", what, strings.Join(b.complaints, "\n"))
	}
}

func (b *browser) click(selector string) { b.t.Helper(); b.run(chromedp.Click(chromedp.CSS(selector))) }

func (b *browser) do(script string) { b.t.Helper(); eval[any](b, script+"; null") }

func (b *browser) press(keys string) { b.t.Helper(); b.run(chromedp.KeyEvent(keys)) }

// photograph keeps a picture of the page where IMAGERY_PHOTOGRAPHS says, and returns how many colours are in it.
func (b *browser) photograph(name string) int {
	b.t.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if dir := os.Getenv("IMAGERY_PHOTOGRAPHS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "gallery-"+name+".png"), shot, 0o600); err != nil {
			b.t.Error(err)
		}
	}
	m, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		b.t.Fatal(err)
	}
	colours := map[[3]uint32]bool{}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y += 3 {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x += 3 {
			r, g, bl, _ := m.At(x, y).RGBA()
			colours[[3]uint32{r, g, bl}] = true
		}
	}
	return len(colours)
}

// The page's own view of itself.
const (
	// shades counts the colours of what the big view shows.
	shades = `(() => {
		const image = document.querySelector("#stage img"), c = document.createElement("canvas");
		[c.width, c.height] = [120, 120];
		const pen = c.getContext("2d");
		pen.drawImage(image, 0, 0, 120, 120);
		const found = new Set(), {data} = pen.getImageData(0, 0, 120, 120);
		for (let i = 0; i < data.length; i += 4) found.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
		return found.size;
	})()`
	drawn     = `document.querySelector("#stage img")?.naturalWidth > 0 && document.getElementById("status").textContent === ""`
	shownSize = `Math.round(document.querySelector("#stage img").getBoundingClientRect().width)`
	source    = `document.querySelector("#stage img").src`
)

// open clicks a file's card and waits for its first page.
func (b *browser) open(file int) {
	b.t.Helper()
	b.click(fmt.Sprintf(`[data-file="%d"]`, file))
	b.until("the big view", drawn)
}

// shut leaves the big view and waits until the list has the focus again: what is scrolled or clicked before that moves under the mouse.
func (b *browser) shut() {
	b.t.Helper()
	b.press(kb.Escape)
	b.until("closed", `!document.getElementById("viewer").open && document.getElementById("stage").childElementCount === 0`)
}

// pages turns over the pages of the open file by key and checks that each is another, with something on it.
func (b *browser) pages(key string) {
	b.t.Helper()
	seen := map[string]bool{eval[string](b, source): true}
	all := eval[int](b, `Number(document.getElementById("page").textContent.match(/of (\d+)/)[1])`)
	for n := 2; n <= all; n++ {
		b.press(key)
		b.until(fmt.Sprintf("page %d", n), fmt.Sprintf(`document.getElementById("page").textContent.startsWith("Page %d ") && %s`, n, drawn))
		if colours := eval[int](b, shades); colours < 5 {
			b.t.Errorf("page %d has %d colours", n, colours)
		}
		seen[eval[string](b, source)] = true
	}
	if all < 2 || len(seen) != all {
		b.t.Errorf("%d pictures for %d pages", len(seen), all)
	}
}

func TestGalleryInABrowser(t *testing.T) {
	name := os.Getenv("IMAGERY_CHROMIUM")
	if name == "" { // TestGalleryShowsEveryThumbnailAndPage and the rest of this package ask by hand what a browser would
		t.Log("IMAGERY_CHROMIUM names no browser: the gallery is asked by an HTTP client only")
		return
	}
	o, b := openGallery(t), startBrowser(t, name)
	b.run(chromedp.Navigate(o.link))
	b.list(len(o.items))
	b.zoomAndTurn(o.named("a.png"))
	b.documents(o)
	b.videoAndOthers(o)
	b.themes()
	b.quiet(o.link)
	b.strangers(o)
}

// quiet checks that the browser had nothing to complain of, as scripts that fail or break the policy, and asked nobody but us.
func (b *browser) quiet(link string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		b.t.Errorf("the browser complains: %s", strings.Join(b.complaints, "\n"))
	}
	if host, _ := url.Parse(link); len(b.hosts) != 1 || !b.hosts[host.Host] {
		b.t.Errorf("asked were %v", b.hosts)
	}
}

// list scrolls through the list until every thumbnail is there.
func (b *browser) list(files int) {
	b.t.Helper()
	if n := eval[int](b, `document.querySelectorAll(".card").length`); n != files {
		b.t.Errorf("%d cards for %d files", n, files)
	}
	if n := eval[int](b, `[...document.querySelectorAll(".thumb img")].filter((i) => i.hasAttribute("src")).length`); n == files {
		b.t.Error("every thumbnail was asked for before it was in sight")
	}
	b.until("every thumbnail", `(() => {
		const missing = [...document.querySelectorAll(".thumb img")].find((i) => !(i.complete && i.naturalWidth > 0));
		missing?.scrollIntoView({block: "center"});
		return !missing;
	})()`)
	b.do(`scrollTo(0, 0)`)
	if title := eval[string](b, `document.title`); title != "Images" || b.photograph("list") < 50 {
		b.t.Errorf("title %q", title)
	}
	b.press(kb.ArrowRight)
	b.press(kb.ArrowRight)
	if eval[bool](b, `document.activeElement !== document.querySelectorAll(".card")[1]`) {
		b.t.Error("arrows do not move among the cards")
	}
	b.press(kb.ArrowDown)
	if eval[bool](b, `!document.activeElement.matches(".card") || document.activeElement === document.querySelectorAll(".card")[1]`) {
		b.t.Error("arrow down does not move among the cards")
	}
	b.press("?")
	b.until("help", `document.getElementById("help").open`)
	b.photograph("help")
	b.press(kb.Escape)
	b.until("help closed", `!document.getElementById("help").open`)
}

// zoomAndTurn looks at the picture with a hostile title, yellow on the left and blue on the right.
func (b *browser) zoomAndTurn(file int) {
	b.t.Helper()
	b.open(file)
	if facts := eval[string](b, `document.getElementById("facts").textContent`); !strings.Contains(facts, "</script><img src=") || !strings.Contains(facts, "SHA-256") || !strings.Contains(facts, "640 × 400") {
		b.t.Error(facts)
	}
	b.press("1")
	b.until("actual size", shownSize+` === 640 / devicePixelRatio`)
	before := eval[int](b, shownSize)
	b.press("+")
	b.until("zoomed in", fmt.Sprintf("%s === %d", shownSize, before*5/4))
	b.press("-")
	b.until("zoomed out", fmt.Sprintf("%s === %d", shownSize, before))
	b.press("w")
	b.until("as wide as the stage", `Math.abs(`+shownSize+` - document.getElementById("stage").clientWidth) < 2`)
	b.press("0")
	b.do(`document.getElementById("stage").firstChild.dispatchEvent(new WheelEvent("wheel", {deltaY: -100, clientX: 400, clientY: 400, bubbles: true, cancelable: true}))`)
	b.until("zoomed by the wheel", `document.querySelector('[data-act="fit"]').ariaPressed === "false"`)
	for range 8 {
		b.press("+")
	}
	left := eval[float64](b, `document.getElementById("stage").scrollLeft`)
	b.press(kb.ArrowRight)
	b.until("panned", fmt.Sprintf(`document.getElementById("stage").scrollLeft > %f`, left))
	b.press("0")
	b.press("r")
	b.until("upright", `(() => { const r = document.querySelector("#stage img").getBoundingClientRect(); return Math.abs(r.width / r.height - 400 / 640) < 0.01; })()`)
	b.photograph("rotated")
	b.press("R")
	if colours := eval[int](b, shades); colours < 2 {
		b.t.Errorf("%d colours", colours)
	}
	b.shut()
	b.until("back at the card", fmt.Sprintf(`document.activeElement.dataset.file === "%d"`, file))
	if title := eval[string](b, `document.title`); title != "Images" {
		b.t.Errorf("a string from the server ran: %q", title)
	}
}

// documents pages through a TIFF and a PDF, and hands the PDF to the browser's own viewer.
func (b *browser) documents(o *opened) {
	b.t.Helper()
	b.open(o.find("tif"))
	b.pages("]")
	b.photograph("tiff")
	b.press("[")
	b.until("a page back", `document.getElementById("page").textContent.startsWith("Page 2 ")`)
	b.shut()
	b.open(o.find("pdf"))
	b.pages(kb.PageDown)
	b.press("1")
	b.until("sharper", drawn)
	b.photograph("pdf")
	b.click("#native")
	before := b.photograph("pdf-native")
	for tries := 0; b.photograph("pdf-native") < before+40; tries++ { // it draws in a process of its own, which tells nobody
		if tries == 100 {
			b.t.Fatal("the browser's own viewer shows nothing")
		}
	}
	b.click("#native")
	b.until("back", drawn)
	b.shut()
}

// videoAndOthers goes to the video by its card, and from file to file by keys.
func (b *browser) videoAndOthers(o *opened) {
	b.t.Helper()
	b.click(fmt.Sprintf(`[data-file="%d"]`, o.named("play.mp4")))
	b.until("the video", `document.querySelector("#stage video")?.readyState >= 2`)
	b.do(`document.querySelector("#stage video").currentTime = 1.5`)
	b.until("another moment of it", `(() => { const v = document.querySelector("#stage video"); return !v.seeking && v.readyState >= 2 && v.currentTime === 1.5; })()`)
	b.photograph("video")
	at := eval[string](b, `document.getElementById("position").textContent`)
	b.press("n")
	b.until("the next file", fmt.Sprintf(`document.getElementById("position").textContent !== %q`, at))
	b.press("p")
	b.until("and back", fmt.Sprintf(`document.getElementById("position").textContent === %q`, at))
	b.shut()
	b.click(fmt.Sprintf(`[data-file="%d"]`, o.named("现场双录视频_1.mp4"))) // the demo's own is motion JPEG, which browsers do not play
	b.until("why it is not played", `document.querySelector("#stage > p")?.textContent.startsWith("The browser cannot play")`)
	b.press("i")
	b.until("no details", `document.getElementById("facts").hidden`)
	b.press("i")
	b.shut()
}

// themes looks at the page in the other theme.
func (b *browser) themes() {
	b.t.Helper()
	light := eval[string](b, `getComputedStyle(document.body).backgroundColor`)
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	}); err != nil {
		b.t.Fatal(err)
	}
	if dark := eval[string](b, `getComputedStyle(document.body).backgroundColor`); dark == light {
		b.t.Errorf("dark is as light: %s", dark)
	}
	b.photograph("dark")
	b.click(".card")
	b.until("the big view", drawn)
	b.photograph("dark-big")
	b.shut()
}

// strangers are what another page and the address bar try.
func (b *browser) strangers(o *opened) {
	b.t.Helper()
	at := eval[string](b, `location.href`)
	if status := b.status(o.link); status != http.StatusGone {
		b.t.Errorf("the link answers %d again", status)
	}
	gallery, _ := url.Parse(at)
	for address, want := range map[string]int{
		strings.Replace(at, "127.0.0.1", "localhost", 1): http.StatusForbidden, "http://" + gallery.Host + "/": http.StatusNotFound,
		"http://" + gallery.Host + "/g/guess/": http.StatusNotFound, at + "thumb/999": http.StatusNotFound,
	} {
		if status := b.status(address); status != want {
			b.t.Errorf("%s answers %d, want %d", address, status, want)
		}
	}
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<title>evil</title><img id=a src="%sthumb/0"><iframe src="%s"></iframe><script src="%sgallery.js"></script>`, at, at, at)
	}))
	defer evil.Close()
	b.run(chromedp.Navigate(evil.URL))
	got := eval[string](b, fmt.Sprintf(`Promise.all(["cors", "no-cors"].map((mode) => fetch(%q, {mode, credentials: "include"}).then((r) => r.text(), () => "")))
		.then((all) => all.join("") + document.getElementById("a").naturalWidth + (document.querySelector("iframe").contentDocument?.body?.innerText ?? ""))`, at+"about/0"))
	if got != "0" {
		b.t.Errorf("another site reads %q", got)
	}
	b.run(chromedp.Navigate(at))
	b.until("the gallery is still there", `document.querySelectorAll(".card").length > 0`)
}

// status goes to an address and returns how it answers.
func (b *browser) status(address string) int {
	b.t.Helper()
	res, err := chromedp.Run(b.ctx, chromedp.NavigateResponse(address))
	if err != nil {
		b.t.Fatal(err)
	}
	return int(res.Status)
}
