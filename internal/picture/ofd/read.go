package ofd

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// reader gathers a document. Maps go from the identifiers of the document to names of parts.
type reader struct {
	doc              *Document
	media, templates map[string]string
	area             Box
	bytes            int // of XML read so far
}

// The parts of the XML that are used; names are matched whatever their name space.
type (
	rootXML struct {
		Bodies []struct {
			DocRoot    string
			Signatures string
		} `xml:"DocBody"`
	}
	documentXML struct {
		Common struct {
			Area      areaXML    `xml:"PageArea"`
			Public    []string   `xml:"PublicRes"`
			Resources []string   `xml:"DocumentRes"`
			Templates []location `xml:"TemplatePage"`
		} `xml:"CommonData"`
		Pages       []location `xml:"Pages>Page"`
		Annotations string
	}
	areaXML  struct{ PhysicalBox string }
	location struct {
		ID      string `xml:"ID,attr"`
		BaseLoc string `xml:"BaseLoc,attr"`
	}
	resourcesXML struct {
		BaseLoc string `xml:"BaseLoc,attr"`
		Media   []struct {
			ID        string `xml:"ID,attr"`
			MediaFile string
		} `xml:"MultiMedias>MultiMedia"`
	}
	pageXML struct {
		Area      areaXML
		Resources []string `xml:"PageRes"`
		Templates []struct {
			ID     string `xml:"TemplateID,attr"`
			ZOrder string `xml:"ZOrder,attr"`
		} `xml:"Template"`
		Layers []blockXML `xml:"Content>Layer"`
	}
	objectXML struct {
		Resource string `xml:"ResourceID,attr"`
		Boundary string `xml:"Boundary,attr"`
		CTM      string `xml:"CTM,attr"`
	}
)

// maxDepth is how deep blocks may stand in blocks.
const maxDepth = 8

// blockXML is a layer or a block: images and blocks are kept, anything else is only noticed.
type blockXML struct {
	level   int // of a layer; see level
	objects []objectXML
	drawn   bool
	depth   int
}

// UnmarshalXML implements xml.Unmarshaler, to keep the order of what stands in a block.
func (b *blockXML) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	b.level = level(attribute(start, "Type"), body)
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := b.element(d, t); err != nil {
				return err
			}
		}
	}
}

func (b *blockXML) element(d *xml.Decoder, start xml.StartElement) error {
	if visible := attribute(start, "Visible"); visible == "false" || visible == "0" {
		return d.Skip()
	}
	switch start.Name.Local {
	case "ImageObject":
		var o objectXML
		err := d.DecodeElement(&o, &start)
		b.objects = append(b.objects, o)
		return err
	case "PageBlock":
		inner := blockXML{depth: b.depth + 1}
		if inner.depth > maxDepth {
			return fmt.Errorf("%w: blocks in blocks", ErrTooLarge)
		}
		err := inner.UnmarshalXML(d, start)
		b.objects, b.drawn = append(b.objects, inner.objects...), b.drawn || inner.drawn
		return err
	case "TextObject", "PathObject", "CompositeObject":
		b.drawn = true
	}
	return d.Skip()
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// The levels of layers, from the bottom.
const (
	background = iota
	body
	foreground
)

// level is that of a layer's Type or a template's ZOrder.
func level(name string, otherwise int) int {
	switch name {
	case "Background":
		return background
	case "Body":
		return body
	case "Foreground":
		return foreground
	}
	return otherwise
}

// byLevel sorts layers from the bottom; of one level, what comes first is below.
func byLevel(layers []blockXML) {
	slices.SortStableFunc(layers, func(a, b blockXML) int { return cmp.Compare(a.level, b.level) })
}

func (r *reader) open(maxPages int) error {
	var root rootXML
	if err := r.unmarshal("OFD.xml", &root); err != nil {
		return err
	}
	if len(root.Bodies) == 0 {
		return fmt.Errorf("%w: no document", ErrDamaged)
	}
	first := root.Bodies[0]
	name := within("OFD.xml", first.DocRoot)
	var document documentXML
	if err := r.unmarshal(name, &document); err != nil {
		return err
	}
	r.area, _ = box(document.Common.Area.PhysicalBox)
	for _, list := range [][]string{document.Common.Public, document.Common.Resources} {
		r.resources(name, list)
	}
	for _, t := range document.Common.Templates {
		r.templates[t.ID] = within(name, t.BaseLoc)
	}
	// Annotations and signatures may put stamps on any page.
	stamped := document.Annotations != "" || first.Signatures != ""
	for _, p := range document.Pages[:min(len(document.Pages), maxPages)] {
		page, err := r.page(within(name, p.BaseLoc))
		if err != nil {
			return err
		}
		page.Drawn = page.Drawn || stamped
		r.doc.Pages = append(r.doc.Pages, page)
	}
	return nil
}

// resources notes the media of the listed parts. One that cannot be read leaves its images without a part, which Render then finds.
func (r *reader) resources(from string, list []string) {
	for _, l := range list {
		name := within(from, l)
		var res resourcesXML
		if r.unmarshal(name, &res) != nil {
			continue
		}
		base := within(name, res.BaseLoc+"/x")
		for _, m := range res.Media {
			r.media[m.ID] = within(base, m.MediaFile)
		}
	}
}

func (r *reader) page(name string) (Page, error) {
	var content pageXML
	if err := r.unmarshal(name, &content); err != nil {
		return Page{}, err
	}
	page := Page{Box: r.area}
	if own, ok := box(content.Area.PhysicalBox); ok {
		page.Box = own
	}
	if page.Box.W <= 0 || page.Box.H <= 0 {
		return Page{}, fmt.Errorf("%w: page %q has no area", ErrDamaged, name)
	}
	r.resources(name, content.Resources)
	var layers []blockXML
	for _, t := range content.Templates {
		var template pageXML
		if err := r.unmarshal(r.templates[t.ID], &template); err != nil {
			return Page{}, err
		}
		byLevel(template.Layers)
		for _, l := range template.Layers { // all at the template's own level
			l.level = level(t.ZOrder, background)
			layers = append(layers, l)
		}
	}
	layers = append(layers, content.Layers...)
	byLevel(layers)
	r.place(&page, layers)
	return page, nil
}

// place adds the images of layers to a page.
func (r *reader) place(page *Page, layers []blockXML) {
	for _, l := range layers {
		page.Drawn = page.Drawn || l.drawn
		for _, o := range l.objects {
			at, ok := box(o.Boundary)
			if !ok {
				page.Drawn = true
				continue
			}
			at.X, at.Y = at.X-page.Box.X, at.Y-page.Box.Y
			// Without a matrix an image fills its boundary.
			m := [6]float64{at.W, 0, 0, at.H, 0, 0}
			if n, ok := numbers(o.CTM, 6); ok {
				m = [6]float64(n)
			}
			m[4], m[5] = m[4]+at.X, m[5]+at.Y
			page.Images = append(page.Images, Image{Media: r.media[o.Resource], Matrix: m, Clip: at})
		}
	}
}

func box(s string) (Box, bool) {
	n, ok := numbers(s, 4)
	if !ok || n[2] <= 0 || n[3] <= 0 {
		return Box{}, false
	}
	return Box{n[0], n[1], n[2], n[3]}, true
}

// numbers reads n finite numbers of a sane size.
func numbers(s string, n int) ([]float64, bool) {
	fields := strings.Fields(s)
	if len(fields) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e5 {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}
