// Package doubt is what is to be confirmed before an archive is sent: what it takes the place of, and files that look wrong.
package doubt

import (
	"strings"

	"imagery/client"
	"imagery/internal/i18n"
)

// LocalFile is what is known of a file on this machine that is to be archived.
type LocalFile struct {
	Path, Name string
	Size       int64  // bytes
	Type       string // by content, "image/jpeg"
	OtherType  bool   // the name claims another type
}

// Archive is one that is about to be sent.
type Archive struct {
	Code       string // of the material
	ToCustomer bool
	Files      []LocalFile
	There      []client.MaterialInfo // what account and customer have
	Looked     bool                  // that is known
	Why        string                // else why not, translated, as far as that is known
}

// Superseded are the materials in whose place the archive comes: those of its code at its target that are no history.
func (a Archive) Superseded() (out []client.MaterialInfo) {
	for _, m := range a.There {
		ofCustomer := m.AccountID == "" && m.CustomerID != ""
		if m.MaterialCode.Raw() == a.Code && m.HisCreateTime.IsZero() && ofCustomer == a.ToCustomer {
			out = append(out, m)
		}
	}
	return out
}

// Odd reports whether a file is not what its name says, or nothing that shows or reads as a document.
func Odd(f LocalFile) bool { return f.OtherType || !imagery(f.Type) }

// imagery reports whether content of a type may be a picture or a document.
func imagery(mime string) bool {
	major, _, _ := strings.Cut(mime, "/")
	switch {
	case major == "text", mime == "", mime == "application/octet-stream":
		return false
	}
	return true
}

// Same reports whether the materials to be superseded have a file of f's name and size, as far as the platform tells both.
func (a Archive) Same(f LocalFile) bool {
	for _, m := range a.Superseded() {
		for _, have := range m.Files {
			if have.FileOriginalName.Raw() == f.Name && have.FileSize == f.Size {
				return true
			}
		}
	}
	return false
}

// Lines are what the user has to confirm, translated by t; none when all is well.
func (a Archive) Lines(t func(key i18n.Key, pairs ...any) string) (lines []string) {
	if there := a.Superseded(); len(there) > 0 {
		lines = append(lines, t("archive.ask_supersedes", "n", len(there)))
		for _, m := range there {
			at := ""
			if !m.CreateTime.IsZero() {
				at = m.CreateTime.Format("2006-01-02 15:04")
			}
			files := t("archive.ask_files", "n", max(len(m.Files), len(m.FileIDs)))
			lines = append(lines, strings.TrimRight("  "+m.MaterialCode.String()+" "+m.MaterialName.String()+"  "+files+"  "+at, " "))
		}
	}
	if !a.Looked {
		lines = append(lines, t("archive.ask_not_known"))
		if a.Why != "" {
			lines = append(lines, "  "+a.Why)
		}
	}
	for _, f := range a.Files {
		name, kind := client.Text(f.Name), client.SafeText(f.Type, 60)
		switch {
		case f.OtherType:
			lines = append(lines, t("archive.other_type", "file", name, "type", kind))
		case Odd(f):
			lines = append(lines, t("archive.ask_no_document", "file", name, "type", kind))
		case a.Same(f):
			lines = append(lines, t("archive.ask_same", "file", name))
		}
	}
	return lines
}
