package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/postman"
	"imagery/internal/transfer"
)

// hostile is a title of an archive that would run, load and break out of whatever it is put into.
const hostile = `</script><img src=//evil.example/x onerror="document.title='owned'">` + "'\u202e"

// opened is an account of the demo whose gallery was opened.
type opened struct {
	app     *App
	account client.CustomerAccount
	items   []transfer.Item
	link    string
}

// openGallery signs in to a demo platform, takes an account that has a TIFF, a PDF and a video, archives a picture, yellow beside blue, and
// a video that browsers play to it under a hostile title, and opens its gallery.
func openGallery(t *testing.T) *opened {
	t.Helper()
	p, err := demo.Open(t.Context(), demo.Options{Accounts: 150})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	endpoints, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{}
	o.app = New(Options{
		Profiles: []config.Profile{{Name: "test", URL: srv.URL, SystemCode: demo.SystemCode, EmpCode: "0231", Endpoints: endpoints}},
		Journal:  audit.Open(filepath.Join(t.TempDir(), "audit.jsonl")), CacheDir: compiled(t),
		Open: func(target string) error { o.link = target; return nil },
	})
	t.Cleanup(func() { _ = o.app.Close() })
	if err := o.app.SignIn(t.Context(), "test", "demo", client.NewSecret("demo")); err != nil {
		t.Fatal(err)
	}
	o.choose(t)
	url, err := o.app.Gallery(t.Context(), o.account, o.items, "en")
	if err != nil || url != "" || !strings.HasPrefix(o.link, "http://127.0.0.1:") {
		t.Fatalf("%q, %v, opened %q", url, err, o.link)
	}
	return o
}

// compiled is where PDFium is kept compiled from one run to the next, as in the program.
func compiled(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir()
	}
	return filepath.Join(dir, "imagery-test")
}

func (o *opened) choose(t *testing.T) {
	t.Helper()
	for page, err := range o.app.AccountPages(t.Context(), client.SearchAccountsRequest{PageNumber: 1, PageSize: 50, MaterialCodes: []string{"3103"}}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Content {
			if o.list(t, a); o.has("tif") && o.has("pdf") && o.has("mp4") {
				o.archiveHostile(t)
				o.list(t, a)
				o.pick()
				return
			}
		}
	}
	t.Fatal("no account has a TIFF, a PDF and a video")
}

// pick leaves one file of each kind, since the demo draws them when they are asked for, and shows one of them many times more, so that
// the list is longer than a window.
func (o *opened) pick() {
	var some []transfer.Item
	kinds := map[string]bool{}
	for _, it := range o.items {
		kind := it.File.FileExtName.Raw()
		ours := it.Material.ServiceAccessTitle == hostile
		if !ours && (kinds[kind] || it.File.FileSize > 1<<20) {
			continue
		}
		kinds[kind] = kinds[kind] || !ours
		some = append(some, it)
	}
	o.items = some
	for range 40 {
		o.items = append(o.items, some[o.named("a.png")])
	}
}

