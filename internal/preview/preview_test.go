package preview

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"imagery/assets"
	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/picture"
	"imagery/internal/picture/shelf"
	"imagery/internal/picture/worker"
	"imagery/internal/transfer"
)

// TestMain lets the test program be a worker.
func TestMain(m *testing.M) {
	if worker.Is(os.Args[1:]) {
		os.Exit(worker.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// files is a platform of files by their ids.
type files struct {
	content map[string]string
	shelf   shelf.Shelf
	fetched atomic.Int32
	hold    chan struct{} // nil, or what fetches wait for
	arrived chan struct{} // told of each fetch that waits
}

func (f *files) fetch(ctx context.Context, id string) (*client.FileBody, error) {
	f.fetched.Add(1)
	if f.hold != nil {
		f.arrived <- struct{}{}
		select {
		case <-f.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	b, ok := f.content[id]
	if !ok {
		return nil, &client.Error{Op: client.OpFetchFile, Status: 404}
	}
	return &client.FileBody{ReadCloser: io.NopCloser(strings.NewReader(b)), Size: int64(len(b))}, nil
}

func (f *files) Fetch(ctx context.Context, it transfer.Item, _ bool) (*client.FileBody, error) {
	return f.fetch(ctx, it.FileID)
}

func (f *files) Look(ctx context.Context, it transfer.Item) (*shelf.Look, []string, error) {
	l, err := f.shelf.Get(ctx, it.FileID, func(ctx context.Context, id string) (io.ReadCloser, int64, error) {
		body, err := f.fetch(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		return body, body.Size, nil
	})
	return l, nil, err
}

// drawing is a picture of w × h pixels in one colour.
func drawing(t *testing.T, w, h int, c color.Color, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func toJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

const page = "<html><script>alert(1)</script>"

// start serves a gallery of the files with the ids given, in their order.
func start(t *testing.T, ids ...string) (*Server, *files, string) {
	t.Helper()
	pool := worker.New(worker.Options{})
	f := &files{content: map[string]string{
		"J": drawing(t, 800, 400, color.RGBA{200, 30, 30, 255}, toJPEG), "P": drawing(t, 50, 70, color.Gray{90}, png.Encode),
		"H": page, "D": "%PDF-1.7 0123456789", "M": "\x00\x00\x00\x18ftypmp42 the video", "B": "\xff\xd8\xff\xe0 broken",
	}, shelf: shelf.Shelf{Open: shelf.InPool(pool)}}
	s := &Server{}
	t.Cleanup(func() { _ = s.Close(); pool.Close() })
	var items []transfer.Item
	for _, id := range ids {
		items = append(items, transfer.Item{FileID: id})
	}
	link, err := s.Link(Gallery{Lang: "en", Items: items, Source: f})
	if err != nil {
		t.Fatal(err)
	}
	return s, f, link
}

func ask(t *testing.T, c *http.Client, method, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func browserLike() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar}
}

// enterAt opens a link and returns the visitor and the gallery's address.
func enterAt(t *testing.T, link string) (*http.Client, string) {
	t.Helper()
	me := browserLike()
	res, body := ask(t, me, "GET", link, nil)
	if res.StatusCode != 200 || !strings.Contains(body, "<!doctype html>") {
		t.Fatalf("%d %q", res.StatusCode, body)
	}
	return me, res.Request.URL.String()
}

// under are addresses below a gallery's, one of each kind.
var under = []string{"", "gallery.js", "gallery.css", "about/0", "thumb/0", "page/0/1?w=100", "file/0", "save/0"}

func TestALinkLetsOneBrowserInOnce(t *testing.T) {
	_, f, link := start(t, "J")
	me, at := enterAt(t, link)
	if again, _ := ask(t, me, "GET", link, nil); again.StatusCode != http.StatusGone {
		t.Errorf("second use answers %d, want 410", again.StatusCode)
	}
	if n := f.fetched.Load(); n != 0 {
		t.Errorf("%d files fetched before one was shown", n)
	}
	for _, name := range []string{"", "gallery.js", "about/0", "thumb/0", "page/0/1?w=100", "save/0"} {
		res, _ := ask(t, me, "GET", at+name, nil)
		if res.StatusCode != 200 {
			t.Errorf("%q answers %d", name, res.StatusCode)
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
		} {
			if !strings.HasPrefix(res.Header.Get(header), want) {
				t.Errorf("%q: %s is %q", name, header, res.Header.Get(header))
			}
		}
	}
}

func TestTheCookieIsForTheGalleryAlone(t *testing.T) {
	_, _, link := start(t, "J")
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, _ := ask(t, c, "GET", link, nil)
	cookie := res.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != res.Header.Get("Location") || len(cookie.Value) != 43 || strings.Contains(cookie.Path, cookie.Value) {
		t.Errorf("%+v, to %s", cookie, res.Header.Get("Location"))
	}
}

func TestHostileRequestsGetNothing(t *testing.T) {
	_, f, link := start(t, "J")
	me, at := enterAt(t, link)
	guess := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookieName, Value: "guess"}) }
	for name, hostile := range map[string]struct {
		visitor *http.Client
		change  func(*http.Request)
		status  int
	}{
		"rebound host":     {me, func(r *http.Request) { r.Host = "evil.example" }, 403},
		"localhost":        {me, func(r *http.Request) { r.Host = strings.Replace(r.Host, "127.0.0.1", "localhost", 1) }, 403},
		"another site":     {me, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"sibling site":     {me, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		"post":             {me, func(r *http.Request) { r.Method = "POST" }, 405},
		"delete":           {me, func(r *http.Request) { r.Method = "DELETE" }, 405},
		"other browser":    {browserLike(), nil, 404},
		"guessed cookie":   {browserLike(), guess, 404},
		"guessed room":     {me, func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "/g/", "/g/A", 1) }, 404},
		"guessed link":     {me, func(r *http.Request) { r.URL.Path = "/open/x" }, 404},
		"root":             {me, func(r *http.Request) { r.URL.Path = "/" }, 404},
		"old preview path": {me, func(r *http.Request) { r.URL.Path = "/file/x" }, 404},
	} {
		for _, path := range under {
			res, b := ask(t, hostile.visitor, "GET", at+path, hostile.change)
			if res.StatusCode != hostile.status || len(b) > 30 || res.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s of %q: %d %q", name, path, res.StatusCode, b)
			}
		}
	}
	for _, path := range []string{
		"about/1", "about/-1", "about/x", "thumb/1", "page/1/1?w=9", "page/0/2?w=9", "page/0/0?w=9", "page/0/1", "page/0/1?w=x", "file/1", "save/1", "nosuch.js", "gallery.html", "..%2fassets.go", "%2e%2e/locales/en/ui.toml",
	} {
		if res, b := ask(t, me, "GET", at+path, nil); res.StatusCode != 404 || len(b) > 30 {
			t.Errorf("%s: %d %q", path, res.StatusCode, b)
		}
	}
	if n := f.fetched.Load(); n != 1 { // for the pages that do not exist of a file that does
		t.Errorf("%d fetches", n)
	}
}

func TestLookingAtALinkDoesNotUseItUp(t *testing.T) {
	_, _, link := start(t, "J")
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.Method = "HEAD" }, func(r *http.Request) { r.Host = "evil.example" }, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		if res, b := ask(t, browserLike(), "GET", link, change); len(b) > 30 || len(res.Cookies()) > 0 {
			t.Errorf("%d %q", res.StatusCode, b)
		}
	}
	enterAt(t, link)
}

