package preview

import (
	"bytes"
	"cmp"
	"html/template"
	"net/http"
	"path"
	"strings"
	"sync"

	"imagery/assets"
	"imagery/internal/i18n"
)

// catalogue is the language of a gallery, which a request may have to decide.
func (g *Gallery) catalogue(r *http.Request) *i18n.Catalogue {
	if g.Lang != "" {
		return i18n.Load(g.Lang)
	}
	wanted, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	return i18n.Load(i18n.FromLocale(strings.TrimSpace(wanted)))
}

var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("gallery.html").Funcs(template.FuncMap{"t": func(string) string { return "" }}).ParseFS(assets.FS, "gallery/gallery.html")
})

// island is what the page's script is told.
type island struct {
	Files []described       `json:"files"` // in the order of the page
	Words map[string]string `json:"words"`
}

type described struct {
	Index int    `json:"index"`
	Title string `json:"title"`
	Facts []fact `json:"facts"`
}

// page is the gallery itself.
func (s *Server) page(g *Gallery, w http.ResponseWriter, r *http.Request) {
	cat := g.catalogue(r)
	tell := island{Words: words(cat), Files: []described{}}
	for _, i := range g.order() {
		it := g.Items[i]
		title := strings.Join(filled([]string{it.Material.MaterialCode.String(), it.Material.MaterialName.String(), fileName(it)}), " ")
		tell.Files = append(tell.Files, described{i, title, listed(it, cat)})
	}
	customer := g.Account.Customer
	t, err := pageTemplate()
	if err == nil {
		t, err = t.Clone()
	}
	var b bytes.Buffer
	if err == nil {
		err = t.Funcs(template.FuncMap{"t": func(name string) string { return cat.T(i18n.Key("gallery." + name)) }}).Execute(&b, map[string]any{
			"Lang": map[string]string{"zh": "zh-CN", "en": "en"}[cat.Lang()], "Groups": g.groups(cat), "Island": tell,
			"AccountNo": g.Account.Account.AccountNo.String(), "Name": cmp.Or(customer.CustomerName, g.Account.Account.AccountName).String(), "IDNo": customer.IDNo.String(),
			"Count": cat.T("gallery.count", "n", len(g.Items)),
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// words are what the script says itself. The why_ ones explain an answer of fail.
func words(cat *i18n.Catalogue) map[string]string {
	out := map[string]string{}
	for _, name := range scriptWords {
		out[name] = cat.T(i18n.Key("gallery." + name))
	}
	return out
}

var scriptWords = []string{
	"loading", "page_of", "position", "failed", "outside", "damaged", "same_bytes", "video_failed",
	"why_gone", "why_missing", "why_network", "why_too_large", "why_damaged", "why_timeout", "why_crashed", "why_journal", "why_unsupported", "why_password", "why_drawn", "why_variant",
}

// assetTypes are not the system's, which Windows' registry may have wrong.
var assetTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// asset is a stylesheet, a script or the icon of the page.
func (s *Server) asset(_ *Gallery, w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("asset"))
	b, err := assets.FS.ReadFile(path.Join("gallery", name))
	kind, known := assetTypes[path.Ext(name)]
	if err != nil || !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(b)
}
