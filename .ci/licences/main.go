// Licences prints the licences of everything that stands in the released program: the Go modules compiled into it on any of the named systems,
// Go itself, and the works of others that this repository holds. It fails where one of them has no licence or one that is not known to be
// permissive.
//
//	go run -modfile=.ci/tools.mod ./.ci/licences linux/amd64 windows/amd64 >NOTICES.txt
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// work is something by others that is in the program.
type work struct {
	name, version string
	files         []string // its licences and notices
	ids           []string // what they are, in SPDX's words
	special       string   // of a work in the repository: its terms as known, where files are not to be judged
}

// permissive are the licences that ask for no more than their own text and the names of the authors.
var permissive = []string{"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "BSD-2-Clause-Views", "ISC", "Apache-2.0", "Unlicense", "CC0-1.0", "Zlib", "blessing", "NIST-PD"}

// held are the works in the repository. What is not permissive is here by name, with what keeps to its terms.
var held = []work{
	{name: "PDFium, compiled to WebAssembly", files: []string{"internal/picture/pdf/NOTICES"}, special: "BSD-3-Clause, Apache-2.0 and others, all permissive"},
	{name: "libheif and libde265, compiled to WebAssembly", version: "1.18.2, 1.0.15", files: []string{"internal/picture/heif/README", "internal/picture/heif/COPYING.LGPL"}, special: "LGPL-3.0-or-later: a file of its own in the source, which can be replaced"},
	{name: "Noto Sans CJK SC, a subset", files: []string{"assets/fonts/OFL.txt"}, special: "OFL-1.1"},
	{name: "pinyin-data", files: []string{"assets/pinyin/LICENSE"}, special: "MIT"},
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright|unlicense)|[-_.]licen[cs]e(\.|$)`)

// aside are files that grant more or speak of others.
var aside = regexp.MustCompile(`(?i)^patents|3rd.?party`)

func main() {
	log.SetFlags(0)
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer, systems []string) error {
	works, err := modules(systems)
	if err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return err
	}
	lines := strings.Fields(string(root))
	works = append(works, work{name: "Go", version: strings.TrimPrefix(lines[1], "go"), files: []string{filepath.Join(lines[0], "LICENSE")}})
	var wrong error
	for i := range works {
		wrong = errors.Join(wrong, works[i].judge())
	}
	if wrong != nil {
		return wrong
	}
	return print(out, append(works, held...))
}

// modules lists the modules that are compiled into the program on any of the systems, each with the licences beside its packages in use.
func modules(systems []string) (works []work, err error) {
	if len(systems) == 0 {
		return nil, errors.New("name systems, as linux/amd64")
	}
	found := map[string]*work{}
	for _, system := range systems {
		goos, arch, _ := strings.Cut(system, "/")
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", ".")
		list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+arch)
		list.Stderr = os.Stderr
		out, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
			if s.Text() == "" {
				continue
			}
			f := strings.Split(s.Text(), "\t")
			if found[f[0]] == nil {
				found[f[0]] = &work{name: f[0], version: f[1]}
			}
			found[f[0]].add(f[2], f[3])
		}
	}
	for _, w := range found {
		slices.Sort(w.files)
		works = append(works, *w)
	}
	slices.SortFunc(works, func(a, b work) int { return cmp.Compare(a.name, b.name) })
	return works, nil
}

// add takes the licences of a package's folder and of those above it, up to the module's.
func (w *work) add(module, folder string) {
	for ; strings.HasPrefix(folder, module); folder = filepath.Dir(folder) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			log.Fatal(err)
		}
		for _, e := range entries {
			name := filepath.Join(folder, e.Name())
			if e.Type().IsRegular() && filepath.Ext(name) != ".go" && licenceName.MatchString(e.Name()) && !slices.Contains(w.files, name) {
				w.files = append(w.files, name)
			}
		}
	}
}

// judge finds out what licences a work has. What a file says of third parties is handed on but not judged: it may speak of what is not compiled
// in, and each module that is stands in the list itself.
func (w *work) judge() error {
	for _, name := range w.files {
		if aside.MatchString(filepath.Base(name)) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, m := range licensecheck.Scan(text).Match {
			switch {
			case m.IsURL || slices.Contains(w.ids, m.ID):
			case !slices.Contains(permissive, m.ID):
				return fmt.Errorf("%s %s: %s in %s is not known to be permissive", w.name, w.version, m.ID, name)
			default:
				w.ids = append(w.ids, m.ID)
			}
		}
	}
	if len(w.ids) == 0 {
		return fmt.Errorf("%s %s: no licence found in %q", w.name, w.version, w.files)
	}
	return nil
}

// print writes a list of all works, then each text once.
func print(out io.Writer, works []work) error {
	w := bufio.NewWriter(out)
	fmt.Fprint(w, "imagery contains these works of others. Their licences follow.\n\n")
	users := map[string][]string{}
	var texts []string
	for _, one := range works {
		title := strings.TrimSpace(one.name + " " + one.version)
		fmt.Fprintf(w, "  %s (%s)\n", title, cmp.Or(one.special, strings.Join(one.ids, ", ")))
		for _, name := range one.files {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			trimmed := strings.Trim(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
			if users[trimmed] == nil {
				texts = append(texts, trimmed)
			}
			users[trimmed] = append(users[trimmed], title)
		}
	}
	for _, text := range texts {
		fmt.Fprintf(w, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), strings.Join(slices.Compact(users[text]), "\n"), text)
	}
	return w.Flush()
}