func TestSeveralGalleriesAreApartAndTheOldestGivesWay(t *testing.T) {
	s, f, link := start(t, "J")
	first, at := enterAt(t, link)
	other, err := s.Link(Gallery{Items: []transfer.Item{{FileID: "P"}}, Source: f})
	if err != nil {
		t.Fatal(err)
	}
	second, at2 := enterAt(t, other)
	for _, c := range []struct {
		who    *http.Client
		at     string
		status int
	}{{first, at, 200}, {second, at2, 200}, {first, at2, 404}, {second, at, 404}} {
		if res, _ := ask(t, c.who, "GET", c.at+"thumb/0", nil); res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.at, res.StatusCode, c.status)
		}
	}
	for range maxGalleries - 1 {
		if _, err := s.Link(Gallery{Source: f}); err != nil {
			t.Fatal(err)
		}
	}
	if res, _ := ask(t, first, "GET", at, nil); res.StatusCode != http.StatusGone {
		t.Errorf("the oldest answers %d", res.StatusCode)
	}
	if res, _ := ask(t, second, "GET", at2, nil); res.StatusCode != 200 {
		t.Errorf("the second answers %d", res.StatusCode)
	}
}

func TestSigningOutEndsLinksPagesAndWhatIsUnderWay(t *testing.T) {
	s, f, link := start(t, "J", "P")
	me, at := enterAt(t, link)
	unopened, err := s.Link(Gallery{Items: []transfer.Item{{FileID: "P"}}, Source: f})
	if err != nil {
		t.Fatal(err)
	}
	f.hold, f.arrived = make(chan struct{}), make(chan struct{}, 9) // never released: the fetch ends by being cancelled
	ended := make(chan int)
	go func() {
		res, err := me.Get(at + "save/0")
		if err != nil {
			ended <- 0
			return
		}
		defer res.Body.Close()
		ended <- res.StatusCode
	}()
	<-f.arrived
	s.Forget()
	if status := <-ended; status == 200 {
		t.Error("what was under way went on")
	}
	for _, path := range under {
		if res, b := ask(t, me, "GET", at+path, nil); res.StatusCode != http.StatusGone || strings.TrimSpace(b) != "gone" {
			t.Errorf("%q answers %d %q", path, res.StatusCode, b)
		}
	}
	if res, _ := ask(t, browserLike(), "GET", unopened, nil); res.StatusCode != http.StatusGone {
		t.Errorf("a link that was not opened answers %d", res.StatusCode)
	}
	if res, _ := ask(t, browserLike(), "GET", at, nil); res.StatusCode != 404 {
		t.Errorf("to others there is %d", res.StatusCode)
	}
}