func (o *opened) list(t *testing.T, a client.CustomerAccount) {
	t.Helper()
	o.account, o.items = a, nil
	ms, err := o.app.ListMaterials(t.Context(), client.ListMaterialsRequest{
		AccountNo: a.Account.AccountNo.Raw(), AccountBizType: a.Account.AccountBizType.Raw(), WithCustomer: true, WithHis: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		o.items = append(o.items, transfer.Items(m, a)...)
	}
}

func (o *opened) has(ext string) bool { return o.find(ext) >= 0 }

// find returns the number of the first file of a kind.
func (o *opened) find(ext string) int {
	return slices.IndexFunc(o.items, func(it transfer.Item) bool { return it.File.FileExtName.Raw() == ext })
}

// named returns the number of a file by its name.
func (o *opened) named(name string) int {
	return slices.IndexFunc(o.items, func(it transfer.Item) bool { return it.File.FileOriginalName.Raw() == name })
}

func (o *opened) archiveHostile(t *testing.T) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 640, 400))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{0, 90, 200, 255}), image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(0, 0, 320, 400), image.NewUniform(color.RGBA{250, 200, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	video, err := os.ReadFile("testdata/play.mp4")
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.app.ArchiveToAccount(t.Context(), client.ArchiveToAccountRequest{
		AccountNo: o.account.Account.AccountNo.Raw(), AccountBizType: o.account.Account.AccountBizType.Raw(),
		Archive: client.Archive{Title: hostile, Materials: []client.ArchiveMaterial{
			{Code: "1103", Source: client.BytesSource("a.png", b.Bytes())}, {Code: "1107", Source: client.BytesSource("play.mp4", video)},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// visitor asks like a browser does, by hand.
type visitor struct {
	t    *testing.T
	http *http.Client
	at   string // the gallery's address
}

func (v *visitor) get(path string) (int, http.Header, []byte) {
	v.t.Helper()
	res, err := v.http.Get(v.at + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if v.at == "" {
		v.at = res.Request.URL.String()
	}
	return res.StatusCode, res.Header, b
}

func visit(t *testing.T, link string) (*visitor, []byte) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	v := &visitor{t: t, http: &http.Client{Jar: jar}}
	status, _, page := v.get(link)
	if status != 200 {
		t.Fatalf("the link answers %d", status)
	}
	return v, page
}

// The flow of a reviewer, by the requests a browser makes. TestGalleryInABrowser does the same with a real one.
func TestGalleryShowsEveryThumbnailAndPage(t *testing.T) {
	o := openGallery(t)
	v, page := visit(t, o.link)
	thumbs := regexp.MustCompile(`data-src="(thumb/\d+)"`).FindAllStringSubmatch(string(page), -1)
	if len(thumbs) != len(o.items) || strings.Contains(string(page), o.account.Customer.IDNo.Raw()) {
		t.Errorf("%d thumbnails of %d files in %s", len(thumbs), len(o.items), page)
	}
	for _, m := range thumbs {
		status, h, b := v.get(m[1])
		if kind := h.Get("Content-Type"); status != 200 || kind != "image/svg+xml" && blank(t, b) {
			t.Errorf("%s: %d, %s of %d bytes", m[1], status, kind, len(b))
		}
	}
	for _, ext := range []string{"tif", "pdf"} {
		n := strconv.Itoa(o.find(ext))
		var about struct {
			Shown string
			PDF   bool
			Pages int
			Facts [][2]string
		}
		if _, _, b := v.get("about/" + n); json.Unmarshal(b, &about) != nil || about.Shown != "pages" || about.Pages < 2 || about.PDF != (ext == "pdf") {
			t.Errorf("%s: %s", ext, b)
		}
		if last := about.Facts[len(about.Facts)-1]; last[0] != "SHA-256" || len(last[1]) != 64 {
			t.Errorf("%s: %v", ext, about.Facts)
		}
		first, second := o.page(t, v, n, 1), o.page(t, v, n, 2)
		if bytes.Equal(first, second) {
			t.Errorf("%s: both pages are the same", ext)
		}
	}
	if status, h, b := v.get("file/" + strconv.Itoa(o.find("mp4"))); status != 200 || h.Get("Content-Type") != "video/mp4" || len(b) < 1000 {
		t.Errorf("video: %d %v", status, h)
	}
	if again, _, _ := v.get("../../open/" + o.link[strings.LastIndex(o.link, "/")+1:]); again != http.StatusGone {
		t.Errorf("the link answers %d again", again)
	}
	if strings.Contains(string(page), hostile) || !strings.Contains(html.UnescapeString(string(page)), `</script><img src=//evil.example/x`) {
		t.Error("the hostile title is not there as text")
	}
}

func (o *opened) page(t *testing.T, v *visitor, file string, page int) []byte {
	t.Helper()
	status, h, b := v.get("page/" + file + "/" + strconv.Itoa(page) + "?w=900")
	if status != 200 || h.Get("X-Page-Size") == "" || blank(t, b) {
		t.Errorf("page %d of %s: %d %v", page, file, status, h)
	}
	return b
}

// blank reports whether a picture has one colour only.
func blank(t *testing.T, b []byte) bool {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Error(err)
		return true
	}
	first := m.At(m.Bounds().Min.X, m.Bounds().Min.Y)
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			if m.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

// entries returns the journal's lines about the gallery as "act fileId".
func entries(t *testing.T, a *App) (out []string) {
	t.Helper()
	if err := a.opts.Journal.Entries(func(e audit.Entry) bool {
		if e.Detail["in"] == "gallery" {
			out = append(out, strings.TrimSpace(string(e.Act)+" "+e.Detail["fileId"]))
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheJournalHasTheGalleryAndWhatItReallyServes(t *testing.T) {
	o := openGallery(t)
	v, _ := visit(t, o.link)
	png := o.named("a.png")
	id := o.items[png].FileID
	if got := entries(t, o.app); !slices.Equal(got, []string{"view"}) {
		t.Errorf("before a file is shown the journal has %q", got)
	}
	for _, path := range []string{"thumb/", "about/", "thumb/", "save/", "save/"} {
		if status, _, _ := v.get(path + strconv.Itoa(png)); status != 200 {
			t.Fatalf("%s answers %d", path, status)
		}
	}
	if got, want := entries(t, o.app), []string{"view", "view " + id, "download " + id, "download " + id}; !slices.Equal(got, want) {
		t.Errorf("the journal has %q, want %q", got, want)
	}
}

func TestNothingIsShownThatCannotBeJournaled(t *testing.T) {
	o := openGallery(t)
	v, _ := visit(t, o.link)
	dir := t.TempDir() // a folder cannot be appended to
	o.app.mu.Lock()
	o.app.conn.journal = audit.Open(dir)
	o.app.mu.Unlock()
	n := strconv.Itoa(o.named("a.png"))
	for _, path := range []string{"thumb/" + n, "about/" + n, "page/" + n + "/1?w=300", "file/" + strconv.Itoa(o.find("pdf")), "save/" + n} {
		if status, _, b := v.get(path); status != 500 || strings.TrimSpace(string(b)) != "journal" {
			t.Errorf("%s: %d, %d bytes", path, status, len(b))
		}
	}
	if _, err := o.app.Gallery(t.Context(), o.account, o.items, "en"); !errors.Is(err, ErrJournal) {
		t.Errorf("another gallery: %v", err)
	}
}

func TestGalleriesEndWithTheSession(t *testing.T) {
	o := openGallery(t)
	v, _ := visit(t, o.link)
	n := strconv.Itoa(o.named("a.png"))
	if status, _, _ := v.get("thumb/" + n); status != 200 {
		t.Fatalf("answers %d", status)
	}
	if err := o.app.SignIn(t.Context(), "test", "demo", client.NewSecret("demo")); err != nil { // the same session goes on
		t.Fatal(err)
	}
	if status, _, _ := v.get("thumb/" + n); status != 200 {
		t.Errorf("after signing in again it answers %d", status)
	}
	o.app.SignOut()
	for _, path := range []string{"", "thumb/" + n, "save/" + n} {
		if status, _, _ := v.get(path); status != http.StatusGone {
			t.Errorf("%q answers %d after sign-out", path, status)
		}
	}
}

func TestPreviewIsAGalleryOfOneInTheBrowsersLanguage(t *testing.T) {
	o := openGallery(t)
	if _, err := o.app.Preview(t.Context(), o.items[o.find("tif")]); err != nil {
		t.Fatal(err)
	}
	v, page := visit(t, o.link)
	if strings.Count(string(page), "data-src=") != 1 || !strings.Contains(string(page), `lang="zh-CN"`) {
		t.Errorf("%s", page)
	}
	if status, _, b := v.get("page/0/2?w=600"); status != 200 || blank(t, b) {
		t.Errorf("answers %d", status)
	}
}
