package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// archive compresses the parts, but for those so long that it would take its time.
func archive(t testing.TB, parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if len(text) > maxXML {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts are a document of one page with the given layer, on a template.
func parts(layer string) map[string]string {
	return map[string]string{
		"OFD.xml": `<OFD><DocBody><DocRoot>/D/Document.xml</DocRoot></DocBody></OFD>`,
		"D/Document.xml": `<Document><CommonData><PageArea><PhysicalBox>10 20 210 297</PhysicalBox></PageArea><PublicRes>PublicRes.xml</PublicRes>
			<TemplatePage ID="7" BaseLoc="Tpls/T.xml"/></CommonData><Pages><Page ID="1" BaseLoc="P0.xml"/></Pages></Document>`,
		"D/PublicRes.xml": `<Res BaseLoc="Res"><MultiMedias><MultiMedia ID="3"><MediaFile> a.jpg </MediaFile></MultiMedia></MultiMedias></Res>`,
		"D/Res/a.jpg":     "pixels",
		"D/Tpls/T.xml":    `<Page><Content><Layer><ImageObject ResourceID="3" Boundary="10 20 5 5"/></Layer></Content></Page>`,
		"D/P0.xml":        `<Page><Template TemplateID="7"/><Content><Layer>` + layer + `</Layer></Content></Page>`,
	}
}

func TestImagesOfTemplateAndPageAreFoundInOrder(t *testing.T) {
	d, err := Open(archive(t, parts(`<PageBlock><ImageObject ResourceID="3" Boundary="12 22 30 40" CTM="15 0 0 20 1 2"/></PageBlock>`)), 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []Image{
		{"D/Res/a.jpg", [6]float64{5, 0, 0, 5, 0, 0}, Box{0, 0, 5, 5}},
		{"D/Res/a.jpg", [6]float64{15, 0, 0, 20, 3, 4}, Box{2, 2, 30, 40}},
	}
	if got := d.Pages[0]; fmt.Sprint(got.Images) != fmt.Sprint(want) || got.Drawn || got.Box.W != 210 {
		t.Errorf("got %+v", got)
	}
	if b, err := d.Read(d.Pages[0].Images[0].Media); err != nil || string(b) != "pixels" {
		t.Errorf("media: %q, %v", b, err)
	}
}

func TestAnythingButImagesIsNoticed(t *testing.T) {
	for _, layer := range []string{`<TextObject/>`, `<PageBlock><PageBlock><PathObject><x/></PathObject></PageBlock></PageBlock>`, `<CompositeObject/>`, `<ImageObject ResourceID="3" Boundary="nonsense"/>`} {
		d, err := Open(archive(t, parts(layer)), 10)
		if err != nil || !d.Pages[0].Drawn {
			t.Errorf("%s: %v", layer, err)
		}
	}
	for name, change := range map[string][2]string{
		"stamps": {"OFD.xml", `<OFD><DocBody><DocRoot>D/Document.xml</DocRoot><Signatures>S.xml</Signatures></DocBody></OFD>`},
		"marks":  {"D/Document.xml", strings.Replace(parts("")["D/Document.xml"], "<Pages>", "<Annotations>A.xml</Annotations><Pages>", 1)},
	} {
		p := parts("")
		p[change[0]] = change[1]
		d, err := Open(archive(t, p), 10)
		if err != nil || !d.Pages[0].Drawn {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLayersLieAsTheyAreMeant(t *testing.T) {
	image := func(width int) string { return fmt.Sprintf(`<ImageObject ResourceID="3" Boundary="0 0 %d 1"/>`, width) }
	p := parts("")
	for name, width := range map[string]int{"T": 5, "U": 6} {
		p["D/Tpls/"+name+".xml"] = `<Page><Content><Layer Type="Foreground">` + image(width+10) + `</Layer><Layer>` + image(width) + `</Layer></Content></Page>`
	}
	p["D/Document.xml"] = strings.Replace(p["D/Document.xml"], "<TemplatePage", `<TemplatePage ID="8" BaseLoc="Tpls/U.xml"/><TemplatePage`, 1)
	p["D/P0.xml"] = `<Page><Template TemplateID="8" ZOrder="Foreground"/><Template TemplateID="7"/><Content>
		<Layer Type="Foreground">` + image(4) + `</Layer><Layer Type="Body">` + image(2) + `</Layer><Layer>` + image(3) + `</Layer>
		<Layer Type="Background">` + image(1) + `</Layer></Content></Page>`
	d, err := Open(archive(t, p), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, i := range d.Pages[0].Images {
		got = append(got, i.Clip.W)
	}
	if want := []float64{5, 15, 1, 2, 3, 6, 16, 4}; !slices.Equal(got, want) {
		t.Errorf("from the bottom %v, want %v", got, want)
	}
}

func TestWhatIsInvisibleIsNotThere(t *testing.T) {
	d, err := Open(archive(t, parts(`<ImageObject ResourceID="3" Boundary="0 0 1 1" Visible="false"/><TextObject Visible="0"/>
		<ImageObject ResourceID="3" Boundary="0 0 2 2" Visible="true"/>`)), 10)
	if err != nil || d.Pages[0].Drawn || len(d.Pages[0].Images) != 2 || d.Pages[0].Images[1].Clip.W != 2 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestBombsAreRefused(t *testing.T) {
	deep := strings.Repeat("<PageBlock>", 50) + strings.Repeat("</PageBlock>", 50)
	many := map[string]string{}
	for i := range maxEntries + 1 {
		many[fmt.Sprint(i)] = ""
	}
	media := parts("")
	media["D/Res/a.jpg"] = strings.Repeat("\x00", 9<<20)
	for name, p := range map[string]map[string]string{
		"ratio": parts(strings.Repeat(" ", 3<<20)), "size": parts(strings.Repeat("<a/>", maxXML/4)), "entries": many, "media": media,
	} {
		d, err := Open(archive(t, p), 10)
		if name == "media" && err == nil {
			_, err = d.Read("D/Res/a.jpg")
		}
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(archive(t, parts(deep)), 10); err == nil {
		t.Error("blocks fifty deep are read")
	}
}

func TestNamesThatLeaveTheArchiveAreNotFollowed(t *testing.T) {
	for _, name := range []string{"../../etc/passwd", "/../x", "..", "/", "", `C:\x`} {
		p := parts("")
		p["OFD.xml"] = `<OFD><DocBody><DocRoot>` + name + `</DocRoot></DocBody></OFD>`
		if _, err := Open(archive(t, p), 10); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(parts("")["OFD.xml"], parts("")["D/Document.xml"], parts(`<PageBlock><ImageObject ResourceID="3" Boundary="1 2 3 4" CTM="1 2 3 4 5 6"/></PageBlock><TextObject/>`)["D/P0.xml"])
	f.Fuzz(func(t *testing.T, root, document, page string) {
		p := parts("")
		p["OFD.xml"], p["D/Document.xml"], p["D/P0.xml"] = root, document, page
		d, err := Open(archive(t, p), 10)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("undocumented error: %v", err)
			}
			return
		}
		for _, page := range d.Pages {
			if !(page.Box.W > 0 && page.Box.H > 0) {
				t.Errorf("area %+v", page.Box)
			}
		}
	})
}