func TestPicturesAreDrawnAtBoundedSizes(t *testing.T) {
	_, _, link := start(t, "J", "P")
	me, at := enterAt(t, link)
	for path, want := range map[string]struct {
		kind string
		size image.Point
	}{
		"thumb/0": {"jpeg", image.Pt(320, 160)}, "thumb/1": {"jpeg", image.Pt(50, 70)}, "page/0/1?w=400": {"jpeg", image.Pt(400, 200)},
		"page/0/1?w=99999999": {"jpeg", image.Pt(800, 400)}, "page/0/1?w=-5": {"jpeg", image.Pt(16, 8)}, "page/1/1?w=50": {"png", image.Pt(50, 70)},
	} {
		res, b := ask(t, me, "GET", at+path, nil)
		m, kind, err := image.DecodeConfig(strings.NewReader(b))
		if err != nil || kind != want.kind || res.Header.Get("Content-Type") != "image/"+kind || image.Pt(m.Width, m.Height) != want.size {
			t.Errorf("%s: %s of %d × %d, %v", path, kind, m.Width, m.Height, err)
		}
	}
}

func TestFilesThatAreNotPicturesAreOfferedToBeSavedOnly(t *testing.T) {
	_, f, link := start(t, "H", "B", "nosuch")
	me, at := enterAt(t, link)
	for path, status := range map[string]int{"file/0": 415, "file/1": 415, "page/0/1?w=9": 415, "page/1/1?w=9": 422, "about/2": 404, "thumb/2": 404} {
		if res, b := ask(t, me, "GET", at+path, nil); res.StatusCode != status || strings.Contains(b, "script") {
			t.Errorf("%s: %d %q", path, res.StatusCode, b)
		}
	}
	res, b := ask(t, me, "GET", at+"save/0", nil)
	if b != f.content["H"] || res.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %q", res.Header, b)
	}
	for _, n := range []string{"0", "1"} {
		if res, b := ask(t, me, "GET", at+"thumb/"+n, nil); res.StatusCode != 200 || !strings.HasPrefix(b, "<svg") {
			t.Errorf("thumb of %s: %d %q", n, res.StatusCode, b)
		}
	}
	if _, b := ask(t, me, "GET", at+"about/1", nil); !strings.Contains(b, `"shown":"none","why":"damaged"`) {
		t.Error(b)
	}
}

func TestVideosAndPDFsGoToTheBrowserInRangesItAsksFor(t *testing.T) {
	_, f, link := start(t, "D", "M")
	me, at := enterAt(t, link)
	pdf := f.content["D"]
	for header, want := range map[string]struct {
		status int
		body   string
		at     string
	}{
		"": {200, pdf, ""}, "bytes=0-": {206, pdf, "bytes 0-18/19"}, "bytes=5-8": {206, pdf[5:9], "bytes 5-8/19"}, "bytes=15-99": {206, pdf[15:], "bytes 15-18/19"},
		"bytes=-3": {206, pdf[16:], "bytes 16-18/19"}, "bytes=99-": {200, pdf, ""}, "bytes=8-5": {200, pdf, ""}, "bytes=0-1,3-4": {200, pdf, ""}, "lines=1-2": {200, pdf, ""},
		"bytes=": {200, pdf, ""}, "bytes=-": {200, pdf, ""}, "bytes=-99": {206, pdf, "bytes 0-18/19"}, "bytes=--1": {200, pdf, ""},
	} {
		res, b := ask(t, me, "GET", at+"file/0", func(r *http.Request) { r.Header.Set("Range", header) })
		if res.StatusCode != want.status || b != want.body || res.Header.Get("Content-Range") != want.at || res.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%q: %d %q %v", header, res.StatusCode, b, res.Header)
		}
		if !strings.HasSuffix(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Error("the page cannot frame it")
		}
	}
	if res, b := ask(t, me, "GET", at+"file/1", nil); b != f.content["M"] || res.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("%v %q", res.Header, b)
	}
	if res, b := ask(t, me, "HEAD", at+"file/1", nil); b != "" || res.ContentLength != int64(len(f.content["M"])) {
		t.Errorf("%v %q", res.Header, b)
	}
}

func TestHostileStringsStayText(t *testing.T) {
	s, f, _ := start(t)
	evil := client.Text("</script><script>alert(1)</script>\u202e\x1b]52;c;!\x07\"'><img src=x onerror=alert(1)>{{.}}")
	id := client.NewIDNumber("310101199001011234")
	link, err := s.Link(Gallery{
		Lang: "en", Account: client.CustomerAccount{Customer: client.Customer{CustomerName: evil, IDNo: id}, Account: client.Account{AccountNo: evil}}, Source: f,
		Items: []transfer.Item{{
			FileID: "J", File: client.File{FileOriginalName: evil, FileExtName: evil},
			Material: client.MaterialInfo{MaterialCode: evil, MaterialName: evil, ServiceAccessTitle: evil, SubmitterEmpName: evil, SubmitterEmpCode: evil, ProcessName: evil},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	me, at := enterAt(t, link)
	_, body := ask(t, me, "GET", at, nil)
	if n := len(regexp.MustCompile(`<script`).FindAllString(body, -1)); n != 2 || strings.Contains(body, "<img src=x") || strings.ContainsAny(body, "\x1b\x07\u202e") {
		t.Errorf("%d scripts in %s", n, body)
	}
	title := regexp.MustCompile(`<title>(.*)</title>`).FindStringSubmatch(body)[1]
	if title != "Images" || strings.Contains(body, id.Raw()) || !strings.Contains(body, "310101********1234") {
		t.Errorf("title %q in %s", title, body)
	}
	res, _ := ask(t, me, "GET", at+"save/0", nil)
	if d := res.Header.Get("Content-Disposition"); strings.ContainsAny(d, "<>\x1b\u202e") {
		t.Error(d)
	}
}

func TestMaterialsAreGroupedAsInTheTerminal(t *testing.T) {
	day := func(n int) client.Time { return client.Time{Time: time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)} }
	g := Gallery{Items: []transfer.Item{
		{FileID: "old", Material: client.MaterialInfo{ID: "4", AccountID: "A", MaterialCode: "1", HisCreateTime: day(9)}},
		{FileID: "his", Material: client.MaterialInfo{ID: "3", CustomerID: "C", MaterialCode: "2"}},
		{FileID: "b", Material: client.MaterialInfo{ID: "2", AccountID: "A", MaterialCode: "2", CreateTime: day(1)}},
		{FileID: "c", Material: client.MaterialInfo{ID: "5", AccountID: "A", MaterialCode: "2", CreateTime: day(2)}},
		{FileID: "a", Material: client.MaterialInfo{ID: "1", AccountID: "A", CustomerID: "C", MaterialCode: "1"}},
		{FileID: "a2", Material: client.MaterialInfo{ID: "1", AccountID: "A", CustomerID: "C", MaterialCode: "1"}},
	}}
	var got []string
	for _, in := range g.groups(i18n.Load("en")) {
		got = append(got, in.Title+":")
		for _, m := range in.Materials {
			ids := ""
			for _, e := range m.Files {
				ids += "+" + g.Items[e.Index].FileID
			}
			got = append(got, ids)
		}
	}
	if want := "Materials of the account: +a+a2 +c +b Materials of the customer: +his Superseded materials: +old"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
}

func TestEveryWordOfThePageIsThereInBothLanguages(t *testing.T) {
	s, f, _ := start(t)
	for lang, accept := range map[string]string{"zh": "", "en": "", "": "en-GB,en;q=0.9"} {
		link, err := s.Link(Gallery{Lang: lang, Source: f, Items: []transfer.Item{{FileID: "J"}}})
		if err != nil {
			t.Fatal(err)
		}
		me, at := enterAt(t, link)
		_, body := ask(t, me, "GET", at, func(r *http.Request) { r.Header.Set("Accept-Language", accept) })
		want := map[string]string{"zh": `lang="zh-CN"`, "en": `lang="en"`, "": `lang="en"`}[lang]
		if strings.ContainsAny(body, "«»") || !strings.Contains(body, want) {
			t.Errorf("%q: %s", lang, body)
		}
	}
}

func TestTheScriptAsksForNoWordItIsNotGiven(t *testing.T) {
	given := words(i18n.Load("en"))
	asked := map[string]bool{}
	for _, name := range []string{"gallery.js", "viewer.js", "sheet.js"} {
		b, err := assets.FS.ReadFile("gallery/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`words\.(\w+)`).FindAllStringSubmatch(string(b), -1) {
			asked[m[1]] = true
		}
	}
	for _, r := range reasons {
		asked["why_"+r.word] = true
	}
	for _, n := range []picture.Note{picture.NotePassword, picture.NoteDrawn, picture.NoteVariant, picture.NoteNone} {
		asked["why_"+why(n)] = true
	}
	asked["why_network"] = true
	for word := range asked {
		if given[word] == "" || strings.Contains(given[word], "«") {
			t.Errorf("%s is missing", word)
		}
	}
	for word := range given {
		if !asked[word] {
			t.Errorf("%s is not used", word)
		}
	}
}

func TestWithoutABrowserTheUserGetsTheLink(t *testing.T) {
	_, f, _ := start(t)
	for _, c := range []struct {
		open Opener
		link bool
	}{
		{func(string) error { return ErrNoViewer }, true},
		{func(string) error { return errors.New("no browser") }, true},
		{func(string) error { panic("broken") }, true},
		{func(string) error { return nil }, false},
	} {
		v := &Viewer{Open: c.open}
		link, err := v.Show(t.Context(), Gallery{Source: f})
		if err != nil || strings.HasPrefix(link, "http://127.0.0.1:") != c.link {
			t.Errorf("%q, %v", link, err)
		}
		_ = v.Server.Close()
	}
}

func TestOnlyOurAddressReachesTheBrowser(t *testing.T) {
	var opened string
	v := &Viewer{Open: func(target string) error { opened = target; return nil }}
	defer v.Server.Close()
	it := transfer.Item{FileID: "J", Material: client.MaterialInfo{MaterialName: "x&calc.exe"}, File: client.File{FileOriginalName: "file:///evil"}}
	if _, err := v.Show(t.Context(), Gallery{Items: []transfer.Item{it}}); err != nil || !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/open/[\w-]{43}$`).MatchString(opened) {
		t.Errorf("%q, %v", opened, err)
	}
}

func TestThumbnailsDoNotCrowdOut(t *testing.T) {
	s, f, link := start(t, "J", "P", "H", "M", "B")
	me, at := enterAt(t, link)
	f.hold, f.arrived = make(chan struct{}), make(chan struct{}, 9)
	done := make(chan int)
	for _, n := range []string{"0", "1", "2", "3", "4"} {
		go func() {
			res, err := me.Get(at + "thumb/" + n)
			if err != nil {
				done <- 0
				return
			}
			defer res.Body.Close()
			done <- res.StatusCode
		}()
	}
	for range cap(s.thumbs) {
		<-f.arrived
	}
	if n := int(f.fetched.Load()); n > cap(s.thumbs) {
		t.Errorf("%d files fetched at once", n)
	}
	close(f.hold)
	for range 5 {
		if status := <-done; status != 200 {
			t.Errorf("a thumbnail answers %d", status)
		}
	}
}
